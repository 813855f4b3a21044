"""Speed cameras (测速点) with their limits; mobile ones are published for some days only."""

from __future__ import annotations

import datetime
from typing import List

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, relationship

from traffic.database import Base
from traffic.roads import Place, Road, find_place, find_road


class SpeedCamera(Base):
    """A published measuring place; `kind` is fixed, average (区间) or mobile."""

    __tablename__ = "speed_cameras"

    id: Mapped[int] = sa.Column(sa.Integer, primary_key=True)
    source_number: Mapped[str | None] = sa.Column(sa.String(40), unique=True)
    road_id: Mapped[int] = sa.Column(sa.ForeignKey("roads.id"), nullable=False, index=True)
    place_id: Mapped[int | None] = sa.Column(sa.ForeignKey("places.id"), index=True)
    spot: Mapped[str] = sa.Column(sa.String(60), nullable=False)
    direction: Mapped[str | None] = sa.Column(sa.String(40))
    kind: Mapped[str] = sa.Column(sa.String(10), nullable=False)
    limit_kmh: Mapped[int] = sa.Column(sa.Integer, nullable=False)
    latitude: Mapped[float] = sa.Column(sa.Float, nullable=False)
    longitude: Mapped[float] = sa.Column(sa.Float, nullable=False)
    valid_from: Mapped[datetime.date | None] = sa.Column(sa.Date)
    valid_until: Mapped[datetime.date | None] = sa.Column(sa.Date)
    road: Mapped[Road] = relationship(Road, lazy="joined", innerjoin=True)
    place: Mapped[Place | None] = relationship(Place, lazy="joined")


def cameras(session: Session, road: str | None = None, place: str | None = None, *,
            today: datetime.date | None = None) -> List[SpeedCamera]:
    """Cameras by road and, or, place (aliases too), along the road; with `today` only those valid on that day."""
    query = sa.select(SpeedCamera).order_by(SpeedCamera.road_id, SpeedCamera.id)
    if road is not None:
        found = find_road(session, road)
        query = query.where(SpeedCamera.road_id == (found.id if found else -1))
    if place is not None:
        spot = find_place(session, place)
        query = query.where(SpeedCamera.place_id == (spot.id if spot else -1))
    if today is not None:
        query = query.where(sa.or_(SpeedCamera.valid_from.is_(None), SpeedCamera.valid_from <= today),
                            sa.or_(SpeedCamera.valid_until.is_(None), SpeedCamera.valid_until >= today))
    return list(session.execute(query).scalars())
