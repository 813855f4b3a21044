from __future__ import annotations

import asyncio
import functools
import socket
import threading
from typing import Any

SECRET = "s" * 40


# The real server, in a thread so that tests can set its clock and its records. One a process, until the process ends:
# Sanic 21.12 rewrites its own methods at the first start and fails at a second.
@functools.cache
def port_of_actions() -> int:
    from actions.server import create_app

    app, port, ready = create_app(SECRET), _free_port(), threading.Event()
    threading.Thread(target=_serve, args=(app, port, ready), daemon=True).start()
    assert ready.wait(30), "the action server did not start"
    return port


def _serve(app: Any, port: int, ready: threading.Event) -> None:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    server = loop.run_until_complete(app.create_server("127.0.0.1", port, return_asyncio_server=True, access_log=False))
    loop.run_until_complete(server.startup())
    loop.run_until_complete(server.start_serving())
    loop.call_soon(ready.set)
    loop.run_forever()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
