"""The post room's engine and transactions, on SQLite (WAL) or PostgreSQL."""

from __future__ import annotations

import contextlib
import pathlib
import random
import sqlite3
import threading
import time
from typing import Any, Iterator

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import QueuePool, StaticPool

from messages.errors import NewerSchema

VERSION_TABLE = "alembic_version_messages"
_guard = threading.Lock()
_writers: dict[str, threading.Lock] = {}
BUSY_SECONDS = 5
PATIENT = f"busy_timeout = {BUSY_SECONDS * 1000}"
POOL = {"pool_size": 8, "max_overflow": 24, "pool_timeout": 10}


def open_engine(url: str) -> Engine:
    """An engine on the database at `url` (`sqlite:///…` or `postgresql://…`); connects at the first use only."""
    if sa.engine.make_url(url).get_backend_name() != "sqlite":
        return sa.create_engine(url, future=True, pool_pre_ping=True, **POOL)
    in_memory = sa.engine.make_url(url).database in (None, "", ":memory:")
    pool: dict[str, Any] = {"poolclass": StaticPool} if in_memory else {"poolclass": QueuePool, **POOL}
    patient = {"check_same_thread": False, "timeout": BUSY_SECONDS}
    engine = sa.create_engine(url, future=True, connect_args=patient, **pool)
    sa.event.listen(engine, "connect", _set_pragmas)
    sa.event.listen(engine, "begin", _begin)
    return engine


def _set_pragmas(connection: Any, _record: Any) -> None:
    # The driver's own BEGIN comes too late and only as DEFERRED: a read that becomes a write then fails at once.
    connection.isolation_level = None
    for pragma in (PATIENT, "journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    if connection.get_execution_options().get("writes", False):
        _begin_to_write(connection)
    else:
        connection.exec_driver_sql("BEGIN")


def _begin_to_write(connection: Connection) -> None:
    """SQLite's own waiting knocks ever more rarely, up to 100 ms apart: beside a busy process one waits for seconds.

    Knocking every few milliseconds finds the gaps. Raises OperationalError after BUSY_SECONDS, as SQLite would.
    """
    raw: Any = connection.connection
    until = time.monotonic() + BUSY_SECONDS
    raw.execute("PRAGMA busy_timeout = 0")
    try:
        while time.monotonic() < until:
            try:
                raw.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as error:
                if "locked" not in str(error):
                    break
            time.sleep(random.uniform(0.5, 3) / 1000)
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # for its error
    finally:
        raw.execute(f"PRAGMA {PATIENT}")


@contextlib.contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that may write; committed at the end, rolled back on an error.

    SQLite has one writer and lets the others knock at growing intervals, unfairly: the threads of one process take
    turns before they knock, so that nobody waits out his 5 s while others come and go.
    """
    with _turn_of(engine), engine.connect().execution_options(writes=True) as connection, connection.begin():
        yield connection


def _turn_of(engine: Engine) -> contextlib.AbstractContextManager[Any]:
    if engine.dialect.name != "sqlite":
        return contextlib.nullcontext()
    with _guard:
        return _writers.setdefault(str(engine.url), threading.Lock())


@contextlib.contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that only reads."""
    with engine.connect() as connection, connection.begin():
        yield connection


def upgrade(url: str) -> None:
    """Brings the tables to this program's schema; quick when they are there.

    Raises NewerSchema when the database is ahead of this program.
    """
    from alembic import command  # imported here: every process opens the database, hardly any upgrades it
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from alembic.util.exc import CommandError

    config = Config()
    config.set_main_option("script_location", str(pathlib.Path(__file__).parent / "migrations").replace("%", "%%"))
    engine = open_engine(url)
    try:
        if _revision(engine) != ScriptDirectory.from_config(config).get_current_head():
            config.attributes["engine"] = engine
            command.upgrade(config, "head")
    except CommandError as error:
        raise NewerSchema(f"database has a newer schema than this program: {error}; update the program") from None
    finally:
        engine.dispose()


def _revision(engine: Engine) -> str | None:
    from alembic.runtime.migration import MigrationContext

    with reading(engine) as connection:
        return MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_revision()
