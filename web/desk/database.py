"""The desk's tables in the one database: their own migrations, and transactions that also reach the records."""

from __future__ import annotations

import contextlib
import pathlib
from typing import Iterator

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import Session

from messages.database import open_engine, reading, writing
from web.desk.canned_answers import begin_with_some
from web.desk.errors import NewerSchema

VERSION_TABLE = "alembic_version_desk"


def upgrade(url: str) -> None:
    """Brings the desk's tables to this program's schema; quick when they are there.

    Raises NewerSchema when the database is ahead of this program.
    """
    config = Config()
    config.set_main_option("script_location", str(pathlib.Path(__file__).parent / "migrations").replace("%", "%%"))
    engine = open_engine(url)
    try:
        before = _revision(engine)
        if before != ScriptDirectory.from_config(config).get_current_head():
            config.attributes["engine"] = engine
            command.upgrade(config, "head")
        if before is None:
            with writing(engine) as session:
                begin_with_some(session)
    except CommandError as error:
        raise NewerSchema(f"database has a newer schema than this program: {error}; update the program") from None
    finally:
        engine.dispose()


def _revision(engine: Engine) -> str | None:
    with reading(engine) as connection:
        return MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_revision()


@contextlib.contextmanager
def records(connection: Connection) -> Iterator[Session]:
    """The records in the connection's own transaction: a deed and its audit entry stand or fall together."""
    with Session(connection, future=True, expire_on_commit=False) as session:
        yield session
        session.flush()
