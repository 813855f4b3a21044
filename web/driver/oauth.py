"""Opening pages by WeChat itself (网页授权), where `pages: oauth` in station.yml says that the account may.

WeChat then names the openid of who looks: a page opens without a link, and a link opens for its own driver alone.
"""

from __future__ import annotations

import hmac
import logging
import re

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, redirect

from connectors.wechat.client import WeChatClient
from connectors.wechat.errors import ApiError, NotSent, OutcomeUnknown
from connectors.wechat.oauth import authorize_url, openid_of
from traffic.page_links import begin_session
from web.driver.guard import FOLDER, keep_session
from web.driver.hall import Hall
from web.seals import new_token

logger = logging.getLogger(__name__)

STATE = "weijing_h5_way"  # which page is wanted, while WeChat is asked who asks
WAIT_SECONDS = 300
WECHAT = "MicroMessenger"
PAGE = re.compile(r"[\w\-./=]{0,400}", re.ASCII)


def may_ask(hall: Hall, request: Request) -> bool:
    """Whether WeChat can be asked who this is: by setting, and only its own browser knows."""
    return (hall.station.pages == "oauth" and request.method == "GET" and bool(hall.settings.pages_address)
            and WECHAT in request.headers.get("user-agent", ""))


def ask(hall: Hall, request: Request) -> HTTPResponse:
    """Sends the phone to WeChat; `state` ties the answer to this very browser."""
    page = request.path.removeprefix(f"{FOLDER}/")
    state = new_token()
    sent = redirect(authorize_url(hall.settings, f"{hall.settings.pages_address}{FOLDER}/back", state))
    sent.cookies[STATE] = hall.seals.close(f"{state} {page if PAGE.fullmatch(page) else ''}")
    for name, value in (("path", FOLDER), ("httponly", True), ("samesite", "Lax"), ("max-age", WAIT_SECONDS),
                        ("secure", hall.secure_cookies)):
        sent.cookies[STATE][name] = value
    return sent


def add_way_back(blueprint: Blueprint, hall: Hall) -> None:
    """The route to which WeChat sends the phone back; who has no session is sent there first."""

    def to_stranger(request: Request) -> HTTPResponse:
        return ask(hall, request) if may_ask(hall, request) else hall.problem("away", 401)

    hall.to_stranger = to_stranger

    @blueprint.get("/back", name="back")
    async def back(request: Request) -> HTTPResponse:
        if hall.station.pages != "oauth":
            return hall.problem("away", 401)
        return await _back(hall, request)


async def _back(hall: Hall, request: Request) -> HTTPResponse:
    kept, _, page = (hall.seals.open(request.cookies.get(STATE)) or "").partition(" ")
    shown, code = str(request.args.get("state") or ""), str(request.args.get("code") or "")
    if not kept or not code or not hmac.compare_digest(kept.encode(), shown.encode()):
        return hall.problem("away", 401)
    openid = await _openid(hall, code)
    if openid is None:
        return hall.problem("away", 401)
    inside = redirect(f"{FOLDER}/{page}", status=303)
    keep_session(hall, inside, await hall.change(begin_session, openid, now=hall.now()))
    inside.cookies[STATE] = ""
    inside.cookies[STATE]["path"], inside.cookies[STATE]["max-age"] = FOLDER, 0
    return inside


async def _openid(hall: Hall, code: str) -> str | None:
    client = WeChatClient(hall.settings, hall.engine)
    try:
        return await openid_of(client, hall.settings, code)
    except (ApiError, NotSent, OutcomeUnknown, KeyError) as error:
        logger.warning("WeChat did not say who opens a page: %s", type(error).__name__)
        return None
    finally:
        await client.close()
