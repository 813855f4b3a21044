"""Accident cases: the list, one case with photos and both accounts, the officer's decision."""

from __future__ import annotations

from typing import Dict, List, Tuple

from sanic.response import HTTPResponse, raw, redirect
from sqlalchemy.engine import Connection

from messages import conversations, desk
from messages.database import reading, writing
from traffic import photos
from traffic.accident_cases import ENDED, CaseView
from traffic.accident_causes import causes
from traffic.accident_decisions import any_case, call_in, cases_in, decide
from traffic.accident_stops import let_go_on, stopped_for
from traffic.errors import CaseMoved, CauseUnknown, NotYours, SlotFull
from web.desk.conversations import Key, may_see
from web.desk.database import records
from web.desk.deeds import of_words, record
from web.desk.errors import BadText, Missing
from web.desk.guard import Route, Visit
from web.desk.office import Office
from web.desk.sentences import written
from web.driver.accident_agreement import agreement_lines, agreement_pdf, cause_line, place_of
from web.driver.accident_tellings import tell
from web.driver.accident_words import words

FILTERS = {"open": ("with_officer",), "running": ("gathering", "proposed"), "ended": ENDED}
VISIT, GO_ON = "visit", "go_on"


async def _list(office: Office, visit: Visit) -> HTTPResponse:
    which = visit.request.args.get("which", "open")
    which = which if which in FILTERS else "open"
    found = await office.do(_look_at_all, office, visit, which)
    return office.page("accidents.html", visit=visit, cases=found, which=which, said="", words=words(),
                       grounds={each.case.number: stopped_for(each.case) for each in found})


def _look_at_all(office: Office, visit: Visit, which: str) -> List[CaseView]:
    with writing(office.engine) as session:
        record(session, visit.officer.name, "looked_accidents", f"accidents:{which}", now=visit.now)
        with records(session) as traffic:
            found = cases_in(traffic, FILTERS[which])
        return found if which == "open" else found[::-1]


async def _one(office: Office, visit: Visit, number: str) -> HTTPResponse:
    return await _show(office, visit, number, said=visit.request.args.get("said", ""))


async def _show(office: Office, visit: Visit, number: str, status: int = 200, *, said: str = "", wrong: str = "",
                reason: str = "") -> HTTPResponse:
    found, talks = await office.do(_look_with_talks, office, visit, number)
    return office.page("accident.html", status, visit=visit, found=found, talks=talks, case=found.case, words=words(),
                       said=said,
                       wrong=wrong, reason=reason, lines=agreement_lines(found, "officer"), place=place_of(found),
                       causes=list(causes().values()), cause_line=cause_line(found), ground=stopped_for(found.case))


def _look(office: Office, visit: Visit, number: str) -> CaseView:
    with writing(office.engine) as session:
        found = _found(session, number)
        record(session, visit.officer.name, "looked_accident", f"accident:{found.case.number}", now=visit.now)
        return found


def _look_with_talks(office: Office, visit: Visit, number: str) -> Tuple[CaseView, Dict[str, Key]]:
    """The case, and its drivers' conversations by role, where this officer may see them."""
    found = _look(office, visit, number)
    with reading(office.engine) as session:
        return found, {party.role: talk for party in found.parties if (talk := _talk(session, visit, party.subscriber))}


def _talk(session: Connection, visit: Visit, subscriber: str | None) -> Key | None:
    channel = desk.channel_of(session, subscriber) if subscriber else None
    talk = conversations.find(session, channel, subscriber) if channel and subscriber else None
    return (talk.channel, talk.driver) if talk and may_see(visit.officer, talk) else None


def _found(session: Connection, number: str) -> CaseView:
    try:
        with records(session) as traffic:
            return any_case(traffic, number)
    except NotYours:
        raise Missing("no such case") from None


async def _decide(office: Office, visit: Visit, number: str) -> HTTPResponse:
    typed = visit.field("reason")
    try:
        await office.do(_write_decision, office, visit, number, written(typed))
    except BadText as error:
        return await _show(office, visit, number, 400, wrong=error.why, reason=typed)
    except SlotFull:
        return await _show(office, visit, number, 409, wrong="full", reason=typed)
    except CaseMoved:
        return redirect(f"/desk/accidents/{number}?said=before", status=303)
    await office.do(tell, office.engine, office.settings, number, visit.now, visit.officer.name)
    said = "go_on" if visit.field("share") == GO_ON else "decided"
    return redirect(f"/desk/accidents/{number}?said={said}", status=303)


def _write_decision(office: Office, visit: Visit, number: str, reason: str) -> None:
    """Decision and audit entry stand or fall together. Raises BadText when something was not chosen."""
    share, code, a_role = (visit.field(name) for name in ("share", "cause", "a_role"))
    with writing(office.engine) as session:
        _found(session, number)
        try:
            with records(session) as traffic:
                if share == GO_ON:
                    let_go_on(traffic, number, visit.now)
                elif share == VISIT:
                    call_in(traffic, number, visit.officer.name, reason, visit.now)
                else:
                    decide(traffic, number, visit.officer.name, code, a_role, share, reason, visit.now)
        except (CauseUnknown, ValueError):
            raise BadText("decision") from None
        record(session, visit.officer.name, "decided_accident", f"accident:{number}",
               {"share": share, "cause": code, "a_role": a_role, **of_words(reason)}, now=visit.now)


async def _photo(office: Office, visit: Visit, number: str, photo: str) -> HTTPResponse:
    found = await office.do(_look_quietly, office, number)
    path = {str(each.id): each.path for each in found.photos}.get(photo)
    data = await office.do(photos.read, path) if path else None
    if data is None:
        raise Missing("no such photo")
    return raw(data, content_type="image/jpeg")


def _look_quietly(office: Office, number: str) -> CaseView:
    """For what belongs to a page whose look was recorded."""
    with reading(office.engine) as session:
        return _found(session, number)


async def _agreement(office: Office, visit: Visit, number: str) -> HTTPResponse:
    found = await office.do(_look, office, visit, number)
    if found.case.state not in ENDED:
        raise Missing("no agreement yet")
    return raw(await office.do(agreement_pdf, found, "officer"), content_type="application/pdf")


ROUTES = [
    Route("/accidents", _list), Route("/accidents/<number:str>", _one),
    Route("/accidents/<number:str>/decide", _decide, "POST"),
    Route("/accidents/<number:str>/photos/<photo:str>", _photo),
    Route("/accidents/<number:str>/agreement.pdf", _agreement),
]
