from __future__ import annotations

import asyncio
from typing import Any, Callable

import pytest
from sqlalchemy.engine import Engine

from messages import conversations
from messages.database import writing
from tests.web.desk.conftest import NOW, Write
from web.desk import notes
from web.desk.live import Live, Watcher

KEY = ("wechat", "driver-1")
EVERY, SOON, LONG = 0.02, 2.0, 0.2


class Looks:
    """Counts how often the database is asked."""

    def __init__(self) -> None:
        self.count = 0

    async def do(self, deed: Callable[..., Any], *arguments: Any) -> Any:
        self.count += 1
        return await asyncio.to_thread(deed, *arguments)


@pytest.fixture
def looks() -> Looks:
    return Looks()


@pytest.fixture
def live(engine: Engine, looks: Looks) -> Live:
    return Live(engine, looks.do, EVERY)


async def settled(watcher: Watcher) -> None:
    """Until what the page found at its beginning has been told."""
    while await watcher.changes(LONG):
        pass


async def test_a_new_one_in_the_queue_is_told_to_every_page(live: Live, write: Write) -> None:
    with live.watching(None) as one, live.watching(None) as other:
        await settled(one)
        await settled(other)
        await asyncio.to_thread(write, reason="asked")
        assert await one.changes(SOON) == {"queue"}
        assert await other.changes(SOON) == {"queue"}
        (entry,) = await live.listed()
        assert entry.driver == "driver-1"


async def test_words_notes_and_a_new_holder_are_told_to_who_looks_at_that_conversation(
        live: Live, write: Write, engine: Engine) -> None:
    await asyncio.to_thread(write, reason="asked")

    def note() -> None:
        with writing(engine) as session:
            notes.add(session, *KEY, "wang", "来过", NOW)

    def take() -> None:
        with writing(engine) as session:
            conversations.take(session, *KEY, "wang", NOW)

    with live.watching(KEY) as here, live.watching(("wechat", "driver-2")) as elsewhere:
        await settled(here)
        await settled(elsewhere)
        for deed in (write, note, take):
            await asyncio.to_thread(deed)
            told = await here.changes(SOON)
            await asyncio.sleep(LONG)
            assert "story" in told | await here.changes(EVERY)
        assert await elsewhere.changes(LONG) == {"queue"}


async def test_nobody_looks_nothing_is_asked(live: Live, looks: Looks) -> None:
    with live.watching(None) as watcher:
        await settled(watcher)
    await asyncio.sleep(LONG)
    before = looks.count
    await asyncio.sleep(LONG)
    assert looks.count == before


async def test_ten_pages_cost_one_look(live: Live, looks: Looks) -> None:
    with live.watching(None), live.watching(None), live.watching(None), live.watching(KEY):
        await asyncio.sleep(EVERY * 5)
        assert looks.count <= 6


async def test_a_server_that_stops_lets_pages_go(live: Live) -> None:
    with live.watching(None) as watcher:
        await settled(watcher)
        live.close()
        assert "end" in await watcher.changes(SOON)
