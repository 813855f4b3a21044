"""Runs the stand-in WeChat: as a process of its own, or inside a test on a free port."""

from __future__ import annotations

import asyncio
import itertools
import pathlib
import signal
import socket
import threading
from typing import Any, Dict, Optional
from urllib.parse import urlsplit

from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, json
from sanic.server import AsyncioServer

from bot.settings import Settings, load_settings, load_station
from web.headers import harden
from web.phone.account import OfficialAccount, account_from, menu_from
from web.phone.api_routes import api_blueprint
from web.phone.control_routes import control_blueprint
from web.phone.hints import Town, town_of
from web.phone.page_routes import page_blueprint
from web.phone.wechat import WeChat
from web.templating import Templates

HERE = pathlib.Path(__file__).resolve().parent
LOOPBACK = "127.0.0.1"
OURSELVES = {LOOPBACK, "localhost", "[::1]"}
_numbers = itertools.count(1)


def create_app(wechat: WeChat) -> Sanic:
    """The stand-in's Sanic app around one WeChat."""
    app = Sanic(f"stand_in_wechat_{next(_numbers)}", configure_logging=False)
    app.config.FALLBACK_ERROR_FORMAT = "json"
    app.config.REQUEST_MAX_SIZE = 12 * 1024 * 1024
    app.config.GRACEFUL_SHUTDOWN_TIMEOUT = 1.0
    app.on_request(_refuse_strangers)
    harden(app)
    app.blueprint(api_blueprint(wechat))
    app.blueprint(control_blueprint(wechat))
    app.blueprint(page_blueprint(wechat, Templates(HERE / "templates")))
    app.static("/static/phone", HERE / "static", name="phone_static")
    app.static("/static/vendor", HERE.parent / "static" / "vendor", name="vendor_static")
    app.add_route(_health, "/health")
    return app


async def _health(request: Request) -> HTTPResponse:
    return json({"status": "ok"})


async def _refuse_strangers(request: Request) -> Optional[HTTPResponse]:
    # No page of another site may drive the stand-in through a browser, not even by a name that points to loopback.
    host = (request.headers.get("host") or "").rsplit(":", 1)[0]
    origin = request.headers.get("origin")
    if host not in OURSELVES or (origin and urlsplit(origin).netloc != request.headers.get("host")):
        return json({"error": "the stand-in WeChat answers on loopback only"}, status=403)
    return None


class StandIn:
    """The stand-in on a socket: `with StandIn(account, webhook_url) as stand_in:` serves from a thread of its own.

    `port` 0 takes a free one; `url` says where. `patience` is WeChat's 5 s, shorter in tests. `town` is what the
    page offers to send and scan.
    """

    def __init__(self, account: OfficialAccount, webhook_url: str, menu: Optional[Dict[str, Any]] = None,
                 port: int = 0, patience: float = 5.0, town: Town = dict) -> None:
        self._wechat = lambda: WeChat(account, webhook_url, menu, patience, town)
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind((LOOPBACK, port))
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._ready = threading.Event()
        self.url = f"http://{LOOPBACK}:{self._socket.getsockname()[1]}"

    def run(self) -> None:
        """Serves until `stop`."""
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()

    def stop(self) -> None:
        """Ends `run`; may be called from any thread or from a signal."""
        self._loop.call_soon_threadsafe(self._stop.set)

    def __enter__(self) -> StandIn:
        self._thread = threading.Thread(target=self.run, name="stand-in-wechat", daemon=True)
        self._thread.start()
        if not self._ready.wait(10):
            raise RuntimeError("the stand-in WeChat did not start within 10 s")
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()
        self._thread.join(10)

    async def _serve(self) -> None:
        wechat = self._wechat()
        server = await create_app(wechat).create_server(sock=self._socket, return_asyncio_server=True,
                                                        access_log=False)
        if server is None:
            raise RuntimeError("Sanic did not make a server")
        await server.startup()
        await server.start_serving()
        self._ready.set()
        await self._stop.wait()
        await self._end(server, wechat)

    async def _end(self, server: AsyncioServer, wechat: WeChat) -> None:
        await wechat.close()
        server.close()
        for connection in list(server.connections):
            connection.abort()
        await asyncio.sleep(0.05)


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
