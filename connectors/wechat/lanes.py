"""Connections to WeChat, one for each call under way.

httpx's own pool looks at every connection it has at the beginning and at the end of every call: with 24 of them that
was a third of what sending cost.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from typing import AsyncIterator, Optional

import httpx

MOST = 60
ONE = httpx.Limits(max_connections=1, max_keepalive_connections=1)


class Lanes:
    """Opens a connection when all are busy, at most `MOST`; the latest used is used next, so that few stay warm."""

    def __init__(self, base_url: str, timeout: httpx.Timeout) -> None:
        self._base_url, self._timeout = base_url, timeout
        self._gate = asyncio.Semaphore(MOST)
        self._every: list[httpx.AsyncClient] = []
        self._free: list[httpx.AsyncClient] = []
        self._certificates: Optional[ssl.SSLContext] = None

    @contextlib.asynccontextmanager
    async def one(self) -> AsyncIterator[httpx.AsyncClient]:
        """A client of which nobody else makes use meanwhile."""
        async with self._gate:
            lane = self._free.pop() if self._free else self._new()
            try:
                yield lane
            finally:
                self._free.append(lane)

    async def close(self) -> None:
        """Closes the connections."""
        for lane in self._every:
            await lane.aclose()

    def _new(self) -> httpx.AsyncClient:
        self._certificates = self._certificates or httpx.create_ssl_context()  # read from disk once
        lane = httpx.AsyncClient(base_url=self._base_url, timeout=self._timeout, limits=ONE,
                                 verify=self._certificates)
        self._every.append(lane)
        return lane
