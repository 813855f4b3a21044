"""The visit that both drivers of an accident make to the window follows its appointment: moved, or cancelled."""

from __future__ import annotations

import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from traffic.accidents import AccidentCase, AccidentParty

MOVED, CANCELLED = "visit_moved", "visit_cancelled"
"""What stands for the other driver as told, until he is told the new state of the case."""


def follow_booking(session: Session, booking: str, mover: str, starts: datetime.datetime | None) -> None:
    """Brings cases to the appointment's new time, or to none; all parties but the mover are to be told."""
    cases = sa.select(AccidentCase).where(AccidentCase.booking == booking)
    for case in session.execute(cases).scalars():
        case.visit_at, case.booking = starts, booking if starts else None
        others = sa.update(AccidentParty).where(
            AccidentParty.case_id == case.id, AccidentParty.told.is_not(None), AccidentParty.subscriber != mover)
        mine = sa.update(AccidentParty).where(
            AccidentParty.case_id == case.id, AccidentParty.told.is_not(None), AccidentParty.subscriber == mover)
        session.execute(others.values(told=MOVED if starts else CANCELLED))
        if not starts and case.state == "agreed":
            session.execute(mine.values(told="agreed"))
    session.flush()
