"""Vehicles (机动车) and who may be proven to know them. Of the frame number only the last six places are kept."""

from __future__ import annotations

import datetime
from typing import List

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session

from traffic.database import Base, UtcDateTime
from traffic.drivers import Driver

SMALL_CAR = "02"  # 号牌种类 of GA/T 16.7: small car; a motorcycle (07) may bear the same characters


class Vehicle(Base):
    """A registered vehicle; `owner_since` marks a plate that changed hands, older bindings and violations end there."""

    __tablename__ = "vehicles"
    __table_args__ = (sa.UniqueConstraint("plate", "plate_type"),)

    id: Mapped[int] = sa.Column(sa.Integer, primary_key=True)
    plate: Mapped[str] = sa.Column(sa.String(12), nullable=False)
    plate_type: Mapped[str] = sa.Column(sa.String(2), nullable=False, default=SMALL_CAR, server_default=SMALL_CAR)
    frame_tail: Mapped[str | None] = sa.Column(sa.String(6))
    kind: Mapped[str] = sa.Column(sa.String(20), nullable=False, default="small_car", server_default="small_car")
    use: Mapped[str] = sa.Column(sa.String(20), nullable=False, default="private", server_default="private")
    seats: Mapped[int] = sa.Column(sa.Integer, nullable=False, default=5, server_default="5")
    brand: Mapped[str | None] = sa.Column(sa.String(40))
    colour: Mapped[str | None] = sa.Column(sa.String(10))
    owner_id: Mapped[int | None] = sa.Column(sa.ForeignKey(Driver.id), index=True)
    owner_phone: Mapped[str | None] = sa.Column(sa.String(20))
    owner_since: Mapped[datetime.datetime | None] = sa.Column(UtcDateTime)
    registered_on: Mapped[datetime.date | None] = sa.Column(sa.Date)
    inspected_until: Mapped[datetime.date | None] = sa.Column(sa.Date)
    insured_until: Mapped[datetime.date | None] = sa.Column(sa.Date)
    injury_accident: Mapped[bool] = sa.Column(sa.Boolean, nullable=False, default=False, server_default=sa.false())
    state: Mapped[str] = sa.Column(sa.String(20), nullable=False, default="normal", server_default="normal")


def vehicles_with_plate(session: Session, plate: str) -> List[Vehicle]:
    """All vehicles that bear these characters, one per plate type; never to be shown without a binding."""
    return list(session.execute(sa.select(Vehicle).where(Vehicle.plate == plate)).scalars())
