"""Accident cases as officers see them: all that wait for a decision, and the decision itself."""

from __future__ import annotations

import contextlib
import datetime
from typing import List

import sqlalchemy as sa
from sqlalchemy.orm import Session

from traffic.accident_cases import CaseView, case_of, expect, view
from traffic.accident_causes import SHARES, cause
from traffic.accidents import AccidentCase
from traffic.appointments import Booking, book, bookings_of, coming_booking, free_slots
from traffic.database import utc_now
from traffic.errors import NotYours, SlotFull, SlotUnknown

WITHIN = datetime.timedelta(hours=24)
AT_THE_LATEST = datetime.timedelta(days=10)
HANDLING = "accident_handling"


def cases_in(session: Session, states: tuple[str, ...], limit: int = 200) -> List[CaseView]:
    """Cases in these states, longest waiting first."""
    query = sa.select(AccidentCase).where(AccidentCase.state.in_(states)).order_by(AccidentCase.id)
    return [view(session, case) for case in session.execute(query.limit(limit)).scalars()]


def any_case(session: Session, number: str, *, held: bool = False) -> CaseView:
    """Anybody's case, for officers only. Raises NotYours when there is none."""
    query = sa.select(AccidentCase).where(AccidentCase.number == number)
    case = session.execute(query.with_for_update() if held else query).scalar_one_or_none()
    if case is None:
        raise NotYours("no such case")
    return view(session, case)


def decide(session: Session, number: str, officer: str, code: str, a_role: str, liability: str, reason: str,
           now: datetime.datetime | None = None) -> CaseView:
    """The officer's finding, by 处理程序规定 article 20: cause, who is car A, A's share, and why.

    Raises NotYours, CauseUnknown, CaseMoved when nobody asked for an officer or another was faster.
    """
    found = expect(any_case(session, number, held=True), "with_officer")
    chosen, case = cause(code), found.case
    if a_role not in ("first", "second") or liability not in SHARES or len(found.parties) < 2:
        raise ValueError("a_role is first or second, liability full, main or equal")
    case.cause, case.a_role, case.liability, case.article = chosen.code, a_role, liability, chosen.law
    return _end(session, found, officer, reason, now or utc_now())


def call_in(session: Session, number: str, officer: str, reason: str,
            now: datetime.datetime | None = None) -> CaseView:
    """Both come to the window: the first free appointment, within 24 hours where the station is open.

    Raises NotYours, CaseMoved; SlotFull when nothing is free for ten days.
    """
    found, now = expect(any_case(session, number, held=True), "with_officer"), now or utc_now()
    found.case.liability = found.case.a_role = found.case.cause = found.case.article = None
    _book(session, found, found.parties[0].subscriber or "", now, by_officer=True)
    return _end(session, found, officer, reason, now)


def visit(session: Session, subscriber: str, number: str, now: datetime.datetime | None = None) -> CaseView:
    """After an agreement either driver may have both come to the window: the first free appointment, within 24 hours
    where the station is open. Again changes nothing.

    Raises NotYours, CaseMoved before the agreement, SlotFull, TooManyNoShows.
    """
    found, now = expect(case_of(session, subscriber, number, held=True), "agreed"), now or utc_now()
    if not found.case.booking:
        _book(session, found, subscriber, now, by_officer=False)
        session.flush()
    return found


def coming_visit(session: Session, case: AccidentCase, now: datetime.datetime | None = None) -> Booking | None:
    """The appointment that both drivers have at the window, whoever of them holds it; None when none is to come."""
    return coming_booking(session, case.booking, now=now) if case.booking else None


def _end(session: Session, found: CaseView, officer: str, reason: str, now: datetime.datetime) -> CaseView:
    found.case.state, found.case.closed_at = "decided", now
    found.case.decided_by, found.case.decided_at, found.case.reason = officer, now, reason.strip()[:600]
    session.flush()
    return found


def _book(session: Session, found: CaseView, who: str, now: datetime.datetime, *, by_officer: bool) -> None:
    """An appointment that this driver has for a visit already serves as well."""
    mine = [b for b in bookings_of(session, who, now=now) if b.kind == HANDLING]
    booked = mine[0] if mine else _first_free(session, found, who, now, by_officer)
    found.case.booking, found.case.visit_at = booked.number, booked.slot.starts


def _first_free(session: Session, found: CaseView, who: str, now: datetime.datetime, by_officer: bool) -> Booking:
    soon = free_slots(session, HANDLING, now, now + WITHIN, None, 10, now=now)
    for slot in soon or free_slots(session, HANDLING, now, now + AT_THE_LATEST, None, 10, now=now):
        with contextlib.suppress(SlotFull, SlotUnknown):
            key = f"{found.case.number}:visit:{now.isoformat()}"  # one after a cancelled one is another
            return book(session, who, HANDLING, slot.id, None, key, now=now,
                        by_officer=by_officer)
    raise SlotFull("nothing is free in the next ten days: open slots first")
