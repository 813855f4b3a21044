"""The connection to the one database, and the column types all tables share."""

from __future__ import annotations

import contextlib
import datetime
import pathlib
from typing import Any, Iterator

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection, Dialect, Engine, make_url
from sqlalchemy.orm import Session, declarative_base
from sqlalchemy.pool import QueuePool, StaticPool
from sqlalchemy.types import TypeDecorator

from traffic.errors import NaiveTime

UTC = datetime.timezone.utc
NAMES = {"ix": "ix_%(table_name)s_%(column_0_N_name)s", "uq": "uq_%(table_name)s_%(column_0_N_name)s",
         "ck": "ck_%(table_name)s_%(constraint_name)s", "fk": "fk_%(table_name)s_%(column_0_name)s",
         "pk": "pk_%(table_name)s"}
Base: Any = declarative_base(metadata=sa.MetaData(naming_convention=NAMES))
BigId = sa.BigInteger().with_variant(sa.Integer, "sqlite")


class UtcDateTime(TypeDecorator):
    """A moment; refuses naive values, because SQLite would silently forget their zone."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime.datetime | None, dialect: Dialect) -> datetime.datetime | None:
        """To UTC; SQLite gets it without the zone it cannot keep. Raises NaiveTime."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise NaiveTime("a time without zone cannot be stored: pass an aware datetime")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime.datetime | None, dialect: Dialect) -> datetime.datetime | None:
        """Always aware, always UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def utc_now() -> datetime.datetime:
    """The present moment, aware."""
    return datetime.datetime.now(UTC)


def open_engine(url: str) -> Engine:
    """Engine for `sqlite:///…` (WAL, foreign keys, 5 s of patience) or `postgresql://…`; makes SQLite's folder."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return sa.create_engine(parsed, future=True, pool_pre_ping=True)
    if parsed.database and parsed.database != ":memory:":
        pathlib.Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        pool: Any = QueuePool
    else:
        pool = StaticPool
    engine = sa.create_engine(parsed, future=True, poolclass=pool, connect_args={"check_same_thread": False})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # pysqlite's own BEGIN comes too late for savepoints and is always deferred; `_begin_sqlite` does it instead
    connection.isolation_level = None
    # Of ten million violations the inner pages of an index do not fit into the usual 2 MB of cache; ten rows lie on ten
    # pages, and each page read by a system call may cost its turn on a busy machine, so the file is mapped (up to 2 GB)
    for pragma in ("busy_timeout=5000", "journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON",
                   "cache_size=-16384", "mmap_size=2147418112", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # a deferred transaction that reads and then writes fails at once when another wrote between: take the lock first
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextlib.contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """Session for look-ups; what it returns stays usable after it is closed."""
    with Session(engine, future=True, expire_on_commit=False) as session:
        yield session


@contextlib.contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """Session for changes: commits at the end, rolls back when anything is raised."""
    with Session(engine.execution_options(writes=True), future=True, expire_on_commit=False) as session:
        yield session
        session.commit()
