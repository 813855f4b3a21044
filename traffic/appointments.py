"""Appointments (预约): inspection and accident handling, booked, changed and cancelled once and only once."""

from __future__ import annotations

import dataclasses
import datetime
from typing import List

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, relationship

from traffic import numbers
from traffic.accident_visits import follow_booking
from traffic.database import Base, UtcDateTime, utc_now
from traffic.errors import AlreadyBooked, NotYours, SlotFull, SlotUnknown
from traffic.no_shows import refuse_no_shows
from traffic.opening_days import local_day
from traffic.opening_days import why_closed as why_closed
from traffic.slot_holds import take_place_or_expired, use_hold
from traffic.slots import FRESH, Slot, SlotRow, as_slot, give_place_back
from traffic.slots import KINDS as KINDS
from traffic.slots import free_slots as free_slots

ACTIVE = "booked"


class BookingRow(Base):
    """An appointment of a subscriber: booked, cancelled, over, attended or no_show."""

    __tablename__ = "bookings"
    __table_args__ = (
        sa.Index("uq_bookings_active_plate", "kind", "plate", unique=True,
                 sqlite_where=sa.text("state = 'booked' AND plate IS NOT NULL"),
                 postgresql_where=sa.text("state = 'booked' AND plate IS NOT NULL")),
        sa.Index("uq_bookings_active_subscriber", "kind", "subscriber", unique=True,
                 sqlite_where=sa.text("state = 'booked' AND plate IS NULL"),
                 postgresql_where=sa.text("state = 'booked' AND plate IS NULL")),
        sa.Index("ix_bookings_subscriber", "subscriber"), sa.Index("ix_bookings_slot_id", "slot_id"))

    id: Mapped[int] = sa.Column(sa.Integer, primary_key=True)
    number: Mapped[str] = sa.Column(sa.String(16), nullable=False, unique=True)
    key: Mapped[str] = sa.Column(sa.String(128), nullable=False, unique=True)
    subscriber: Mapped[str] = sa.Column(sa.String(64), nullable=False)
    kind: Mapped[str] = sa.Column(sa.String(20), nullable=False)
    slot_id: Mapped[int] = sa.Column(sa.ForeignKey("slots.id"), nullable=False)
    plate: Mapped[str | None] = sa.Column(sa.String(12))
    state: Mapped[str] = sa.Column(sa.String(12), nullable=False, default=ACTIVE)
    created_at: Mapped[datetime.datetime] = sa.Column(UtcDateTime, nullable=False)
    reminded_at: Mapped[datetime.datetime | None] = sa.Column(UtcDateTime)
    slot: Mapped[SlotRow] = relationship(SlotRow, lazy="joined", innerjoin=True)


class BookingChange(Base):
    """A move to another slot; its key makes the same message move it only once."""

    __tablename__ = "booking_changes"

    key: Mapped[str] = sa.Column(sa.String(128), primary_key=True)
    booking_id: Mapped[int] = sa.Column(sa.ForeignKey("bookings.id"), nullable=False, index=True)
    slot_id: Mapped[int] = sa.Column(sa.ForeignKey("slots.id"), nullable=False)
    changed_at: Mapped[datetime.datetime] = sa.Column(UtcDateTime, nullable=False)


@dataclasses.dataclass(frozen=True)
class Booking:
    """An appointment as its owner sees it."""

    number: str
    kind: str
    plate: str | None
    state: str
    slot: Slot


def as_booking(row: BookingRow) -> Booking:
    return Booking(row.number, row.kind, row.plate, row.state, as_slot(row.slot))


def book(session: Session, subscriber: str, kind: str, slot_id: int, plate: str | None, key: str, *,
         now: datetime.datetime | None = None, by_officer: bool = False) -> Booking:
    """Books a place; the same `key` gives the same booking again.

    Raises SlotUnknown, SlotFull, AlreadyBooked (one active booking per vehicle and kind; without a plate per asker),
    TooManyNoShows unless an officer summons the asker.
    """
    now = now or utc_now()
    known = _by_key(session, key)
    if known:
        return known
    if not by_officer:
        refuse_no_shows(session, subscriber, now)
    slot = _slot_to_come(session, slot_id, kind, now)
    _close_past(session, kind, subscriber, plate, now)
    try:
        with session.begin_nested():
            return _insert(session, subscriber, kind, slot, plate, key, now)
    except IntegrityError:
        return _by_key(session, key) or _refuse(session, subscriber, kind, plate)


def _insert(session: Session, subscriber: str, kind: str, slot: SlotRow, plate: str | None, key: str,
            now: datetime.datetime) -> Booking:
    if not (use_hold(session, subscriber, slot.id) or take_place_or_expired(session, slot.id, now)):
        _refuse_when_booked(session, subscriber, kind, plate)
        raise SlotFull("somebody else took the last place: offer another slot")
    number = numbers.next_number(session, numbers.APPOINTMENT, local_day(now))
    row = BookingRow(number=number, key=key, subscriber=subscriber, kind=kind, slot_id=slot.id, plate=plate,
                     state=ACTIVE, created_at=now)
    session.add(row)
    session.flush()
    session.refresh(slot)
    return as_booking(row)


