"""The schema's steps (Alembic), for SQLite and PostgreSQL alike; the messages' tables have their own."""

from __future__ import annotations

import contextlib
import pathlib
from typing import Iterator

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

from traffic.database import open_engine
from traffic.errors import DatabaseMissing, DatabaseNewer

VERSION_TABLE = "alembic_version_traffic"
LOCK = 7_260_801  # any number that nobody else in this database locks


def upgrade(url: str) -> None:
    """Brings the records' tables to this program's schema; quick when they are there.

    Raises DatabaseNewer, and DatabaseMissing when the database cannot be reached.
    """
    with _locked(url) as connection:
        config = _config(connection)
        scripts = ScriptDirectory.from_config(config)
        present = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_revision()
        if present is not None and present not in {script.revision for script in scripts.walk_revisions()}:
            raise DatabaseNewer(f"database has a newer schema than this program: records {present};"
                                " install the newer program, or point DATABASE_URL elsewhere")
        if present != scripts.get_current_head():
            command.upgrade(config, "head")


def downgrade(url: str, revision: str) -> None:
    """Takes steps back to a revision, or `base`; what the dropped tables held is lost."""
    with _locked(url) as connection:
        command.downgrade(_config(connection), revision)


@contextlib.contextmanager
def _locked(url: str) -> Iterator[Connection]:
    """A transaction that only one process at a time is in."""
    engine = open_engine(url)
    try:
        with engine.execution_options(writes=True).begin() as connection:
            if connection.dialect.name == "postgresql":  # SQLite has taken its lock with the transaction
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            yield connection
    except sa.exc.OperationalError as error:
        raise DatabaseMissing(f"DATABASE_URL cannot be opened: {str(error.orig).splitlines()[0]}") from None
    finally:
        engine.dispose()


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(pathlib.Path(__file__).parent))
    config.attributes["connection"] = connection
    return config
