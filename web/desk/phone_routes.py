"""Officers' own phones at the desk: whose are registered, the word that registers one, and the end of it."""

from __future__ import annotations

from typing import Any, Dict

from sanic.response import HTTPResponse, html, redirect
from sqlalchemy.engine import Connection

from messages.database import reading, writing
from web.desk import phones
from web.desk.deeds import record
from web.desk.guard import Route, Visit
from web.desk.office import Office


def phones_now(office: Office, session: Connection, visit: Visit) -> Dict[str, Any]:
    """Officer → phone, and the word by which this officer registers one."""
    return {"phones": phones.registered(session),
            "word": phones.word_for(visit.officer.name, office.secret, office.clock.today())}


def _look(office: Office, visit: Visit) -> Dict[str, Any]:
    with reading(office.engine) as session:
        return phones_now(office, session, visit)


async def _show(office: Office, visit: Visit) -> HTTPResponse:
    return html(office.fragment("_phones.html", visit=visit, back=_back(visit.request.args.get("back", "")),
                                **await office.do(_look, office, visit)))


async def _sent(office: Office, visit: Visit) -> HTTPResponse:
    """Where the page does not look by itself: the officer says that the word was sent."""
    found = await office.do(_look, office, visit)
    return _to(visit, "said=phone" if visit.officer.name in found["phones"] else "wrong=word")


async def _forget(office: Office, visit: Visit) -> HTTPResponse:
    await office.do(_drop, office, visit)
    return _to(visit, "said=phone_gone")


def _drop(office: Office, visit: Visit) -> None:
    with writing(office.engine) as session:
        if phones.forget(session, visit.officer.name):
            record(session, visit.officer.name, "phone_forgotten", "phone", now=visit.now)


def _to(visit: Visit, what: str) -> HTTPResponse:
    back = _back(visit.field("back"))
    return redirect(f"/desk/broadcasts{'/' + back if back else ''}?{what}#phones", status=303)


def _back(number: str) -> str:
    return number if number.isascii() and number.isdecimal() else ""


ROUTES = [
    Route("/broadcasts/phones", _show, may="supervise", active=False),
    Route("/broadcasts/phone", _sent, "POST", may="supervise"),
    Route("/broadcasts/phone/forget", _forget, "POST", may="supervise"),
]
