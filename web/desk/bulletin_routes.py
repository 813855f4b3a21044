"""Road news at the desk: one sentence fills the form, the map shows what was understood; publish, prolong, end."""

from __future__ import annotations

import datetime
from typing import Any, Dict, List

from sanic.response import HTTPResponse, redirect

from messages.database import reading, writing
from traffic import bulletins, recurring
from traffic.bulletin_sentences import read_bulletin
from traffic.errors import BulletinError
from traffic.road_conditions import KINDS
from traffic.roads import places, roads
from web.desk import bulletin_forms
from web.desk.bulletin_forms import Form
from web.desk.database import records
from web.desk.deeds import of_words, record
from web.desk.errors import Missing
from web.desk.guard import Route, Visit
from web.desk.moments import moment
from web.desk.office import Office
from web.desk.seen import SEEN, overtaken, seen

LONGEST_SENTENCE = 300
PROLONGED_HOURS = (1, 2, 4, 12, 24)


async def _list(office: Office, visit: Visit) -> HTTPResponse:
    rows = await office.do(_listed, office, visit.now)
    return office.page("bulletins.html", visit=visit, rows=rows, now=visit.now, said=visit.request.args.get("said", ""),
                       wrong=visit.request.args.get("wrong", ""), recurs=recurring.said)


def _listed(office: Office, now: datetime.datetime) -> List[Any]:
    """What was written or changed at this desk comes first, the latest in front; then what was imported."""
    with reading(office.engine) as session, records(session) as traffic:
        rows = [(row, bulletins.origin_of(traffic, row.id)) for row in bulletins.listed(traffic, now)]
    return sorted(rows, key=lambda each: each[1].changed_at.timestamp() if each[1] else 0.0, reverse=True)


async def _read(office: Office, visit: Visit) -> HTTPResponse:
    sentence = visit.field("sentence").strip()[:LONGEST_SENTENCE]
    if not sentence:
        return redirect("/desk/bulletins?wrong=sentence", status=303)
    return office.page("bulletin.html", visit=visit, said="", number=0, wrong="", seen="",
                       **await office.do(_understood, office, visit, sentence))


def _understood(office: Office, visit: Visit, sentence: str) -> Dict[str, Any]:
    with reading(office.engine) as session, records(session) as traffic:
        understood = bulletin_forms.with_road(traffic, read_bulletin(traffic, sentence, visit.now))
        form = bulletin_forms.of_reading(sentence, understood, visit.now)
        return {"parts": bulletin_forms.highlighted(sentence, understood), "missing": understood.missing,
                "notes": understood.notes, "unread": understood.unread,
                **_shown(traffic, form)}


def _shown(traffic: Any, form: Form) -> Dict[str, Any]:
    return {**_pictured(traffic, form), "kinds": KINDS, "day_choices": bulletin_forms.day_choices(form),
            "roads": [road.name for road in roads(traffic)], "places": [place.name for place in places(traffic)]}


def _pictured(traffic: Any, form: Form) -> Dict[str, Any]:
    return {"form": form, "map": bulletin_forms.drawn(traffic, form), "astray": bulletin_forms.astray(traffic, form)}


async def _one(office: Office, visit: Visit, number: int) -> HTTPResponse:
    return office.page("bulletin.html", visit=visit, number=number, wrong="", missing=(), parts=[],
                       said=visit.request.args.get("said", ""), **await office.do(_look, office, number))


def _look(office: Office, number: int) -> Dict[str, Any]:
    with reading(office.engine) as session, records(session) as traffic:
        try:
            row = bulletins.bulletin_row(traffic, number)
        except BulletinError:
            raise Missing("no such bulletin") from None
        origin = bulletins.origin_of(traffic, number)
        return {"seen": _seen(traffic, number),
                **_shown(traffic, bulletin_forms.of_row(row, origin.sentence if origin else ""))}


def _seen(traffic: Any, number: int) -> str:
    origin = bulletins.origin_of(traffic, number) if number else None
    return seen(number, origin.revision if origin else 0)


