"""A server process as tests need it: the real webhook and worker around a small bot; `python -m` runs and kills it."""

from __future__ import annotations

import asyncio
import itertools
import socket
import threading
from typing import Any, Awaitable, Callable

from sanic import Sanic

from bot.settings import Settings
from connectors.wechat.planner import PASSIVE_SECONDS
from connectors.wechat.webhook import webhook_blueprint
from messages.database import open_engine
from messages.replies import Reply
from messages.turn_worker import Pace, TurnWorker
from messages.turns import Turn

numbers = itertools.count(1)
SENTENCES = {"apology": "不好意思", "trying_again": "再查一次", "in_queue": "民警会回您", "left_queue": "好的"}
Bot = Callable[[Turn, list[Reply]], Awaitable[None]]


async def echo(turn: Turn, said: list[Reply]) -> None:
    said.append(Reply(f"收到 {turn.text or turn.payload}"))


def create_app(settings: Settings, bot: Bot | None, pace: Pace | None = None,
               seconds: float = PASSIVE_SECONDS) -> Sanic:
    app = Sanic(f"test_wechat_{next(numbers)}", configure_logging=False)
    app.config.GRACEFUL_SHUTDOWN_TIMEOUT = 1.0
    blueprint = webhook_blueprint(settings, seconds=seconds)
    app.blueprint(blueprint, url_prefix="/wechat")
    if bot:
        answer = bot

        @app.after_server_start
        async def start(app: Any, _loop: Any) -> None:
            app.ctx.engine = open_engine(settings.database_url)
            app.ctx.worker = TurnWorker(app.ctx.engine, ["wechat"], answer, SENTENCES, pace or Pace())
            app.ctx.worker.start()

        @app.before_server_stop
        async def stop(app: Any, _loop: Any) -> None:
            await app.ctx.worker.stop()
            app.ctx.engine.dispose()

    return app


def free_socket() -> socket.socket:
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", 0))
    return listening


def address_of(listening: socket.socket) -> str:
    return f"http://127.0.0.1:{listening.getsockname()[1]}"


class Served:
    """Serves an app on a free port of a thread, between `with` and its end."""

    def __init__(self, app: Sanic, listening: socket.socket) -> None:
        self.app, self._socket = app, listening
        self.url = address_of(listening)
        self._loop = asyncio.new_event_loop()
        self._ready, self._stop = threading.Event(), asyncio.Event()
        self._thread = threading.Thread(target=lambda: self._loop.run_until_complete(self._serve()), daemon=True)

    async def _serve(self) -> None:
        server = await self.app.create_server(sock=self._socket, return_asyncio_server=True, access_log=False)
        assert server
        await server.startup()
        await server.before_start()
        await server.after_start()
        self._ready.set()
        await self._stop.wait()
        await server.before_stop()
        server.close()
        for connection in list(server.connections):
            connection.abort()
        await asyncio.sleep(0.05)

    def __enter__(self) -> Served:
        self._thread.start()
        assert self._ready.wait(20)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(20)
        self._loop.close()
