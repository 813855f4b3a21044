from __future__ import annotations

import datetime
import itertools
import pathlib
import shutil
from typing import Any, Callable, Iterator

import pytest
from sqlalchemy.engine import Engine

import messages.database
import traffic.migrations
import web.desk.database
from messages import conversations, inbox
from messages.database import open_engine, writing
from messages.inbox import Incoming
from messages.quotas import Grant
from web.desk import officers

NOW = datetime.datetime(2026, 5, 6, 1, 30, tzinfo=datetime.timezone.utc)  # 09:30 at the station
PASSWORD = "qi-che-deng-ren"
Write = Callable[..., None]


def upgrade(url: str) -> None:
    traffic.migrations.upgrade(url)
    messages.database.upgrade(url)
    web.desk.database.upgrade(url)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    path = tmp_path_factory.mktemp("desk") / "template.db"
    upgrade(f"sqlite:///{path}")
    engine = open_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture
def url(migrated: pathlib.Path, tmp_path: pathlib.Path) -> str:
    shutil.copy(migrated, tmp_path / "desk.db")
    return f"sqlite:///{tmp_path / 'desk.db'}"


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    opened = open_engine(url)
    yield opened
    opened.dispose()


@pytest.fixture
def wang(engine: Engine) -> officers.Officer:
    return hire(engine, "wang")


def hire(engine: Engine, name: str, role: str = "agent") -> officers.Officer:
    with writing(engine) as session:
        return officers.add(session, name, role, PASSWORD, NOW)


@pytest.fixture
def write(engine: Engine) -> Write:
    """Receives a text of driver-1 with its five messages; with `reason` the driver also asks for a person."""
    numbers = itertools.count(1)

    def receive(text: str | None = "我要找民警", driver: str = "driver-1", now: datetime.datetime = NOW,
                reason: str = "", **more: Any) -> None:
        grants = more.pop("grants", (Grant("message", 5, 48 * 3600),))
        message = Incoming("wechat", driver, f"{driver}:{next(numbers)}:{id(numbers)}", more.pop("kind", "text"), text,
                           grants=grants, **more)
        with writing(engine) as session:
            inbox.receive(session, message, now, answer_within=0)
            if reason:
                conversations.request_person(session, "wechat", driver, reason, now)

    return receive


def later(seconds: float) -> datetime.datetime:
    return NOW + datetime.timedelta(seconds=seconds)
