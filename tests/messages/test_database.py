from __future__ import annotations

import datetime
import os
import pathlib
import sqlite3
import subprocess
import sys

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError

from bot.settings import ROOT
from messages import database
from messages.database import open_engine, reading, writing
from messages.errors import NewerSchema
from messages.tables import follows, metadata


def test_a_writer_gets_in_between_the_writes_of_another_process(tmp_path: pathlib.Path) -> None:
    url, script = f"sqlite:///{tmp_path}/m.db", tmp_path / "busy.py"
    database.upgrade(url)
    engine = open_engine(url)
    script.write_text(BUSY)
    other = subprocess.Popen([sys.executable, str(script), url], stdout=subprocess.PIPE,
                             env={**os.environ, "PYTHONPATH": str(ROOT)})
    try:
        assert other.stdout
        assert other.stdout.readline() == b"busy\n"
        for _ in range(20):
            with writing(engine) as session:
                session.execute(sa.text("DELETE FROM choices"))
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()
        engine.dispose()


def test_a_writer_gives_up_on_a_database_that_stays_locked(
        tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.3)
    monkeypatch.setattr(database, "PATIENT", "busy_timeout = 300")
    url = f"sqlite:///{tmp_path}/m.db"
    engine, holder = open_engine(url), sqlite3.connect(tmp_path / "m.db", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(OperationalError, match="locked"), writing(engine):
        pass
    holder.close()
    engine.dispose()


BUSY = """
import sys
import sqlalchemy as sa
from messages.database import open_engine, writing
engine = open_engine(sys.argv[1])
for number in range(10_000):
    with writing(engine) as session:
        for _ in range(300):
            session.execute(sa.text("DELETE FROM choices"))
    if number == 3:
        print("busy", flush=True)
"""


def test_a_second_upgrade_changes_nothing(engine: Engine) -> None:
    database.upgrade(engine.url.render_as_string(hide_password=False))
    assert set(metadata.tables) <= set(sa.inspect(engine).get_table_names())


def test_migrations_make_the_very_tables_of_the_program(engine: Engine) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    with reading(engine) as session:
        context = MigrationContext.configure(session, opts={
            "version_table": database.VERSION_TABLE,
            "include_name": lambda name, kind, _parents: not (kind == "table" and name.startswith("sqlite_"))})
        assert compare_metadata(context, metadata) == []


def test_a_newer_schema_is_refused_with_its_cure(tmp_path: pathlib.Path) -> None:
    url = f"sqlite:///{tmp_path / 'm.db'}"
    database.upgrade(url)
    engine = database.open_engine(url)
    with writing(engine) as session:
        session.execute(sa.text(f"UPDATE {database.VERSION_TABLE} SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(NewerSchema, match="newer schema than this program"):
        database.upgrade(url)


def test_times_come_back_with_their_zone_and_naive_ones_are_refused(engine: Engine) -> None:
    china = datetime.datetime(2026, 5, 6, 16, 30, tzinfo=datetime.timezone(datetime.timedelta(hours=8)))
    row = {"channel": "wechat", "driver": "d", "event": "followed", "scene": ""}
    with writing(engine) as session:
        session.execute(sa.insert(follows).values(at=china, **row))
    with reading(engine) as session:
        assert session.execute(sa.select(follows.c.at)).scalar_one() == china
    with pytest.raises(sa.exc.StatementError, match="naive time"), writing(engine) as session:
        session.execute(sa.insert(follows).values(at=china.replace(tzinfo=None), **row))
