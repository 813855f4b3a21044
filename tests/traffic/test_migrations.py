from __future__ import annotations

import pathlib
import threading

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Engine

from traffic.database import open_engine
from traffic.errors import DatabaseMissing, DatabaseNewer
from traffic.migrations import VERSION_TABLE, downgrade, upgrade
from traffic.tables import metadata


def _same_table(thing: object, name: str | None, kind: str, reflected: bool, other: object) -> bool:
    return not (kind == "table" and reflected and name not in metadata.tables)


def test_the_migrations_make_exactly_the_tables_of_the_code(engine: Engine) -> None:
    options = {"version_table": VERSION_TABLE, "compare_type": True, "include_object": _same_table}
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []


def test_upgrading_again_changes_nothing(engine: Engine) -> None:
    upgrade(str(engine.url.render_as_string(hide_password=False)))
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM audit_head")).scalar_one() == 1


def test_every_step_can_be_taken_back(engine: Engine) -> None:
    url = engine.url.render_as_string(hide_password=False)
    downgrade(url, "base")
    assert set(sa.inspect(engine).get_table_names()) <= {VERSION_TABLE}
    upgrade(url)
    assert set(metadata.tables) <= set(sa.inspect(engine).get_table_names())


def test_tables_of_other_rooms_are_left_alone(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE inbox (id INTEGER PRIMARY KEY)"))
    url = engine.url.render_as_string(hide_password=False)
    downgrade(url, "base")
    upgrade(url)
    assert "inbox" in sa.inspect(engine).get_table_names()


def test_a_newer_database_is_refused_with_its_revision(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(sa.text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    with pytest.raises(DatabaseNewer, match="database has a newer schema than this program: records 9999"):
        upgrade(engine.url.render_as_string(hide_password=False))


def test_a_database_that_cannot_be_reached_says_so(tmp_path: pathlib.Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(DatabaseMissing, match="DATABASE_URL cannot be opened"):
        upgrade(f"sqlite:///{tmp_path / 'folder'}")


def test_two_processes_may_upgrade_at_once(postgresql_url: str) -> None:
    threads = [threading.Thread(target=upgrade, args=(postgresql_url,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    engine = open_engine(postgresql_url)
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT entries FROM audit_head")).scalars().all() == [0]
    engine.dispose()


def test_there_is_one_line_of_steps() -> None:
    config = Config()
    config.set_main_option("script_location", str(pathlib.Path(__file__).parents[2] / "traffic" / "migrations"))
    assert len(ScriptDirectory.from_config(config).get_heads()) == 1
