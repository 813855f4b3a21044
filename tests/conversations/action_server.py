from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from typing import Any, Iterator

from sanic import Sanic


@contextlib.contextmanager
def serving(secret: str) -> Iterator[int]:
    """The real action server on a free port, in a thread, so that the tests can set its clock."""
    from actions.server import create_app

    Sanic._app_registry.pop("rasa_sdk", None)
    app, port, ready = create_app(secret), _free_port(), threading.Event()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=_serve, args=(loop, app, port, ready), daemon=True)
    thread.start()
    assert ready.wait(20), "the action server did not start"
    yield port
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)


def _serve(loop: asyncio.AbstractEventLoop, app: Any, port: int, ready: threading.Event) -> None:
    asyncio.set_event_loop(loop)
    server = loop.run_until_complete(app.create_server("127.0.0.1", port, return_asyncio_server=True, access_log=False))
    loop.run_until_complete(server.startup())
    loop.run_until_complete(server.start_serving())
    loop.call_soon(ready.set)
    loop.run_forever()
    loop.run_until_complete(server.before_stop())
    server.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
