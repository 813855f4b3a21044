"""What changes while officers look: one look into the database every half second for all open pages together."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Any, Awaitable, Callable, Dict, Iterator, List, Optional, Set, Tuple

from sqlalchemy.engine import Engine

from messages import desk
from messages.database import reading
from messages.desk import Entry
from messages.errors import describe
from web.desk import notes
from web.desk.conversations import Key

logger = logging.getLogger(__name__)

Marks = Dict[Key, Tuple[Any, ...]]
Do = Callable[..., Awaitable[Any]]


class Watcher:
    """One open page: the queue, and perhaps one conversation."""

    def __init__(self, conversation: Optional[Key]) -> None:
        self.conversation = conversation
        self._changed: Set[str] = {"queue", "story"}  # what happened before the page listened is told at once
        self._told = asyncio.Event()
        self._told.set()

    def tell(self, what: str) -> None:
        """Something changed: `queue`, `story` or `end`."""
        self._changed.add(what)
        self._told.set()

    async def changes(self, seconds: float) -> Set[str]:
        """What changed since the last call; empty after `seconds` of nothing."""
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._told.wait(), seconds)
        changed, self._changed = self._changed, set()
        self._told.clear()
        return changed


class Live:
    """Looks as long as somebody watches. `do` runs a function in the desk's own threads."""

    def __init__(self, engine: Engine, do: Do, every: float = 0.5) -> None:
        self._engine, self._do, self._every = engine, do, every
        self._watchers: Set[Watcher] = set()
        self._task: asyncio.Task[None] | None = None
        self._marks: Marks = {}
        self._entries: Optional[List[Entry]] = None
        self._shared: Dict[str, str] = {}

    @contextlib.contextmanager
    def watching(self, conversation: Optional[Key]) -> Iterator[Watcher]:
        """A watcher, told of changes until the block ends."""
        watcher = Watcher(conversation)
        self._watchers.add(watcher)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._look())
        try:
            yield watcher
        finally:
            self._watchers.discard(watcher)

    async def listed(self) -> List[Entry]:
        """The entries as last seen; looks once where nobody did yet."""
        if self._entries is None:
            self._entries, _ = await self._do(self._read, set())
            self._shared.clear()
        return self._entries

    def shared(self, name: str, make: Callable[[], str]) -> str:
        """A part of the page that is the same for all officers: made once, until the entries change."""
        if name not in self._shared:
            self._shared[name] = make()
        return self._shared[name]

    def close(self) -> None:
        """The server stops: every page is let go."""
        for watcher in self._watchers:
            watcher.tell("end")

    async def _look(self) -> None:
        self._entries = None  # what was seen before everybody left is old
        while self._watchers:
            try:
                entries, marks = await self._do(self._read, {w.conversation for w in self._watchers if w.conversation})
                self._compare(entries, marks)
            except Exception as error:  # a database that is away: the pages stay as they are until it is back
                logger.error("the desk waits for the database: %s", describe(error))
                await asyncio.sleep(2)
            await asyncio.sleep(self._every)

    def _read(self, conversations: Set[Key]) -> Tuple[List[Entry], Marks]:
        with reading(self._engine) as session:
            marks = {key: (*desk.fingerprint(session, *key), notes.newest(session, *key)) for key in conversations}
            return desk.entries(session), marks

    def _compare(self, entries: List[Entry], marks: Marks) -> None:
        queue_changed = entries != self._entries
        before, self._marks, self._entries = self._marks, marks, entries
        if queue_changed:
            self._shared.clear()
        for watcher in self._watchers:
            key = watcher.conversation
            if queue_changed:
                watcher.tell("queue")
            if key in marks and marks[key] != before.get(key):
                watcher.tell("story")
