"""A place kept for some minutes while its driver confirms, so that nobody confirms what is gone."""

from __future__ import annotations

import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from traffic.database import utc_now
from traffic.errors import SlotFull, SlotUnknown
from traffic.slots import FRESH, Slot, SlotHold, SlotRow, as_slot, give_place_back, take_place

HOLD_MINUTES = 10


def hold(session: Session, subscriber: str, slot_id: int, *, minutes: int = HOLD_MINUTES,
         now: datetime.datetime | None = None) -> Slot:
    """Keeps one place for a subscriber, who holds one at a time: an earlier hold is given back.

    Booking the slot uses it up. Raises SlotUnknown and SlotFull.
    """
    now = now or utc_now()
    slot = session.get(SlotRow, slot_id)
    if slot is None or slot.starts_at <= now:
        raise SlotUnknown("this slot cannot be booked any more: ask for free slots again")
    release(session, subscriber)
    if not take_place_or_expired(session, slot_id, now):
        raise SlotFull("somebody else took the last place: offer another slot")
    session.add(SlotHold(subscriber=subscriber, slot_id=slot_id, until=now + datetime.timedelta(minutes=minutes)))
    session.flush()
    session.refresh(slot)
    return as_slot(slot)


def release(session: Session, subscriber: str) -> None:
    """Gives back what a subscriber holds, if anything."""
    slot_id = session.execute(sa.select(SlotHold.slot_id).where(SlotHold.subscriber == subscriber)).scalar_one_or_none()
    if slot_id is not None and use_hold(session, subscriber, slot_id):
        give_place_back(session, slot_id)


def use_hold(session: Session, subscriber: str, slot_id: int) -> bool:
    """Turns a subscriber's hold of a slot into a taken place; whether there was one (an expired one still counts)."""
    used = sa.delete(SlotHold).where(SlotHold.subscriber == subscriber, SlotHold.slot_id == slot_id)
    return session.execute(used, execution_options=FRESH).rowcount == 1


def take_place_or_expired(session: Session, slot_id: int, now: datetime.datetime) -> bool:
    """Takes a free place, or one whose hold has expired."""
    return take_place(session, slot_id) or (_release_expired(session, slot_id, now) and take_place(session, slot_id))


def _release_expired(session: Session, slot_id: int, now: datetime.datetime) -> bool:
    """Only who deletes the hold gives its place back, so it comes back once."""
    over = sa.select(SlotHold.subscriber).where(SlotHold.slot_id == slot_id, SlotHold.until <= now)
    freed = [subscriber for subscriber in session.execute(over).scalars() if use_hold(session, subscriber, slot_id)]
    for _ in freed:
        give_place_back(session, slot_id)
    return bool(freed)
