from __future__ import annotations

import datetime
import pathlib

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from messages import database
from messages.database import reading, writing
from messages.errors import NewerSchema
from messages.tables import follows, metadata


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
