"""Roads, places, and the segments of road between neighbouring places."""

from __future__ import annotations

from typing import List

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, relationship

from traffic.database import Base


class RoadAlias(Base):
    """Another name that drivers use for a road."""

    __tablename__ = "road_aliases"

    alias: Mapped[str] = sa.Column(sa.String(40), primary_key=True)
    road_id: Mapped[int] = sa.Column(sa.ForeignKey("roads.id"), nullable=False, index=True)


class PlaceAlias(Base):
    """Another name that drivers use for a place."""

    __tablename__ = "place_aliases"

    alias: Mapped[str] = sa.Column(sa.String(40), primary_key=True)
    place_id: Mapped[int] = sa.Column(sa.ForeignKey("places.id"), nullable=False, index=True)


class Road(Base):
    """A road; `kind` is motorway, national, provincial, county or town."""

    __tablename__ = "roads"

    id: Mapped[int] = sa.Column(sa.Integer, primary_key=True)
    name: Mapped[str] = sa.Column(sa.String(40), nullable=False, unique=True)
    kind: Mapped[str] = sa.Column(sa.String(12), nullable=False)
    alias_rows: Mapped[List[RoadAlias]] = relationship(RoadAlias, lazy="selectin", order_by=RoadAlias.alias)

    @property
    def aliases(self) -> List[str]:
        """Other names of the road."""
        return [row.alias for row in self.alias_rows]


class Place(Base):
    """A place (village, crossing, bridge, junction …) with its WGS-84 coordinates."""

    __tablename__ = "places"

    id: Mapped[int] = sa.Column(sa.Integer, primary_key=True)
    name: Mapped[str] = sa.Column(sa.String(40), nullable=False, unique=True)
    latitude: Mapped[float] = sa.Column(sa.Float, nullable=False)
    longitude: Mapped[float] = sa.Column(sa.Float, nullable=False)
    alias_rows: Mapped[List[PlaceAlias]] = relationship(PlaceAlias, lazy="selectin", order_by=PlaceAlias.alias)

    @property
    def aliases(self) -> List[str]:
        """Other names of the place."""
        return [row.alias for row in self.alias_rows]


class Segment(Base):
    """The piece of a road between two neighbouring places; `position` counts along the road."""

    __tablename__ = "segments"
    __table_args__ = (sa.UniqueConstraint("road_id", "position"),)

    id: Mapped[int] = sa.Column(sa.Integer, primary_key=True)
    road_id: Mapped[int] = sa.Column(sa.ForeignKey("roads.id"), nullable=False)
    position: Mapped[int] = sa.Column(sa.Integer, nullable=False)
    from_place_id: Mapped[int] = sa.Column(sa.ForeignKey("places.id"), nullable=False, index=True)
    to_place_id: Mapped[int] = sa.Column(sa.ForeignKey("places.id"), nullable=False, index=True)
    length_m: Mapped[int] = sa.Column(sa.Integer, nullable=False)


def roads(session: Session) -> List[Road]:
    """All roads with their aliases."""
    return list(session.execute(sa.select(Road).order_by(Road.id)).scalars())


def places(session: Session) -> List[Place]:
    """All places with their aliases."""
    return list(session.execute(sa.select(Place).order_by(Place.id)).scalars())


def find_road(session: Session, name: str) -> Road | None:
    """The road of this name or alias."""
    other = sa.select(RoadAlias.road_id).where(RoadAlias.alias == name)
    return session.execute(sa.select(Road).where(sa.or_(Road.name == name, Road.id.in_(other)))).scalars().first()


def find_place(session: Session, name: str) -> Place | None:
    """The place of this name or alias."""
    other = sa.select(PlaceAlias.place_id).where(PlaceAlias.alias == name)
    return session.execute(sa.select(Place).where(sa.or_(Place.name == name, Place.id.in_(other)))).scalars().first()
