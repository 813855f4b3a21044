"""Tells both drivers of a case what the other, or an officer, did: each thing once, whoever did it and wherever."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import logging
from typing import Dict

import sqlalchemy as sa
from sanic import Blueprint
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from bot.settings import Settings, load_station
from messages import desk, outbox
from messages.replies import Reply
from traffic import photos
from traffic.accident_cases import READY, TAKEN_UP_FOR, CaseView, proposal
from traffic.accident_causes import cause
from traffic.accident_decisions import any_case
from traffic.accident_joining import CODE_LASTS
from traffic.accident_stops import GOES_ON, stopped_for
from traffic.accident_visits import CANCELLED, MOVED
from traffic.accidents import AccidentCase, AccidentParty
from traffic.database import reading, utc_now, writing
from traffic.page_links import new_address
from traffic.presentation import moment
from traffic.subscriber_wishes import reminders_off
from web.driver.accident_agreement import agreement_picture
from web.driver.accident_stops import stop_what_was_said
from web.driver.accident_words import words
from web.driver.hall import Hall

logger = logging.getLogger(__name__)

LOOK_EVERY = 3.0  # seconds; what was done in the chat is told by this look, what was done on a page at once
ENDS = ("closed", "with_officer", "agreed", "decided")
SETTLED = (READY, "nobody_came", "with_officer", GOES_ON)
YOUNG, FRESH = datetime.timedelta(days=10), datetime.timedelta(days=1)
VISIT = "agreed:visit"
PICTURE = "photo:"  # how the post room names a kept picture


def due(found: CaseView, party: AccidentParty, now: datetime.datetime) -> str | None:
    """What this driver should have been told last; None when there is nothing."""
    state = found.case.state
    if state == "gathering" and len(found.parties) < 2:
        return SETTLED[1] if found.photos and found.case.created_at <= now - CODE_LASTS else None
    if state == "gathering" and party.told in ("with_officer", GOES_ON):
        return GOES_ON
    if state == "gathering" and found.complete:
        return READY
    if state == "gathering":
        return "joined" if party.role == "first" and len(found.parties) == 2 else None
    if state == "proposed":
        return None if party.agreed_at else f"agree:{proposal(found.case)}"
    if state == "agreed" and found.case.booking:
        return VISIT
    alone = state == "closed" and len(found.parties) < 2
    return state if state in ENDS and not alone else None


def tell(engine: Engine, settings: Settings, number: str, now: datetime.datetime, author: str = "bot") -> int:
    """Writes what is due into the outbox; how many drivers were told."""
    with reading(engine) as session:
        found = any_case(session, number)
    if all(due(found, party, now) in (None, party.told) for party in found.parties):
        return 0
    pictures = _pictures(found)
    with writing(engine) as session:
        found = any_case(session, number, held=True)
        waiting = [party for party in found.parties if due(found, party, now) not in (None, party.told)]
        for party in waiting:
            before, party.told = party.told, due(found, party, now)
            _say(session, settings, found, party, before, pictures, now, author)
    return len(waiting)


def _pictures(found: CaseView) -> Dict[str, str]:
    """Each driver's copy of the agreement, drawn before the database is locked: role → path."""
    if found.case.state != "agreed" or all(party.told in ("agreed", VISIT) for party in found.parties):
        return {}
    return {party.role: photos.keep(photos.as_photo(agreement_picture(found, party.role))) for party in found.parties}


def _say(session: Session, settings: Settings, found: CaseView, party: AccidentParty, before: str | None,
         pictures: Dict[str, str], now: datetime.datetime, author: str) -> None:
    connection, subscriber = session.connection(), party.subscriber or ""
    channel = desk.channel_of(connection, subscriber)
    if found.case.state == "decided" and "case" in reminders_off(session, subscriber):
        return
    objects = found.case.objected_by == party.role and found.case.state == "with_officer"
    if channel is None or (objects and not stopped_for(found.case)):
        return
    name = before if before in (MOVED, CANCELLED) else None
    said = [Reply(_sentence(settings, found, party, name), purpose="result")]
    if party.role in pictures and before not in ("agreed", VISIT, MOVED, CANCELLED):
        said.append(Reply(image=PICTURE + pictures[party.role], purpose="result"))
    outbox.append(connection, channel, subscriber, said, now, author=author)


