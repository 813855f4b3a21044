"""A ground of the law that comes up in the middle (他说头晕): the settling stops, an officer takes it over."""

from __future__ import annotations

import datetime
from typing import Dict, List, Tuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from traffic.accident_cases import TAKEN_UP_FOR, CaseView, case_of, expect
from traffic.accident_decisions import any_case
from traffic.accident_rules import ground_midway
from traffic.accidents import AccidentCase, AccidentParty
from traffic.database import utc_now

RUNNING = ("gathering", "proposed")
LONGEST = 500  # characters of what was said
GOES_ON = "goes_on"
"""What a driver was told last once an officer let both go on."""


def stop(session: Session, subscriber: str, number: str, words: str,
         now: datetime.datetime | None = None) -> CaseView:
    """Leaves a case to an officer for what a driver says (`ground_midway` hears why), also before the second joined.

    Raises NotYours, CaseMoved when it is with an officer already, or over.
    """
    found = expect(case_of(session, subscriber, number, held=True), *RUNNING)
    assert found.me is not None
    case = found.case
    case.state, case.objected_by, case.objection = "with_officer", found.me.role, words.strip()[:LONGEST]
    case.objected_at = now or utc_now()
    for party in found.parties:
        party.agreed_at = None
    session.flush()
    return found


def stopped_for(case: AccidentCase) -> str | None:
    """The ground for which an officer has the case, or had it; None for a mere disagreement."""
    return ground_midway(case.objection or "")


def let_go_on(session: Session, number: str, now: datetime.datetime | None = None) -> CaseView:
    """An officer has looked: nothing of the kind, the drivers go on where they were. Raises NotYours, CaseMoved."""
    found = expect(any_case(session, number, held=True), "with_officer")
    case = found.case
    case.state = "gathering"
    case.cause = case.a_role = case.liability = case.article = case.objection = case.objected_by = None
    case.objected_at = now or utc_now()  # what was said before it stops nothing any more
    session.flush()
    return found


def running(session: Session, now: datetime.datetime) -> Dict[str, List[Tuple[str, datetime.datetime]]]:
    """Who is settling now: subscriber → (case's number, since when words count)."""
    query = (sa.select(AccidentParty.subscriber, AccidentCase.number, AccidentCase.created_at,
                       AccidentCase.objected_at, AccidentParty.joined_at)
             .join(AccidentCase, AccidentCase.id == AccidentParty.case_id)
             .where(AccidentCase.state.in_(RUNNING), AccidentCase.created_at > now - TAKEN_UP_FOR,
                    AccidentParty.subscriber.is_not(None)))
    found: Dict[str, List[Tuple[str, datetime.datetime]]] = {}
    for row in session.execute(query):
        since = max(filter(None, (row.created_at, row.objected_at, row.joined_at)))
        found.setdefault(row.subscriber, []).append((row.number, since))
    return found
