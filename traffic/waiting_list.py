"""Who wants to hear when a place gets free (候补), first come first told, each once; nobody who couldn't book."""

from __future__ import annotations

import datetime
from typing import List, Tuple

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session

from traffic.appointments import ACTIVE, BookingRow
from traffic.database import Base, UtcDateTime, utc_now
from traffic.errors import AlreadyBooked
from traffic.no_shows import no_booking_before, refuse_no_shows
from traffic.opening_days import station_zone
from traffic.slots import Slot, SlotRow, free_slots
from traffic.subscribers import gone

HEAD_START = datetime.timedelta(minutes=10)
NOON = 12


class WaitingRow(Base):
    """Somebody who wants to hear when a place in a span gets free; `part_of_day` (morning, afternoon) of each day."""

    __tablename__ = "waiting_list"

    id: Mapped[int] = sa.Column(sa.Integer, primary_key=True)
    subscriber: Mapped[str] = sa.Column(sa.String(64), nullable=False, index=True)
    kind: Mapped[str] = sa.Column(sa.String(20), nullable=False)
    plate: Mapped[str | None] = sa.Column(sa.String(12))
    earliest: Mapped[datetime.datetime] = sa.Column(UtcDateTime, nullable=False)
    latest: Mapped[datetime.datetime] = sa.Column(UtcDateTime, nullable=False)
    part_of_day: Mapped[str | None] = sa.Column(sa.String(10))
    created_at: Mapped[datetime.datetime] = sa.Column(UtcDateTime, nullable=False)
    told_at: Mapped[datetime.datetime | None] = sa.Column(UtcDateTime)


def _waiting(subscriber: str, kind: str) -> List[sa.sql.ColumnElement]:
    return [WaitingRow.subscriber == subscriber, WaitingRow.kind == kind, WaitingRow.told_at.is_(None)]


def wait(session: Session, subscriber: str, kind: str, plate: str | None, earliest: datetime.datetime,
         latest: datetime.datetime, *, part_of_day: str | None = None,
         now: datetime.datetime | None = None) -> WaitingRow:
    """Puts a subscriber on the list for a kind; asking again only changes span and plate.

    Who could not book does not wait: raises TooManyNoShows, and AlreadyBooked for a vehicle with an appointment.
    """
    now = now or utc_now()
    refuse_no_shows(session, subscriber, now)
    _refuse_booked(session, subscriber, kind, plate, now)
    row = session.execute(sa.select(WaitingRow).where(*_waiting(subscriber, kind))).scalars().first()
    if row is None:
        row = WaitingRow(subscriber=subscriber, kind=kind, created_at=now)
        session.add(row)
    row.plate, row.earliest, row.latest, row.part_of_day = plate, earliest, latest, part_of_day
    session.flush()
    return row


def _refuse_booked(session: Session, subscriber: str, kind: str, plate: str | None, now: datetime.datetime) -> None:
    to_come = sa.select(BookingRow).join(SlotRow, BookingRow.slot_id == SlotRow.id).where(
        BookingRow.kind == kind, BookingRow.state == ACTIVE, SlotRow.ends_at > now, BookingRow.plate == plate)
    other = session.execute(to_come).scalars().first() if plate else None
    if other:
        raise AlreadyBooked(other.number if other.subscriber == subscriber else None)


def waiting_of(session: Session, subscriber: str, *, now: datetime.datetime | None = None) -> List[WaitingRow]:
    """What a subscriber still waits for, first asked first."""
    query = sa.select(WaitingRow).where(WaitingRow.subscriber == subscriber, WaitingRow.told_at.is_(None),
                                        WaitingRow.latest > (now or utc_now()))
    return list(session.execute(query.order_by(WaitingRow.id)).scalars())


def stop_waiting(session: Session, subscriber: str, kind: str) -> bool:
    """Takes a subscriber off the list; whether they were on it."""
    gone = sa.delete(WaitingRow).where(*_waiting(subscriber, kind))
    return session.execute(gone, execution_options={"synchronize_session": False}).rowcount > 0


def tell(session: Session, *, now: datetime.datetime | None = None) -> List[Tuple[WaitingRow, Slot]]:
    """Who is to be told of which slot now, and notes that they were; no more are told of a slot than it has places.

    Who was told has HEAD_START to take the place before the next in line hears of it.
    """
    now = now or utc_now()
    told: List[Tuple[WaitingRow, Slot]] = []
    left, ahead = gone(session), _deciding(session, now)
    query = sa.select(WaitingRow).where(WaitingRow.told_at.is_(None), WaitingRow.latest > now).order_by(WaitingRow.id)
    for row in session.execute(query.with_for_update()).scalars().all():
        if row.subscriber in left or no_booking_before(session, row.subscriber, now=now):
            continue
        offered = [slot for _, slot in told]
        free = free_slots(session, row.kind, row.earliest, row.latest, row.part_of_day,
                          len(offered) + len(ahead) + 1, now=now)
        slot = next((slot for slot in free
                     if offered.count(slot) + sum(_wants(other, slot) for other in ahead) < slot.left), None)
        if slot:
            row.told_at = now
            told.append((row, slot))
    session.flush()
    return told


def _deciding(session: Session, now: datetime.datetime) -> List[WaitingRow]:
    """Who was told a moment ago and has not booked yet."""
    booked = sa.exists().where(BookingRow.subscriber == WaitingRow.subscriber, BookingRow.kind == WaitingRow.kind,
                               BookingRow.state == ACTIVE, BookingRow.created_at >= WaitingRow.told_at)
    query = sa.select(WaitingRow).where(WaitingRow.told_at > now - HEAD_START, ~booked)
    return list(session.execute(query).scalars())


def _wants(row: WaitingRow, slot: Slot) -> bool:
    part = "morning" if slot.starts.astimezone(station_zone()).hour < NOON else "afternoon"
    return (row.kind == slot.kind and row.earliest <= slot.starts < row.latest
            and row.part_of_day in (None, part))
