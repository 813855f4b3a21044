"""Waiting for answers: one look into the database for all who wait in this process."""

from __future__ import annotations

import asyncio

from sqlalchemy.engine import Engine

from messages import inbox
from messages.database import reading

OPEN = ("waiting",)
MORE = 0.0005  # seconds for each who waits: the question takes longer the more it is about


class Answers:
    """Tells waiting requests that their message is done.

    The turn may run in another process, so the database is asked; once for all of them, because a question each
    would cost more than the answers.
    """

    def __init__(self, engine: Engine, every: float = 0.02) -> None:
        self._engine = engine
        self._every = every
        self._waiting: dict[int, list[asyncio.Future[None]]] = {}
        self._looking: asyncio.Task[None] | None = None

    @property
    def waiting(self) -> int:
        """How many messages are waited for."""
        return len(self._waiting)

    async def wait(self, message: int, seconds: float) -> bool:
        """Until the message of this id is no longer open, at most `seconds`; whether it is done."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(message, []).append(done)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        try:
            await asyncio.wait_for(done, seconds)
            return True
        except asyncio.TimeoutError:
            return False
        finally:
            self._leave(message, done)

    async def _look(self) -> None:
        while self._waiting:
            await asyncio.sleep(self._every + len(self._waiting) * MORE)
            try:
                states = await asyncio.to_thread(self._states, list(self._waiting))
            except Exception:  # a database that is away: whoever waits gets nothing before their time is over
                await asyncio.sleep(0.5)
                continue
            for message in [number for number, state in states.items() if state not in OPEN]:
                for future in self._waiting.get(message, []):
                    if not future.done():
                        future.set_result(None)

    def _states(self, messages: list[int]) -> dict[int, str]:
        with reading(self._engine) as session:
            return inbox.state_of(session, messages)

    def _leave(self, message: int, done: asyncio.Future[None]) -> None:
        self._waiting[message].remove(done)
        if not self._waiting[message]:
            del self._waiting[message]
