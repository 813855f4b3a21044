"""Runs the stand-in WeChat: as a process of its own, or inside a test on a free port."""

from __future__ import annotations

import itertools
import pathlib
import signal
from typing import Any, Callable, Coroutine, Dict, Optional
from urllib.parse import urlsplit

from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, json

from bot.settings import Settings, load_settings, load_station
from web.headers import harden
from web.phone.account import OfficialAccount, account_from, menu_from
from web.phone.api_routes import api_blueprint
from web.phone.console_routes import console_blueprint
from web.phone.control_routes import control_blueprint
from web.phone.hints import Town, town_of
from web.phone.page_routes import page_blueprint
from web.phone.reading_routes import reading_blueprint
from web.phone.wechat import WeChat
from web.serving import LOOPBACK, Served
from web.templating import Templates

HERE = pathlib.Path(__file__).resolve().parent
OURSELVES = {LOOPBACK, "localhost", "[::1]"}
_numbers = itertools.count(1)


def create_app(wechat: WeChat) -> Sanic:
    """The stand-in's Sanic app around one WeChat."""
    app = Sanic(f"stand_in_wechat_{next(_numbers)}", configure_logging=False)
    app.config.FALLBACK_ERROR_FORMAT = "json"
    app.config.REQUEST_MAX_SIZE = 12 * 1024 * 1024
    app.on_request(_refuse_strangers)
    harden(app)
    app.blueprint(api_blueprint(wechat))
    app.blueprint(control_blueprint(wechat))
    app.blueprint(console_blueprint(wechat))
    templates = Templates(HERE / "templates")
    app.blueprint(page_blueprint(wechat, templates))
    app.blueprint(reading_blueprint(wechat, templates))
    app.static("/static/phone", HERE / "static", name="phone_static")
    app.static("/static/vendor", HERE.parent / "static" / "vendor", name="vendor_static")
    app.add_route(_health, "/health")
    app.before_server_stop(_closing(wechat))
    return app


def _closing(wechat: WeChat) -> Callable[..., Coroutine[Any, Any, None]]:
    async def close(app: Sanic, loop: object) -> None:
        await wechat.close()

    return close


async def _health(request: Request) -> HTTPResponse:
    return json({"status": "ok"})


async def _refuse_strangers(request: Request) -> Optional[HTTPResponse]:
    # No page of another site may drive the stand-in through a browser, not even by a name that points to loopback.
    host = (request.headers.get("host") or "").rsplit(":", 1)[0]
    origin = request.headers.get("origin")
    if host not in OURSELVES or (origin and urlsplit(origin).netloc != request.headers.get("host")):
        return json({"error": "the stand-in WeChat answers on loopback only"}, status=403)
    return None


class StandIn(Served):
    """The stand-in on a port: `with StandIn(account, webhook_url) as stand_in:` serves from a thread of its own.

    `patience` is WeChat's 5 s, shorter in tests. `town` is what the page offers to send and scan.
    """

    def __init__(self, account: OfficialAccount, webhook_url: str, menu: Optional[Dict[str, Any]] = None,
                 port: int = 0, patience: float = 5.0, town: Town = dict) -> None:
        super().__init__(lambda: create_app(WeChat(account, webhook_url, menu, patience, town)), port)


def main(settings: Optional[Settings] = None) -> None:
    """Serves on PHONE_PORT until it is told to stop (SIGTERM, Ctrl-C); posts to the web app's webhook."""
    settings, station = settings or load_settings(), load_station()
    webhook_url = f"http://{LOOPBACK}:{settings.web_port}/wechat"
    stand_in = StandIn(account_from(settings, station), webhook_url, menu_from(station), settings.phone_port,
                       town=town_of(settings.database_url))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stand_in.stop())
    print(f"stand-in WeChat: {stand_in.url}", flush=True)
    stand_in.run()
