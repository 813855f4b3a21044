from __future__ import annotations

import datetime
import itertools
import pathlib
from typing import Any, Callable, Iterator

import pytest
from sqlalchemy.engine import Engine

from messages import database, inbox
from messages.database import writing
from messages.inbox import Incoming

NOW = datetime.datetime(2026, 5, 6, 8, 30, tzinfo=datetime.timezone.utc)
Write = Callable[..., int]


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: pathlib.Path) -> Iterator[Engine]:
    sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path / 'm.db'}" if sqlite else request.getfixturevalue("postgresql_url")
    database.upgrade(url)
    opened = database.open_engine(url)
    yield opened
    opened.dispose()


@pytest.fixture
def write(engine: Engine) -> Write:
    """Receives a text of driver-1 at NOW; gives the message's id."""
    numbers = itertools.count(1)

    def receive(text: str = "查违章", driver: str = "driver-1", now: datetime.datetime = NOW, **more: Any) -> int:
        message = Incoming("wechat", driver, more.pop("key", f"{driver}:{next(numbers)}"), "text", text, **more)
        with writing(engine) as session:
            return inbox.receive(session, message, now, answer_within=4.3).id

    return receive


def later(seconds: float) -> datetime.datetime:
    return NOW + datetime.timedelta(seconds=seconds)
