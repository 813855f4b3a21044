"""Invented appointments, so that the next days are partly full and a few slots wholly."""

from __future__ import annotations

import datetime
import random
from typing import Any, Dict, Iterator, List, Set, Tuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from traffic.appointments import BookingRow
from traffic.numbers import APPOINTMENT, NumberCounter
from traffic.opening_days import local_moment
from traffic.slots import SlotRow

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
    number, used, made = 0, set[Tuple[str, str]](), local_moment(yesterday, datetime.time(20))
    for slot in session.execute(sa.select(SlotRow).order_by(SlotRow.starts_at, SlotRow.id)).scalars():
        days = (slot.starts_at - made).days
        for _ in range(_places_taken(dice, slot.capacity, days)):
            plate = _unused(dice, plates, slot.site.kind, used)
            number += 1
            yield {"number": f"{APPOINTMENT}{yesterday:%y%m%d}{number:04d}", "key": f"demo:{number}", "plate": plate,
                   "subscriber": f"demo_{number:05d}", "kind": slot.site.kind, "slot_id": slot.id, "state": "booked",
                   "created_at": made}


def _places_taken(dice: random.Random, capacity: int, days: int) -> int:
    if dice.random() < FULL_SHARE:
        return capacity
    return dice.randint(0, capacity - 1) if dice.random() < max(0.1, 0.8 - days / 20) else 0


def _unused(dice: random.Random, plates: List[str], kind: str, used: Set[Tuple[str, str]]) -> str:
    while True:
        plate = dice.choice(plates)
        if (kind, plate) not in used:
            used.add((kind, plate))
            return plate
