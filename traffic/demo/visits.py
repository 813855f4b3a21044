"""Invented appointments, so that the next days are partly full and a few slots wholly."""

from __future__ import annotations

import datetime
import random
from typing import Any, Dict, Iterator, List

import sqlalchemy as sa
from sqlalchemy.orm import Session

from traffic.appointments import BookingRow
from traffic.numbers import APPOINTMENT, NumberCounter
from traffic.opening_days import local_moment
from traffic.slots import KINDS, SlotRow

FULL_SHARE = 0.15


def fill_slots(session: Session, dice: random.Random, plates: List[str], today: datetime.date) -> None:
    """Books places with invented subscribers; nearer days are fuller, and some slots have no place left."""
    rows = list(_bookings(dice, session, plates, today - datetime.timedelta(days=1)))
    if not rows:
        return
    session.execute(sa.insert(BookingRow), rows)
    taken = sa.select(sa.func.count()).where(BookingRow.slot_id == SlotRow.id).scalar_subquery()
    session.execute(sa.update(SlotRow).values(booked=taken), execution_options={"synchronize_session": False})
    session.add(NumberCounter(prefix=APPOINTMENT, day=today - datetime.timedelta(days=1), last=len(rows)))


def _bookings(dice: random.Random, session: Session, plates: List[str],
              yesterday: datetime.date) -> Iterator[Dict[str, Any]]:
    """One for a plate and kind; a town of few vehicles has fewer, for nobody books the same thing twice."""
    number, made = 0, local_moment(yesterday, datetime.time(20))
    unused = {kind: dice.sample(plates, len(plates)) for kind in KINDS}
    for slot in session.execute(sa.select(SlotRow).order_by(SlotRow.starts_at, SlotRow.id)).scalars():
        left = unused[slot.site.kind]
        for _ in range(min(len(left), _places_taken(dice, slot.capacity, (slot.starts_at - made).days))):
            number += 1
            yield {"number": f"{APPOINTMENT}{yesterday:%y%m%d}{number:04d}", "key": f"demo:{number}",
                   "plate": left.pop(), "subscriber": f"demo_{number:05d}", "kind": slot.site.kind,
                   "slot_id": slot.id, "state": "booked", "created_at": made}


def _places_taken(dice: random.Random, capacity: int, days: int) -> int:
    if dice.random() < FULL_SHARE:
        return capacity
    return dice.randint(0, capacity - 1) if dice.random() < max(0.1, 0.8 - days / 20) else 0
