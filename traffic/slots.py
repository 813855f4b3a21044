"""Appointment sites and their slots: what is free, taking a place and giving it back."""

from __future__ import annotations

import dataclasses
import datetime
from typing import List

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, relationship

from traffic.database import Base, UtcDateTime, utc_now

KINDS = ("inspection", "accident_handling")
MINIMUM_NOTICE = datetime.timedelta(hours=1)


class Site(Base):
    """Where appointments are kept; `window` is its key in `station.yml`."""

    __tablename__ = "sites"

    id: Mapped[int] = sa.Column(sa.Integer, primary_key=True)
    kind: Mapped[str] = sa.Column(sa.String(20), nullable=False)
    window: Mapped[str] = sa.Column(sa.String(40), nullable=False, unique=True)
    name: Mapped[str] = sa.Column(sa.String(60), nullable=False)
    address: Mapped[str] = sa.Column(sa.String(100), nullable=False)
    phone: Mapped[str] = sa.Column(sa.String(20), nullable=False)
    slot_minutes: Mapped[int] = sa.Column(sa.Integer, nullable=False)
    places: Mapped[int] = sa.Column(sa.Integer, nullable=False)


class Blackout(Base):
    """A span in which a site takes nobody although the station is open."""

    __tablename__ = "blackouts"

    id: Mapped[int] = sa.Column(sa.Integer, primary_key=True)
    site_id: Mapped[int] = sa.Column(sa.ForeignKey("sites.id"), nullable=False, index=True)
    starts_at: Mapped[datetime.datetime] = sa.Column(UtcDateTime, nullable=False)
    ends_at: Mapped[datetime.datetime] = sa.Column(UtcDateTime, nullable=False)
    reason: Mapped[str] = sa.Column(sa.String(100), nullable=False)


class SlotRow(Base):
    """A span at a site with so many places; the check holds even if the code forgets the guard."""

    __tablename__ = "slots"
    __table_args__ = (sa.UniqueConstraint("site_id", "starts_at"), sa.Index("ix_slots_starts_at", "starts_at"),
                      sa.CheckConstraint("booked >= 0 AND booked <= capacity", name="within_capacity"))

    id: Mapped[int] = sa.Column(sa.Integer, primary_key=True)
    site_id: Mapped[int] = sa.Column(sa.ForeignKey("sites.id"), nullable=False)
    starts_at: Mapped[datetime.datetime] = sa.Column(UtcDateTime, nullable=False)
    ends_at: Mapped[datetime.datetime] = sa.Column(UtcDateTime, nullable=False)
    part_of_day: Mapped[str] = sa.Column(sa.String(10), nullable=False)
    capacity: Mapped[int] = sa.Column(sa.Integer, nullable=False)
    booked: Mapped[int] = sa.Column(sa.Integer, nullable=False, default=0, server_default="0")
    site: Mapped[Site] = relationship(Site, lazy="joined", innerjoin=True)


class SlotHold(Base):
    """A place kept for a subscriber for some minutes while they confirm; one at a time."""

    __tablename__ = "slot_holds"

    subscriber: Mapped[str] = sa.Column(sa.String(64), primary_key=True)
    slot_id: Mapped[int] = sa.Column(sa.ForeignKey("slots.id"), nullable=False)
    until: Mapped[datetime.datetime] = sa.Column(UtcDateTime, nullable=False)


@dataclasses.dataclass(frozen=True)
class Slot:
    """A span one can book, or has booked; times are UTC, `left` the places still free."""

    id: int
    kind: str
    site: str
    address: str
    starts: datetime.datetime
    ends: datetime.datetime
    left: int


def as_slot(row: SlotRow, expired: int = 0) -> Slot:
    """The slot as callers see it; places whose hold has expired are free."""
    return Slot(row.id, row.site.kind, row.site.name, row.site.address, row.starts_at, row.ends_at,
                row.capacity - row.booked + expired)


def free_slots(session: Session, kind: str, earliest: datetime.datetime, latest: datetime.datetime,
               part_of_day: str | None = None, limit: int = 3, *, now: datetime.datetime | None = None) -> List[Slot]:
    """Slots with a free place that begin in [earliest, latest), nearest first, none within an hour from now.

    `part_of_day` is morning or afternoon; times are aware.
    """
    now = now or utc_now()
    expired = expired_holds(now)
    query = sa.select(SlotRow, expired).join(Site, SlotRow.site_id == Site.id).where(
        Site.kind == kind, SlotRow.booked - expired < SlotRow.capacity, SlotRow.starts_at < latest,
        SlotRow.starts_at >= max(earliest, now + MINIMUM_NOTICE), ~_blacked_out())
    query = query.where(SlotRow.part_of_day == part_of_day) if part_of_day else query
    rows = session.execute(query.order_by(SlotRow.starts_at, SlotRow.id).limit(limit))
    return [as_slot(row, expired) for row, expired in rows]


def expired_holds(now: datetime.datetime) -> sa.sql.ColumnElement:
    """How many places of a slot are held by somebody who did not confirm in time."""
    over = sa.select(sa.func.count()).where(SlotHold.slot_id == SlotRow.id, SlotHold.until <= now)
    return over.correlate(SlotRow).scalar_subquery()


def _blacked_out() -> sa.sql.ColumnElement:
    return sa.exists().where(Blackout.site_id == SlotRow.site_id, Blackout.starts_at < SlotRow.ends_at,
                             Blackout.ends_at > SlotRow.starts_at)


def take_place(session: Session, slot_id: int) -> bool:
    """Takes one place if one is free; the guard in the UPDATE lets only one of many take the last."""
    taken = sa.update(SlotRow).where(SlotRow.id == slot_id, SlotRow.booked < SlotRow.capacity)
    return session.execute(taken.values(booked=SlotRow.booked + 1), execution_options=FRESH).rowcount == 1


def give_place_back(session: Session, slot_id: int) -> None:
    """Frees one place."""
    freed = sa.update(SlotRow).where(SlotRow.id == slot_id, SlotRow.booked > 0)
    session.execute(freed.values(booked=SlotRow.booked - 1), execution_options=FRESH)


FRESH = {"synchronize_session": False}
