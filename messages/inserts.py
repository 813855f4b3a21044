"""Inserts that a second process may have done already."""

from __future__ import annotations

import functools
from typing import Any, Optional

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection


def insert_once(session: Connection, table: sa.Table, values: dict[str, Any]) -> Optional[int]:
    """The new row's id, or None when a unique key says that it is there."""
    dialect = session.dialect.name
    result = session.execute(_once(dialect, table), values)
    if dialect == "postgresql":
        return result.scalar()
    return result.lastrowid if result.rowcount else None


def insert_missing(session: Connection, table: sa.Table, values: dict[str, Any]) -> None:
    """Inserts the row unless it is there."""
    session.execute(_missing(session.dialect.name, table), values)


def insert_or_update(session: Connection, table: sa.Table, values: dict[str, Any]) -> None:
    """Inserts the row, or sets its other columns when the primary key is there."""
    session.execute(_or_update(session.dialect.name, table, tuple(values)), values)


def _insert(dialect: str, table: sa.Table) -> Any:
    return (postgresql if dialect == "postgresql" else sqlite).insert(table)


@functools.cache  # here and below: built more slowly than run, and run for every message
def _missing(dialect: str, table: sa.Table) -> Any:
    return _insert(dialect, table).on_conflict_do_nothing()


@functools.cache
def _once(dialect: str, table: sa.Table) -> Any:
    statement = _missing(dialect, table)
    return statement.returning(table.c.id) if dialect == "postgresql" else statement


@functools.cache
def _or_update(dialect: str, table: sa.Table, columns: tuple[str, ...]) -> Any:
    keys = [column.name for column in table.primary_key]
    statement = _insert(dialect, table)
    rest = {name: statement.excluded[name] for name in columns if name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=rest)


def insert_all(session: Connection, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    """Inserts many rows; those whose unique key is there are left out."""
    session.execute(_insert(session.dialect.name, table).on_conflict_do_nothing(), rows)
