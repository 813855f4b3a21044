"""Tickets as officers see them: all drivers' tickets, and the station's answer to one."""

from __future__ import annotations

import datetime
from typing import List

import sqlalchemy as sa
from sqlalchemy.orm import Session

from traffic.database import utc_now
from traffic.errors import NotYours
from traffic.tickets import UNANSWERED, Ticket, TicketPhoto, photos_of

OPEN = UNANSWERED
ENDED = ("answered", "closed", "withdrawn")


def tickets_in(session: Session, states: tuple[str, ...] = OPEN, limit: int = 200) -> List[Ticket]:
    """Tickets in these states, soonest promised first."""
    query = sa.select(Ticket).where(Ticket.state.in_(states)).order_by(Ticket.promised_on, Ticket.id)
    return list(session.execute(query.limit(limit)).scalars())


def any_ticket(session: Session, number: str) -> Ticket:
    """Anybody's ticket, for officers only. Raises NotYours when there is none."""
    found = session.execute(sa.select(Ticket).where(Ticket.number == number)).scalar_one_or_none()
    if found is None:
        raise NotYours("no such ticket")
    return found


def pictures_of(session: Session, number: str) -> List[TicketPhoto]:
    """The pictures of anybody's ticket, for officers only. Raises NotYours."""
    return photos_of(session, any_ticket(session, number).id)


def answer_ticket(session: Session, number: str, text: str, *, now: datetime.datetime | None = None) -> Ticket | None:
    """Keeps the station's answer; None when an answer was there already. Raises NotYours."""
    given = sa.update(Ticket).where(Ticket.number == number, Ticket.state.in_(OPEN)).values(
        state="answered", answer=text, answered_at=now or utc_now())
    if not session.execute(given, execution_options={"synchronize_session": False}).rowcount:
        any_ticket(session, number)
        return None
    found = any_ticket(session, number)
    session.refresh(found)
    return found
