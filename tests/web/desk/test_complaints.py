from __future__ import annotations

import asyncio
import pathlib
from types import SimpleNamespace
from typing import Any, Callable

import pytest
from sqlalchemy.engine import Engine

from messages.database import open_engine
from web.desk import blueprint
from web.desk.clock import StationClock
from web.desk.live import Live

NAMED = "OperationalError: no such table"


@pytest.fixture
def empty(tmp_path: pathlib.Path) -> Engine:
    return open_engine(f"sqlite:///{tmp_path / 'empty.db'}")


async def do(deed: Callable[..., Any], *arguments: Any) -> Any:
    return await asyncio.to_thread(deed, *arguments)


async def complaint(caplog: pytest.LogCaptureFixture) -> str:
    for _ in range(3000):
        if caplog.messages:
            return caplog.messages[0]
        await asyncio.sleep(0.01)
    raise AssertionError("nothing was logged")


async def test_pages_that_wait_for_the_database_say_what_it_lacks(
        empty: Engine, caplog: pytest.LogCaptureFixture) -> None:
    with Live(empty, do).watching(None):
        said = await complaint(caplog)
    assert said.startswith(f"the desk waits for the database: {NAMED}")


async def test_the_search_for_abandoned_conversations_says_what_the_database_lacks(
        empty: Engine, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blueprint, "LOOK_FOR_ABANDONED_EVERY", 0.01)
    office: Any = SimpleNamespace(do=do, engine=empty, clock=StationClock())
    looking = asyncio.create_task(blueprint._return_abandoned(office))
    said = await complaint(caplog)
    looking.cancel()
    assert said.startswith(f"abandoned conversations wait for the database: {NAMED}")
