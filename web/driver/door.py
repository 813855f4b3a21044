"""The door: a one-time link becomes a session of this browser, and a session ends."""

from __future__ import annotations

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, json, redirect
from sqlalchemy.orm import Session

from traffic.errors import LinkGone
from traffic.page_links import end_session, open_link, read_link
from web.driver import oauth
from web.driver.guard import FOLDER, Route, Visit, drop_session, keep_session, visit_of
from web.driver.hall import Hall


def add_door(blueprint: Blueprint, hall: Hall) -> None:
    """The two routes that need no session."""

    @blueprint.get("/in/<token:str>", name="door")
    async def show(request: Request, token: str) -> HTTPResponse:
        # opening is a POST: WeChat's own robots follow links too, and would use them up
        try:
            read_link(token, settings=hall.settings, now=hall.now())
        except LinkGone:
            return hall.problem("link", 410)
        if oauth.may_ask(hall, request) and await visit_of(hall, request) is None:
            return oauth.ask(hall, request)
        return hall.page("door.html")

    @blueprint.post("/in/<token:str>", name="enter")
    async def enter(request: Request, token: str) -> HTTPResponse:
        return await _enter(hall, request, token)


async def _enter(hall: Hall, request: Request, token: str) -> HTTPResponse:
    if request.headers.get("sec-fetch-site") not in (None, "same-origin"):
        return hall.problem("form", 403)
    here = await visit_of(hall, request)
    try:
        link = read_link(token, settings=hall.settings, now=hall.now())
        if hall.station.pages == "oauth" and (here is None or here.subscriber != link.subscriber):
            return hall.problem("link", 410)
        begun = await hall.change(open_link, token, settings=hall.settings, now=hall.now())
    except LinkGone:
        return await _again(hall, request, token, here)
    if here:
        await hall.change(end_session, here.token)
    inside = _to(request, link.page)
    keep_session(hall, inside, begun)
    return inside


async def _again(hall: Hall, request: Request, token: str, here: Visit | None) -> HTTPResponse:
    """A link opened before leads its own browser on, any other nowhere."""
    try:
        link = read_link(token, settings=hall.settings, now=hall.now())
    except LinkGone:
        return hall.problem("link", 410)
    return _to(request, link.page) if here and here.subscriber == link.subscriber else hall.problem("link", 410)


def _to(request: Request, page: str) -> HTTPResponse:
    path = f"{FOLDER}/{page}"
    if request.headers.get("accept") == "application/json":
        return json({"page": path})  # the script replaces the door in the history, so that 返回 doesn't lead to it
    return redirect(path, status=303)


async def _home(hall: Hall, visit: Visit) -> HTTPResponse:
    return hall.page("home.html", visit=visit)


async def _leave(hall: Hall, visit: Visit) -> HTTPResponse:
    await hall.change(_end, visit.token)
    left = hall.page("left.html")
    drop_session(left)
    return left


def _end(session: Session, token: str) -> None:
    end_session(session, token)


ROUTES = [Route("/", _home), Route("/leave", _leave, "POST")]