async def _map(office: Office, visit: Visit) -> HTTPResponse:
    return office.page("_road_map.html", **await office.do(_drawn, office, bulletin_forms.of_visit(visit)))


def _drawn(office: Office, form: Form) -> Dict[str, Any]:
    with reading(office.engine) as session, records(session) as traffic:
        return _pictured(traffic, form)


async def _publish(office: Office, visit: Visit) -> HTTPResponse:
    return await _save(office, visit, 0)


async def _change(office: Office, visit: Visit, number: int) -> HTTPResponse:
    return await _save(office, visit, number)


async def _save(office: Office, visit: Visit, number: int) -> HTTPResponse:
    form = bulletin_forms.of_visit(visit)
    try:
        await office.do(_keep, office, visit, number, form)
    except BulletinError as error:
        shown = await office.do(_again, office, number, form, visit.field(SEEN) if error.field != SEEN else "")
        return office.page("bulletin.html", 400, visit=visit, number=number, wrong=error.field, missing=(error.field,),
                           parts=[], said="", **shown)
    return redirect("/desk/bulletins?said=published", status=303)


def _again(office: Office, number: int, form: Form, then: str) -> Dict[str, Any]:
    """The form as it was sent; who was overtaken has now been told."""
    with reading(office.engine) as session, records(session) as traffic:
        return {"seen": then or _seen(traffic, number), **_shown(traffic, form)}


def _keep(office: Office, visit: Visit, number: int, form: Form) -> None:
    draft, name = bulletin_forms.draft_of(form), visit.officer.name
    with writing(office.engine) as session:
        with records(session) as traffic:
            if number and overtaken(visit.field(SEEN), _seen(traffic, number)):
                raise BulletinError(SEEN)
            row = (bulletins.change(traffic, number, draft, name, visit.now) if number
                   else bulletins.publish(traffic, draft, name, form.sentence, visit.now))
            kept = row.id
        record(session, name, "bulletin_changed" if number else "bulletin_published", f"bulletin:{kept}",
               of_words(form.sentence or form.cause), now=visit.now)


async def _prolong(office: Office, visit: Visit, number: int) -> HTTPResponse:
    hours, until = visit.field("hours"), visit.field("until")
    try:
        await office.do(_last_longer, office, visit, number, hours, until)
    except BulletinError:
        return redirect("/desk/bulletins?wrong=ends", status=303)
    return redirect("/desk/bulletins?said=prolonged", status=303)


def _last_longer(office: Office, visit: Visit, number: int, hours: str, until: str) -> None:
    with writing(office.engine) as session:
        with records(session) as traffic:
            row = bulletins.bulletin_row(traffic, number)
            later = datetime.timedelta(hours=int(hours)) if hours in map(str, PROLONGED_HOURS) else None
            end = max(row.ends_at or row.starts_at, visit.now) + later if later else moment(until, "ends")
            bulletins.prolong(traffic, number, end, visit.officer.name, visit.now)
        record(session, visit.officer.name, "bulletin_prolonged", f"bulletin:{number}", now=visit.now)


async def _end(office: Office, visit: Visit, number: int) -> HTTPResponse:
    try:
        await office.do(_free_again, office, visit, number)
    except BulletinError:
        raise Missing("no such bulletin") from None
    return redirect("/desk/bulletins?said=road_free", status=303)


def _free_again(office: Office, visit: Visit, number: int) -> None:
    with writing(office.engine) as session:
        with records(session) as traffic:
            bulletins.end_early(traffic, number, visit.officer.name, visit.now)
        record(session, visit.officer.name, "bulletin_ended", f"bulletin:{number}", now=visit.now)


ROUTES = [
    Route("/bulletins", _list),
    Route("/bulletins/read", _read, "POST"),
    Route("/bulletins/map", _map, "POST"),
    Route("/bulletins", _publish, "POST"),
    Route("/bulletins/<number:int>", _one),
    Route("/bulletins/<number:int>", _change, "POST"),
    Route("/bulletins/<number:int>/prolong", _prolong, "POST"),
    Route("/bulletins/<number:int>/end", _end, "POST"),
]