def _by_key(session: Session, key: str) -> Booking | None:
    row = session.execute(sa.select(BookingRow).where(BookingRow.key == key)).scalar_one_or_none()
    return as_booking(row) if row else None


def _slot_to_come(session: Session, slot_id: int, kind: str, now: datetime.datetime) -> SlotRow:
    slot = session.get(SlotRow, slot_id)
    if slot is None or slot.site.kind != kind or slot.starts_at <= now:
        raise SlotUnknown("this slot cannot be booked any more: ask for free slots again")
    return slot


def _same_vehicle(subscriber: str, kind: str, plate: str | None) -> List[sa.sql.ColumnElement]:
    without = sa.and_(BookingRow.plate.is_(None), BookingRow.subscriber == subscriber)
    who = BookingRow.plate == plate if plate else without
    return [BookingRow.kind == kind, BookingRow.state == ACTIVE, who]


def _close_past(session: Session, kind: str, subscriber: str, plate: str | None, now: datetime.datetime) -> None:
    """An appointment whose time is over does not stand in the way of the next."""
    past = sa.select(SlotRow.id).where(SlotRow.ends_at <= now)
    over = sa.update(BookingRow).where(*_same_vehicle(subscriber, kind, plate), BookingRow.slot_id.in_(past))
    session.execute(over.values(state="over"), execution_options=FRESH)


def _refuse_when_booked(session: Session, subscriber: str, kind: str, plate: str | None) -> None:
    other = session.execute(sa.select(BookingRow).where(*_same_vehicle(subscriber, kind, plate))).scalars().first()
    if other:
        raise AlreadyBooked(other.number if other.subscriber == subscriber else None)


def _refuse(session: Session, subscriber: str, kind: str, plate: str | None) -> Booking:
    _refuse_when_booked(session, subscriber, kind, plate)
    raise SlotUnknown("the booking could not be made: ask for free slots again")


def change(session: Session, subscriber: str, number: str, slot_id: int, key: str, *,
           now: datetime.datetime | None = None) -> Booking:
    """Moves an active booking to another slot, keeping its number; the same `key` moves it once.

    Raises NotYours, SlotUnknown, SlotFull; when one is raised the old slot is kept.
    """
    now = now or utc_now()
    row = _own(session, subscriber, number)
    if session.get(BookingChange, key) or row.slot_id == slot_id:
        return as_booking(row)
    slot = _slot_to_come(session, slot_id, row.kind, now)
    with session.begin_nested():
        _move_place(session, subscriber, row.slot_id, slot_id, now)
    session.add(BookingChange(key=key, booking_id=row.id, slot_id=slot_id, changed_at=now))
    row.slot_id = slot_id
    session.flush()
    follow_booking(session, number, subscriber, slot.starts_at)
    session.refresh(slot)
    session.refresh(row)
    return as_booking(row)


def _move_place(session: Session, subscriber: str, old: int, new: int, now: datetime.datetime) -> None:
    """Lower id first: two drivers who swap their slots would otherwise wait for each other."""
    if old < new:
        give_place_back(session, old)
    if not (use_hold(session, subscriber, new) or take_place_or_expired(session, new, now)):
        raise SlotFull("somebody else took the last place: offer another slot")
    if old > new:
        give_place_back(session, old)


def cancel(session: Session, subscriber: str, number: str) -> Booking:
    """Cancels a booking and frees its place; cancelling again changes nothing. Raises NotYours."""
    row = _own(session, subscriber, number, states=(ACTIVE, "cancelled"))
    if row.state == ACTIVE:
        row.state = "cancelled"
        session.flush()
        follow_booking(session, number, subscriber, None)
        give_place_back(session, row.slot_id)
        session.refresh(row.slot)
    return as_booking(row)


def _own(session: Session, subscriber: str, number: str, states: tuple[str, ...] = (ACTIVE,)) -> BookingRow:
    query = sa.select(BookingRow).where(BookingRow.number == number, BookingRow.subscriber == subscriber,
                                        BookingRow.state.in_(states))
    row = session.execute(query.with_for_update(of=BookingRow)).scalar_one_or_none()
    if row is None:
        raise NotYours("no such appointment")
    return row


def bookings_of(session: Session, subscriber: str, *, now: datetime.datetime | None = None) -> List[Booking]:
    """A subscriber's appointments still to come, nearest first."""
    query = sa.select(BookingRow).join(SlotRow, BookingRow.slot_id == SlotRow.id).where(
        BookingRow.subscriber == subscriber, BookingRow.state == ACTIVE, SlotRow.ends_at > (now or utc_now()))
    return [as_booking(row) for row in session.execute(query.order_by(SlotRow.starts_at)).scalars()]


def coming_booking(session: Session, number: str, *, now: datetime.datetime | None = None) -> Booking | None:
    """Anybody's appointment by its number, as long as it stands and isn't over: whether the asker may see it, the
    caller knows."""
    row = session.execute(sa.select(BookingRow).join(SlotRow, BookingRow.slot_id == SlotRow.id).where(
        BookingRow.number == number, BookingRow.state == ACTIVE,
        SlotRow.ends_at > (now or utc_now()))).scalar_one_or_none()
    return as_booking(row) if row else None
