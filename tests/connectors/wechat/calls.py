"""The client against the stand-in, without a webhook."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any, AsyncIterator, Awaitable, Callable

import httpx

from connectors.wechat.client import WeChatClient
from messages.database import open_engine
from tests.connectors.wechat.accounts import settings_for
from web.phone.server import StandIn

Work = Callable[[WeChatClient], Awaitable[Any]]
Run = Callable[..., Any]


@contextlib.asynccontextmanager
async def client_of(stand_in: StandIn, database_url: str, timeout: float) -> AsyncIterator[WeChatClient]:
    engine = open_engine(database_url)
    client = WeChatClient(settings_for(database_url, stand_in.url), engine, httpx.Timeout(timeout))
    yield client
    await client.close()
    engine.dispose()


def runner(stand_in: StandIn, database_url: str) -> Run:
    """Runs one piece of work with a client and gives its result."""
    def call(work: Work, timeout: float = 20.0) -> Any:
        async def inside() -> Any:
            async with client_of(stand_in, database_url, timeout) as client:
                return await work(client)

        return asyncio.run(inside())

    return call
