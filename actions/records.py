"""The way from an action to the records: one engine, opened at the first question, and no query on the event loop."""

from __future__ import annotations

import asyncio
import datetime
import threading
from typing import Any, Callable, List, TypeVar

from sqlalchemy.engine import Engine

from bot.settings import load_settings
from traffic.database import open_engine, reading, writing

T = TypeVar("T")
_opened: List[Engine] = []
_opening = threading.Lock()


def engine() -> Engine:
    """The engine of DATABASE_URL; every action shares it."""
    with _opening:
        if not _opened:
            _opened.append(open_engine(load_settings().database_url))
        return _opened[0]


def forget_engine() -> None:
    """Closes the engine, so that the next question opens one anew; for tests and a changed database."""
    with _opening:
        while _opened:
            _opened.pop().dispose()


async def look_up(query: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """The answer of `query(session, …)`, which only reads."""
    return await asyncio.to_thread(_within, reading, query, args, kwargs)


async def change(command: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """The answer of `command(session, …)`, committed when it returns and rolled back when it raises."""
    return await asyncio.to_thread(_within, writing, command, args, kwargs)


def _within(transaction: Callable[..., Any], query: Callable[..., T], args: Any, kwargs: Any) -> T:
    with transaction(engine()) as session:
        return query(session, *args, **kwargs)


def now() -> datetime.datetime:
    """The present moment, UTC; tests put another in its place."""
    return datetime.datetime.now(datetime.timezone.utc)
