"""Broadcasts at the desk: words, audience, count, preview on two phones, another officer's yes, progress, stop."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any, Dict

from sanic.response import HTTPResponse, html, redirect
from sqlalchemy.engine import Connection

from messages import broadcasts, mass_book
from messages.broadcasts import Broadcast
from messages.database import reading, writing
from messages.errors import NotAllowed
from traffic.audience import read_audience
from traffic.errors import BulletinError
from traffic.roads import roads
from web.desk import phones
from web.desk.broadcast_articles import carried, offered
from web.desk.database import records
from web.desk.deeds import of_words, record
from web.desk.errors import Missing
from web.desk.guard import Route, Visit
from web.desk.moments import moment, written
from web.desk.office import Office
from web.desk.phone_routes import phones_now
from web.desk.seen import SEEN, overtaken, seen
from web.outreach.filling import count_members

CHANNEL = "wechat"
LONGEST_TEXT, LONGEST_TITLE, LONGEST_AUDIENCE = 500, 20, 200
SHOWN = 100
FILTERS = {"all": (), "sent": ("sent", "passive"), "refused": ("refused",), "unknown": ("unknown",),
           "parked": ("parked",), "withheld": ("withheld",), "left": ("planned", "sending")}


@dataclasses.dataclass(frozen=True)
class Form:
    """What an officer writes; moments as `moments` writes them."""

    title: str = ""
    text: str = ""
    link: str = ""
    article: str = ""
    audience: str = ""
    may_mass: str = ""
    begins: str = ""
    until: str = ""
    seen: str = ""


async def _list(office: Office, visit: Visit) -> HTTPResponse:
    found = await office.do(_listed, office, visit)
    return office.page("broadcasts.html", visit=visit, said=visit.request.args.get("said", ""),
                       wrong=visit.request.args.get("wrong", ""), back="", **found)


def _listed(office: Office, visit: Visit) -> Dict[str, Any]:
    month = office.clock.local(visit.now).strftime("%Y-%m")
    with reading(office.engine) as session:
        every = [(each, broadcasts.progress(session, each.id, visit.now)) for each in broadcasts.listed(session)]
        return {"every": every, **_book(office, session, month),
                **phones_now(office, session, visit)}


def _book(office: Office, session: Connection, month: str, but: int = 0) -> Dict[str, Any]:
    most, used = office.station.outreach.mass_a_month, mass_book.used(session, month)
    promised = mass_book.promised(session, but)
    return {"book": mass_book.entries(session, month), "most": most, "used": used, "promised": promised,
            "left": max(0, most - used - promised)}


async def _new(office: Office, visit: Visit) -> HTTPResponse:
    return await _write(office, visit, Form(begins=written(visit.now)), 0, "")


async def _write(office: Office, visit: Visit, form: Form, number: int, wrong: str, status: int = 200) -> HTTPResponse:
    book = await office.do(_book_now, office, visit)
    return office.page("broadcast_form.html", status, visit=visit, form=form, number=number, wrong=wrong, said="",
                       **book)


def _book_now(office: Office, visit: Visit) -> Dict[str, Any]:
    with reading(office.engine) as session:
        with records(session) as traffic:
            found = [(row.id, row.title) for row in offered(traffic, visit.now)]
        return {"articles": found, **_book(office, session, office.clock.local(visit.now).strftime("%Y-%m"))}


async def _count(office: Office, visit: Visit) -> HTTPResponse:
    found = await office.do(_counted, office, visit.field("audience").strip()[:LONGEST_AUDIENCE], visit.now)
    return html(office.fragment("_audience.html", **found))


def _counted(office: Office, words: str, now: datetime.datetime) -> Dict[str, Any]:
    with reading(office.engine) as session:
        with records(session) as traffic:
            audience, names = read_audience(traffic, words), {road.id: road.name for road in roads(traffic)}
        count = 0 if audience.unknown else count_members(session, CHANNEL, audience, now)
        return {"words": words, "audience": audience, "count": count, "road_names": names}


async def _edit(office: Office, visit: Visit, number: int) -> HTTPResponse:
    found = await office.do(_find, office, number)
    article = str(found.article["number"]) if found.article else ""
    form = Form(found.title, found.text, "" if article else found.link, article, found.audience,
                "yes" if found.may_mass else "", written(found.begins_at), written(found.until), _seen(found))
    return await _write(office, visit, form, number, "")


def _seen(found: Broadcast) -> str:
    return seen(found.title, found.text, found.link, found.audience, found.may_mass, written(found.begins_at),
                written(found.until))


def _find(office: Office, number: int) -> Broadcast:
    with reading(office.engine) as session:
        found = broadcasts.find(session, number)
    if found is None:
        raise Missing("no such broadcast")
    return found


async def _add(office: Office, visit: Visit) -> HTTPResponse:
    return await _save(office, visit, 0)


async def _change(office: Office, visit: Visit, number: int) -> HTTPResponse:
    return await _save(office, visit, number)


async def _save(office: Office, visit: Visit, number: int) -> HTTPResponse:
    form = Form(**{field.name: visit.field(field.name).strip()[:2000] for field in dataclasses.fields(Form)})
    try:
        kept = await office.do(_keep, office, visit, number, form)
    except (BulletinError, NotAllowed) as error:
        wrong = getattr(error, "field", "state")
        if wrong == SEEN:
            form = dataclasses.replace(form, seen=_seen(await office.do(_find, office, number)))
        return await _write(office, visit, form, number, wrong, 400)
    return redirect(f"/desk/broadcasts/{kept}?said=kept", status=303)


def _keep(office: Office, visit: Visit, number: int, form: Form) -> int:
    """Raises BulletinError with the field that is wrong, NotAllowed when it is no draft any more."""
    counted = _counted(office, form.audience, visit.now)
    begins, until = moment(form.begins, "begins") or visit.now, moment(form.until, "until")
    wrong = {"title": not 0 < len(form.title) <= LONGEST_TITLE, "text": not 0 < len(form.text) <= LONGEST_TEXT,
             "link": bool(form.link) and (not form.link.startswith("https://") or len(form.link) > 500),
             "audience": bool(counted["audience"].unknown), "until": until is not None and until <= begins}
    fault = next((name for name, bad in wrong.items() if bad), "")
    if fault:
        raise BulletinError(fault)
    if number and overtaken(form.seen, _seen(_find(office, number))):
        raise BulletinError(SEEN)
    article = _carried(office, form.article, begins)
    values = {"channel": CHANNEL, "title": form.title, "text": form.text, "article": article,
              "link": article["address"] if article else form.link, "audience": form.audience,
              "counted": counted["count"], "may_mass": form.may_mass == "yes", "begins_at": begins,
              "until": until or begins + datetime.timedelta(days=7)}
    with writing(office.engine) as session:
        kept = broadcasts.write(session, number or None, values, visit.officer.name, visit.now)
        record(session, visit.officer.name, "broadcast_written", f"broadcast:{kept}", of_words(form.text),
               now=visit.now)
    return kept


def _carried(office: Office, number: str, begins: datetime.datetime) -> Dict[str, Any] | None:
    with reading(office.engine) as session, records(session) as traffic:
        return carried(traffic, number, office.settings.pages_address, begins)


async def _one(office: Office, visit: Visit, number: int) -> HTTPResponse:
    which = visit.request.args.get("which", "all")
    after = visit.request.args.get("after", "0")
    found = await office.do(_look, office, visit, number, which, int(after) if after.isdecimal() else 0)
    return office.page("broadcast.html", visit=visit, said=visit.request.args.get("said", ""),
                       wrong=visit.request.args.get("wrong", ""), back=number, **found)


def _look(office: Office, visit: Visit, number: int, which: str, after: int) -> Dict[str, Any]:
    found = _find(office, number)
    which = which if which in FILTERS else "all"
    with reading(office.engine) as session:
        rows = broadcasts.results(session, number, FILTERS[which], after, SHOWN)
        return {"each": found, "progress": broadcasts.progress(session, number, visit.now), "rows": rows,
                "later": broadcasts.waiting(session, number, visit.now),
                "which": which, "more": len(rows) == SHOWN, **phones_now(office, session, visit),
                **_book(office, session, office.clock.local(visit.now).strftime("%Y-%m"), number)}


async def _progress(office: Office, visit: Visit, number: int) -> HTTPResponse:
    found = await office.do(_look, office, visit, number, "all", 0)
    return html(office.fragment("_progress.html", visit=visit, live=True, **found))


async def _preview(office: Office, visit: Visit, number: int) -> HTTPResponse:
    return await _step(office, visit, number, _show_first, "previewed")


def _show_first(office: Office, session: Connection, visit: Visit, found: Broadcast) -> None:
    broadcasts.preview(session, found, list(phones.registered(session).values()), visit.now)


async def _approve(office: Office, visit: Visit, number: int) -> HTTPResponse:
    return await _step(office, visit, number, _yes, "approved")


def _yes(office: Office, session: Connection, visit: Visit, found: Broadcast) -> None:
    """The last mass send of the month needs a word of its own."""
    left = _book(office, session, office.clock.local(visit.now).strftime("%Y-%m"), found.id)["left"]
    if found.may_mass and left <= 1 and visit.field("last") != "yes":
        raise NotAllowed("last")
    broadcasts.approve(session, found.id, visit.officer.name, visit.now)


async def _stop(office: Office, visit: Visit, number: int) -> HTTPResponse:
    return await _step(office, visit, number, _halt, "stopped")


def _halt(office: Office, session: Connection, visit: Visit, found: Broadcast) -> None:
    broadcasts.stop(session, found.id, visit.officer.name, visit.now)


async def _remove(office: Office, visit: Visit, number: int) -> HTTPResponse:
    try:
        await office.do(_do, office, visit, number, _drop, "removed")
    except NotAllowed:
        return redirect(f"/desk/broadcasts/{number}?wrong=state", status=303)
    return redirect("/desk/broadcasts?said=deleted", status=303)


def _drop(office: Office, session: Connection, visit: Visit, found: Broadcast) -> None:
    broadcasts.remove(session, found.id)


async def _step(office: Office, visit: Visit, number: int, deed: Any, name: str) -> HTTPResponse:
    try:
        await office.do(_do, office, visit, number, deed, name)
    except NotAllowed as error:
        why = "last" if str(error) == "last" else {"previewed": "phones", "approved": "second"}.get(name, "state")
        return redirect(f"/desk/broadcasts/{number}?wrong={why}", status=303)
    return redirect(f"/desk/broadcasts/{number}?said={name}", status=303)


def _do(office: Office, visit: Visit, number: int, deed: Any, name: str) -> None:
    found = _find(office, number)
    with writing(office.engine) as session:
        deed(office, session, visit, found)
        record(session, visit.officer.name, f"broadcast_{name}", f"broadcast:{number}", now=visit.now)


ROUTES = [
    Route("/broadcasts", _list, may="supervise"),
    Route("/broadcasts/new", _new, may="supervise"),
    Route("/broadcasts/count", _count, "POST", may="supervise"),
    Route("/broadcasts", _add, "POST", may="supervise"),
    Route("/broadcasts/<number:int>", _one, may="supervise"),
    Route("/broadcasts/<number:int>/edit", _edit, may="supervise"),
    Route("/broadcasts/<number:int>", _change, "POST", may="supervise"),
    Route("/broadcasts/<number:int>/progress", _progress, may="supervise", active=False),
    Route("/broadcasts/<number:int>/preview", _preview, "POST", may="supervise"),
    Route("/broadcasts/<number:int>/approve", _approve, "POST", may="supervise"),
    Route("/broadcasts/<number:int>/stop", _stop, "POST", may="supervise"),
    Route("/broadcasts/<number:int>/remove", _remove, "POST", may="supervise"),
]
