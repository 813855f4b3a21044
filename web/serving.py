"""Serves one Sanic app on a socket, from its own thread or from the main one: the same in tests and for real."""

from __future__ import annotations

import asyncio
import socket
import threading
from typing import Callable

from sanic import Sanic
from sanic.server import AsyncioServer

LOOPBACK = "127.0.0.1"
START_SECONDS = 30


class Served:
    """`with Served(make_app) as served:` serves in a thread at `served.url`; `run` serves here until `stop`.

    `port` 0 takes a free one. The app is made inside the loop that serves it, so that whatever it opens belongs there.
    """

    def __init__(self, make_app: Callable[[], Sanic], port: int = 0) -> None:
        self._make_app = make_app
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

    def __enter__(self) -> Served:
        # Only so does Sanic serve a second app in one process.
        Sanic.test_mode = True
        self._thread = threading.Thread(target=self.run, name=self.url, daemon=True)
        self._thread.start()
        if not self._ready.wait(START_SECONDS):
            raise RuntimeError(f"{self.url} did not start within {START_SECONDS} s")
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()
        self._thread.join(START_SECONDS)

    async def _serve(self) -> None:
        server = await self._make_app().create_server(sock=self._socket, return_asyncio_server=True, access_log=False)
        if server is None:
            raise RuntimeError("Sanic made no server")
        await server.startup()
        await server.before_start()
        await server.after_start()
        await server.start_serving()
        self._ready.set()
        await self._stop.wait()
        await self._end(server)

    async def _end(self, server: AsyncioServer) -> None:
        await server.before_stop()
        server.close()
        for connection in list(server.connections):
            connection.abort()
        # Aborted connections hear of it one turn of the loop later.
        await asyncio.sleep(0.05)
        await server.after_stop()
