"""Before every page of the desk: who asks, may they, and is the form ours."""

from __future__ import annotations

import dataclasses
import datetime
import functools
from typing import Any, Callable, Coroutine, List, Optional

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, redirect, text

from messages.database import reading, writing
from messages.errors import NotYours
from web.desk import sessions
from web.desk.errors import BadText, Hidden, Missing
from web.desk.office import Office
from web.desk.officers import Officer

COOKIE = "weijing_desk"
SIGN_IN = "/desk/sign-in"
TEACHING = "/desk/labelling"


@dataclasses.dataclass(frozen=True)
class Visit:
    """One request of a signed-in officer."""

    request: Request
    token: str
    officer: Officer
    form_token: str
    now: datetime.datetime

    @property
    def by_htmx(self) -> bool:
        """Whether a part of a page is asked for."""
        return self.request.headers.get("hx-request") == "true"

    def field(self, name: str) -> str:
        """A field of the form, "" when it isn't there."""
        return (self.request.form or {}).get(name) or ""


Handler = Callable[..., Coroutine[Any, Any, Optional[HTTPResponse]]]


@dataclasses.dataclass(frozen=True)
class Route:
    """A page or a deed below /desk. `may` is what the role must allow; without `active` it doesn't count as a deed."""

    path: str
    handler: Handler
    method: str = "GET"
    may: str = "answer"
    active: bool = True


def add_routes(blueprint: Blueprint, office: Office, routes: List[Route]) -> None:
    """Puts the routes behind the guard."""
    for route in routes:
        guarded = functools.partial(_guarded, office, route)
        name = f"{route.method.lower()}_{route.handler.__module__.rsplit('.', 1)[1]}{route.handler.__name__}"
        blueprint.add_route(guarded, route.path, methods=[route.method], name=name)


async def _guarded(office: Office, route: Route, request: Request, **path: str) -> Optional[HTTPResponse]:
    token = office.seals.open(request.cookies.get(COOKIE))
    now = office.clock.now()
    officer = await office.do(_who, office, token, now, route.active) if token else None
    if token is None or officer is None:
        return to_sign_in(request)
    visit = Visit(request, token, officer, office.seals.form_token(token), now)
    if route.method == "POST" and not is_ours(office, token, request):
        return problem(office, "form", 403)
    if not officer.may(route.may):
        if route.path == "/" and officer.may("teach"):
            return redirect(TEACHING)
        return problem(office, "hidden", 403)
    try:
        return await route.handler(office, visit, **path)
    except (Hidden, NotYours):
        return problem(office, "hidden", 403)
    except Missing:
        return problem(office, "missing", 404)
    except BadText:
        return problem(office, "text", 400)


def _who(office: Office, token: str, now: datetime.datetime, active: bool) -> Officer | None:
    with reading(office.engine) as session:
        officer = sessions.who(session, token, now)
    if officer and active:
        with writing(office.engine) as session:
            sessions.touch(session, token, now)
    return officer


def is_ours(office: Office, token: str, request: Request) -> bool:
    """Whether a form or a call of our pages carries this session's token, and comes from our own address."""
    return office.seals.admits(token, request)


def to_sign_in(request: Request) -> HTTPResponse:
    """To the log-in, whoever asks: a browser, htmx, or a script."""
    if request.headers.get("hx-request") == "true":
        return text("", status=401, headers={"HX-Redirect": SIGN_IN})
    if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
        return redirect(SIGN_IN)
    return text("sign in first", status=401)


def problem(office: Office, what: str, status: int) -> HTTPResponse:
    """A page that says what can't be: `hidden`, `missing`, `form` or `text`."""
    return office.page("problem.html", status, what=what)
