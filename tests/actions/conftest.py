from __future__ import annotations

import datetime
import pathlib
import shutil
from typing import Iterator

import pytest
from cryptography.fernet import Fernet
from sqlalchemy.engine import Engine

from actions import records, sealing
from traffic.database import open_engine
from traffic.demo import make_demo
from traffic.migrations import upgrade

NOW = datetime.datetime(2026, 8, 3, 1, 30, tzinfo=datetime.timezone.utc)  # Monday 09:30 at the station


@pytest.fixture(scope="session")
def town_file(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    path = tmp_path_factory.mktemp("town") / "town.db"
    upgrade(f"sqlite:///{path}")
    engine = open_engine(f"sqlite:///{path}")
    make_demo(engine, today=NOW.date(), vehicles=300, drivers=200, violations=600)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


# The actions' own engine is put aside, not closed: conversation tests of the same process go on with it.
@pytest.fixture
def town(town_file: pathlib.Path, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    shutil.copy(town_file, tmp_path / "town.db")
    engine = open_engine(f"sqlite:///{tmp_path / 'town.db'}")
    monkeypatch.setattr(records, "_opened", [engine])
    monkeypatch.setattr(records, "now", lambda: NOW)
    monkeypatch.setattr(sealing, "_seals", [Fernet(Fernet.generate_key())])
    yield engine
    engine.dispose()
