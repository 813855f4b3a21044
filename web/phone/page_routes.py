"""The phone page and what it calls: `/phone/<openid>/…`, live by server-sent events."""

from __future__ import annotations

import asyncio
import json
from typing import Any, Callable, Coroutine, Dict

import pydantic
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, empty, raw
from sanic.response import json as json_response

from web.phone.drivers import Driver, Notice
from web.phone.errors import ApiError
from web.phone.wechat import WeChat
from web.templating import Templates

HEARTBEAT_SECONDS = 15
TRACES = 60
# Keys whose event is sent when the driver has found what they ask for.
FINDING = ("scancode", "location_select")


class Text(pydantic.BaseModel):
    """A text, or the choice of a msgmenu when it has a `menu_id`."""

    content: str = pydantic.Field(min_length=1, max_length=20_000)
    menu_id: str = ""


class Location(pydantic.BaseModel):
    """A place in degrees with its name."""

    latitude: float = pydantic.Field(ge=-90, le=90)
    longitude: float = pydantic.Field(ge=-180, le=180)
    label: str = pydantic.Field("", max_length=200)


class Scene(pydantic.BaseModel):
    """The scene of a QR code; empty when the driver follows without one."""

    scene: str = pydantic.Field("", max_length=64)


class Key(pydantic.BaseModel):
    """A key of the menu: column and row, counted from 0; no row for a column that is itself a key."""

    column: int = pydantic.Field(ge=0, le=2)
    row: int | None = pydantic.Field(None, ge=0, le=4)
    scanned: str = pydantic.Field("", max_length=500)
    place: Location | None = None


def page_blueprint(wechat: WeChat, templates: Templates) -> Blueprint:
    """The page at `/`, and the calls it makes."""
    blueprint = Blueprint("phone_page")
    blueprint.add_route(lambda request: _page(wechat, templates), "/")
    blueprint.add_route(_bound(wechat, _facts), "/phone/facts")
    blueprint.add_route(_bound(wechat, _medium), "/phone/media/<media_id:str>")
    blueprint.add_route(_bound(wechat, _events), "/phone/<openid:str>/events")
    for name, handler in ACTIONS.items():
        blueprint.add_route(_bound(wechat, handler), f"/phone/<openid:str>/{name}", methods=["POST"])
    return blueprint


def _bound(wechat: WeChat, handler: Callable[..., Coroutine[Any, Any, Any]]) -> Callable[..., Coroutine[Any, Any, Any]]:
    async def bound(request: Request, **path: str) -> Any:
        try:
            return await handler(wechat, request, **path)
        except ApiError as error:
            return json_response(error.answer(), status=400)
        except pydantic.ValidationError as error:
            return json_response({"errcode": 47001, "errmsg": str(error)}, status=400)

    bound.__name__ = handler.__name__.strip("_")
    return bound


async def _page(wechat: WeChat, templates: Templates) -> HTTPResponse:
    return templates.page("phone.html", account=wechat.account)


async def _facts(wechat: WeChat, request: Request) -> HTTPResponse:
    town = await asyncio.to_thread(wechat.town)
    empty_town: Dict[str, Any] = {"places": [], "counters": [], "examples": [], "notices": []}
    return json_response({**empty_town, **town, "scenes": wechat.qr_codes.scenes()})


async def _medium(wechat: WeChat, request: Request, media_id: str) -> HTTPResponse:
    medium = wechat.media.get(media_id, wechat.now())
    return raw(medium.data, content_type=medium.content_type, headers={"Cache-Control": "private, max-age=86400"})


async def _follow(wechat: WeChat, request: Request, openid: str) -> HTTPResponse:
    wechat.follow(openid, Scene(**(request.json or {})).scene)
    return empty()


async def _unfollow(wechat: WeChat, request: Request, openid: str) -> HTTPResponse:
    wechat.unfollow(openid)
    return empty()


async def _text(wechat: WeChat, request: Request, openid: str) -> HTTPResponse:
    text = Text(**request.json)
    if text.menu_id:
        wechat.choose(openid, text.content, text.menu_id)
    else:
        wechat.write(openid, text.content)
    return empty()


async def _location(wechat: WeChat, request: Request, openid: str) -> HTTPResponse:
    place = Location(**request.json)
    wechat.send_location(openid, place.latitude, place.longitude, place.label)
    return empty()


async def _picture(wechat: WeChat, request: Request, openid: str) -> HTTPResponse:
    wechat.send_picture(openid, request.body, f"http://{request.host}")
    return empty()


async def _press(wechat: WeChat, request: Request, openid: str) -> HTTPResponse:
    key = Key(**request.json)
    button = _button(wechat.menu, key)
    found = key.scanned if button["type"].startswith("scancode") else key.place
    if found or not button["type"].startswith(FINDING):
        place = (key.place.latitude, key.place.longitude, key.place.label) if key.place else None
        wechat.press(openid, button, key.scanned, place)
    return json_response({"type": button["type"], "url": button.get("url", "")})


def _button(menu: Dict[str, Any] | None, key: Key) -> Dict[str, Any]:
    try:
        column: Dict[str, Any] = (menu or {"button": []})["button"][key.column]
        return column if key.row is None else column["sub_button"][key.row]
    except (IndexError, KeyError):
        raise ApiError(46003) from None


async def _events(wechat: WeChat, request: Request, openid: str) -> None:
    driver = wechat.drivers.meet(openid)
    response = await request.respond(content_type="text/event-stream", headers={"X-Accel-Buffering": "no"})
    queue = driver.watch()
    try:
        await response.send(_event("hello", _hello(wechat, driver)))
        while queue in driver.watchers:
            try:
                await response.send(_event(*await asyncio.wait_for(queue.get(), HEARTBEAT_SECONDS)))
            except asyncio.TimeoutError:
                await response.send(": still here\n\n")
    finally:
        driver.watchers.discard(queue)


def _hello(wechat: WeChat, driver: Driver) -> Dict[str, Any]:
    traces = wechat.record.lines(driver=driver.openid)[-TRACES:]
    return {"epoch": wechat.epoch, "following": driver.following, "met": driver.followed_at > 0,
            "typing": driver.typing, "menu": wechat.menu, "entries": list(driver.entries), "traces": traces}


def _event(name: str, data: Notice | Dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


ACTIONS: Dict[str, Callable[..., Coroutine[Any, Any, HTTPResponse]]] = {
    "follow": _follow, "unfollow": _unfollow, "text": _text, "location": _location, "picture": _picture,
    "press": _press,
}
