"""The door: /desk/sign-in, and out again."""

from __future__ import annotations

import datetime

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, empty, redirect

from messages.database import writing
from web.desk import sessions
from web.desk.deeds import record
from web.desk.guard import COOKIE, SIGN_IN, Route, Visit, is_ours
from web.desk.office import Office
from web.desk.sign_in import sign_in
from web.seals import new_token

VISITOR = "weijing_desk_visitor"  # before there is a session, the form's token hangs on this


def add_door(blueprint: Blueprint, office: Office) -> None:
    """The two routes that need no session."""

    @blueprint.get("/sign-in", name="sign_in_page")
    async def show(request: Request) -> HTTPResponse:
        return _form(office, request, failed=False)

    @blueprint.post("/sign-in", name="sign_in")
    async def enter(request: Request) -> HTTPResponse:
        return await _enter(office, request)


def _form(office: Office, request: Request, failed: bool) -> HTTPResponse:
    visitor = office.seals.open(request.cookies.get(VISITOR)) or new_token()
    page = office.page("sign_in.html", 403 if failed else 200, failed=failed,
                       form_token=office.seals.form_token(visitor))
    _set_cookie(office, page, VISITOR, office.seals.close(visitor))
    return page


async def _enter(office: Office, request: Request) -> HTTPResponse:
    visitor = office.seals.open(request.cookies.get(VISITOR))
    if visitor is None or not is_ours(office, visitor, request):
        return _form(office, request, failed=True)
    name, password, code = ((request.form or {}).get(field) or "" for field in ("name", "password", "code"))
    token = await office.check_password(sign_in, office.engine, name[:32], password, office.clock.now(), code[:12],
                                        office.codes)
    if token is None:
        return _form(office, request, failed=True)
    inside = redirect("/desk/", status=303)
    _set_cookie(office, inside, COOKIE, office.seals.close(token))
    return inside


def _set_cookie(office: Office, response: HTTPResponse, name: str, value: str) -> None:
    response.cookies[name] = value
    response.cookies[name].update({"path": "/desk", "httponly": True, "samesite": "Strict"})
    if office.secure_cookies:  # Sanic writes a False, too, and browsers then read Secure
        response.cookies[name]["secure"] = True


async def _leave(office: Office, visit: Visit) -> HTTPResponse:
    await office.do(_end, office, visit, visit.now)
    outside = redirect(SIGN_IN, status=303)
    del outside.cookies[COOKIE]
    outside.cookies[COOKIE]["path"] = "/desk"
    return outside


def _end(office: Office, visit: Visit, now: datetime.datetime) -> None:
    with writing(office.engine) as session:
        sessions.end(session, visit.token)
        record(session, visit.officer.name, "signed_out", f"officer:{visit.officer.name}", now=now)


async def _here(office: Office, visit: Visit) -> HTTPResponse:
    """The officer moves the mouse or types: the guard has kept the session running."""
    return empty()


ROUTES = [Route("/sign-out", _leave, "POST"), Route("/here", _here, "POST")]