def _sentence(settings: Settings, found: CaseView, party: AccidentParty, moved: str | None) -> str:
    case, share = found.case, found.share(party.role)
    what = (party.told or "").split(":")[0]
    summoned = what == "decided" and case.visit_at
    ground = stopped_for(case) if what == "with_officer" else None
    name = moved or ("visit" if summoned else "agreed_visit" if party.told == VISIT else "stopped" if ground else what)
    link = new_address(party.subscriber or "", f"accident/{case.number}", settings=settings)
    return str(words()["told"][name]).format_map({
        **load_station().words(), "case": case.number, "link": link, "reason": case.reason or "",
        "ground": words()["grounds"].get(ground, ""),
        "cause": cause(case.cause).title if case.cause else "", "short": words()["short_shares"].get(share, ""),
        "visit": moment(case.visit_at) if case.visit_at else "", "booking": case.booking or ""})


def untold(session: Session, now: datetime.datetime) -> list[str]:
    """Numbers of young cases in which somebody may have to be told."""
    second = sa.exists().where(AccidentParty.case_id == AccidentCase.id, AccidentParty.role == "second")
    first = sa.exists().where(AccidentParty.case_id == AccidentCase.id, AccidentParty.role == "first",
                              AccidentParty.told.is_(None))
    other = sa.exists().where(AccidentParty.case_id == AccidentCase.id,
                              sa.func.coalesce(AccidentParty.told, "") != AccidentCase.state,
                              sa.func.coalesce(AccidentParty.told, "") != VISIT)
    summoned = sa.exists().where(AccidentParty.case_id == AccidentCase.id, AccidentParty.told == "agreed")
    ended = sa.or_(AccidentCase.state.in_(ENDS[1:]),
                   sa.and_(AccidentCase.state == "closed", second, AccidentCase.closed_at > now - FRESH))
    unready = sa.exists().where(AccidentParty.case_id == AccidentCase.id,
                                sa.func.coalesce(AccidentParty.told, "").not_in(SETTLED))
    undescribed = sa.exists().where(AccidentParty.case_id == AccidentCase.id, AccidentParty.phone.is_(None))
    halted = sa.exists().where(AccidentParty.case_id == AccidentCase.id, AccidentParty.told == "with_officer")
    query = sa.select(AccidentCase.number).where(
        AccidentCase.created_at > now - YOUNG,
        sa.or_(sa.and_(AccidentCase.state == "gathering", second, first), sa.and_(ended, other),
               sa.and_(AccidentCase.state == "gathering", second, unready, ~undescribed),
               sa.and_(AccidentCase.state == "gathering", ~second, unready,
                       AccidentCase.created_at.between(now - TAKEN_UP_FOR, now - CODE_LASTS)),
               sa.and_(AccidentCase.state == "gathering", halted),
               sa.and_(AccidentCase.state == "agreed", AccidentCase.booking.is_not(None), summoned)))
    return list(session.execute(query).scalars())


def look(engine: Engine, settings: Settings, now: datetime.datetime) -> int:
    """Tells whatever is due in all cases; how many drivers were told."""
    stop_what_was_said(engine, now)
    with reading(engine) as session:
        numbers = untold(session, now)
    return sum(tell(engine, settings, number, now) for number in numbers)


def keep_telling(blueprint: Blueprint, hall: Hall) -> None:
    """Looks as long as the server runs."""

    @blueprint.after_server_start
    async def start(app: object, _loop: object) -> None:
        blueprint.ctx.telling = asyncio.create_task(_look_for_ever(hall))

    @blueprint.before_server_stop
    async def stop(app: object, _loop: object) -> None:
        blueprint.ctx.telling.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await blueprint.ctx.telling


async def _look_for_ever(hall: Hall) -> None:
    while True:
        await asyncio.sleep(LOOK_EVERY)
        try:
            await hall.do(look, hall.engine, hall.settings, utc_now())
        except Exception as error:  # a database that is away, or not upgraded yet: the next look may do
            logger.error("accident cases wait for the database: %s", type(error).__name__)
