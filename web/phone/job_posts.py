"""Posts that tell the account how something it sent has ended: a few at a time, so that 100,000 are no flood."""

from __future__ import annotations

import asyncio
import collections
import contextlib
import time
from typing import Any, Deque, Dict, Set, Tuple

from web.phone.delivery import Delivery, OutOfService

AT_ONCE = 8
Fields = Dict[str, Any]


class JobPosts:
    """`delay` is the seconds between the end of a job and its post; with `on` False nothing is told."""

    def __init__(self, delivery: Delivery) -> None:
        self.delay, self.on = 0.2, True
        self._delivery = delivery
        self._waiting: Deque[Tuple[float, str, Fields]] = collections.deque()
        self._workers: Set[asyncio.Task[None]] = set()

    @property
    def waiting(self) -> int:
        """How many posts are still to be made."""
        return len(self._waiting)

    def add(self, openid: str, fields: Fields) -> None:
        """Posts the event after `delay`, as often as WeChat does while there is no answer."""
        if not self.on:
            return
        self._waiting.append((time.monotonic() + self.delay, openid, fields))
        if len(self._workers) < AT_ONCE:
            worker = asyncio.get_running_loop().create_task(self._work())
            self._workers.add(worker)
            worker.add_done_callback(self._workers.discard)

    async def close(self) -> None:
        """Stops posting."""
        self._waiting.clear()
        for worker in list(self._workers):
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)

    async def _work(self) -> None:
        while self._waiting:
            due, openid, fields = self._waiting.popleft()
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            with contextlib.suppress(OutOfService):
                await self._delivery.deliver(openid, fields, time.time())
