"""Inserts that a second process may have done already."""

from __future__ import annotations

import functools
from typing import Any, Optional

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.sql.compiler import Compiled


def insert_once(session: Connection, table: sa.Table, values: dict[str, Any]) -> Optional[int]:
    """The new row's id, or None when a unique key says that it is there."""
    result = session.execute(_once(session.dialect, table, tuple(values)), values)
    if session.dialect.name == "postgresql":
        return result.scalar()
    return result.lastrowid if result.rowcount else None


def insert_missing(session: Connection, table: sa.Table, values: dict[str, Any]) -> None:
    """Inserts the row unless it is there."""
    session.execute(_missing(session.dialect, table, tuple(values)), values)


def insert_or_update(session: Connection, table: sa.Table, values: dict[str, Any]) -> None:
    """Inserts the row, or sets its other columns when the primary key is there."""
    session.execute(_or_update(session.dialect, table, tuple(values)), values)


def _insert(dialect: str, table: sa.Table) -> Any:
    return (postgresql if dialect == "postgresql" else sqlite).insert(table)


# SQLAlchemy 1.4 keeps no compiled statement that has an ON CONFLICT, and compiling takes longer than running it; these
# run for every message.
@functools.cache
def _missing(dialect: Dialect, table: sa.Table, columns: tuple[str, ...]) -> Compiled:
    return _compiled(_insert(dialect.name, table).on_conflict_do_nothing(), dialect, columns)


@functools.cache
def _once(dialect: Dialect, table: sa.Table, columns: tuple[str, ...]) -> Compiled:
    statement = _insert(dialect.name, table).on_conflict_do_nothing()
    return _compiled(statement.returning(table.c.id) if dialect.name == "postgresql" else statement, dialect, columns)


@functools.cache
def _or_update(dialect: Dialect, table: sa.Table, columns: tuple[str, ...]) -> Compiled:
    keys = [column.name for column in table.primary_key]
    statement = _insert(dialect.name, table)
    rest = {name: statement.excluded[name] for name in columns if name not in keys}
    return _compiled(statement.on_conflict_do_update(index_elements=keys, set_=rest), dialect, columns)


def _compiled(statement: Any, dialect: Dialect, columns: tuple[str, ...]) -> Compiled:
    return statement.compile(dialect=dialect, column_keys=list(columns))


def insert_all(session: Connection, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    """Inserts many rows; those whose unique key is there are left out."""
    session.execute(_insert(session.dialect.name, table).on_conflict_do_nothing(), rows)
