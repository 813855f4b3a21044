"""Before every page of a driver: whose session it is, and whether the form is ours."""

from __future__ import annotations

import dataclasses
import datetime
import functools
import logging
from typing import Any, Callable, Coroutine, List

from sanic import Blueprint
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse
from sqlalchemy.orm import Session

from traffic.errors import NotYours
from traffic.page_links import LONGEST, session_of, touch_session
from web.driver.errors import Missing
from web.driver.hall import Hall

logger = logging.getLogger(__name__)

COOKIE = "weijing_h5"
FOLDER = "/h5"
TOUCH_EVERY = datetime.timedelta(minutes=1)


@dataclasses.dataclass(frozen=True)
class Visit:
    """One request of a driver whose link was opened in this browser; `subscriber` is the only key to any record."""

    request: Request
    token: str
    subscriber: str
    form_token: str
    now: datetime.datetime

    def field(self, name: str) -> str:
        """A field of the form without blank ends, "" when it isn't there."""
        return str((self.request.form or {}).get(name) or "").replace("\0", "").strip()

    def asked(self, name: str) -> str:
        """A part of the address's query, "" when it isn't there."""
        return str(self.request.args.get(name) or "")


Handler = Callable[..., Coroutine[Any, Any, HTTPResponse]]


@dataclasses.dataclass(frozen=True)
class Route:
    """A page or a deed below /h5: `handler(hall, visit, **path)`; a `public` one needs no link and has visit None."""

    path: str
    handler: Handler
    method: str = "GET"
    public: bool = False


def add_routes(blueprint: Blueprint, hall: Hall, routes: List[Route]) -> None:
    """Puts the routes behind the guard."""
    for route in routes:
        name = f"{route.method.lower()}_{route.handler.__module__.rsplit('.', 1)[1]}{route.handler.__name__}"
        blueprint.add_route(functools.partial(_guarded, hall, route), route.path, methods=[route.method], name=name)


async def _guarded(hall: Hall, route: Route, request: Request, **path: str) -> HTTPResponse:
    try:
        visit = await visit_of(hall, request)
        if visit is None and not route.public:
            return hall.to_stranger(request)
        if route.method == "POST" and (visit is None or not hall.seals.admits(visit.token, request)):
            return hall.problem("form", 403)
        return await route.handler(hall, visit, **path)
    except (NotYours, Missing):
        return hall.problem("missing", 404)
    except SanicException:
        raise
    except Exception as error:  # a driver never reads a traceback, and neither may a log hold what was typed
        logger.error("%s %s failed: %s", route.method, route.path, type(error).__name__)
        return hall.problem("fault", 500)


async def visit_of(hall: Hall, request: Request) -> Visit | None:
    """Whose browser this is, None when no link was opened in it or its time is over."""
    token = hall.seals.open(request.cookies.get(COOKIE))
    if token is None:
        return None
    now = hall.now()
    subscriber = await hall.look_up(_whose, token, now)
    if subscriber is None:
        return None
    if subscriber[1] < now - TOUCH_EVERY:
        await hall.change(touch_session, token, now=now)
    return Visit(request, token, subscriber[0], hall.seals.form_token(token), now)


def _whose(session: Session, token: str, now: datetime.datetime) -> tuple[str, datetime.datetime] | None:
    found = session_of(session, token, now=now)
    return (found.subscriber, found.active_at) if found else None


def keep_session(hall: Hall, response: HTTPResponse, token: str) -> None:
    """Gives the browser a session; Lax, because a tap in WeChat comes from another site."""
    response.cookies[COOKIE] = hall.seals.close(token)
    for name, value in (("path", FOLDER), ("httponly", True), ("samesite", "Lax"),
                        ("max-age", int(LONGEST.total_seconds())), ("secure", hall.secure_cookies)):
        response.cookies[COOKIE][name] = value


def drop_session(response: HTTPResponse) -> None:
    """Takes the session from the browser."""
    response.cookies[COOKIE] = ""
    response.cookies[COOKIE]["path"] = FOLDER
    response.cookies[COOKIE]["max-age"] = 0
