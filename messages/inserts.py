"""Inserts that a second process may have done already."""

from __future__ import annotations

from typing import Any, Optional

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection


def _insert(session: Connection, table: sa.Table) -> Any:
    return (postgresql if session.dialect.name == "postgresql" else sqlite).insert(table)


def insert_once(session: Connection, table: sa.Table, values: dict[str, Any]) -> Optional[int]:
    """The new row's id, or None when a unique key says that it is there."""
    statement = _insert(session, table).values(values).on_conflict_do_nothing()
    if session.dialect.name == "postgresql":
        return session.execute(statement.returning(table.c.id)).scalar()
    result = session.execute(statement)
    return result.lastrowid if result.rowcount else None


def insert_missing(session: Connection, table: sa.Table, values: dict[str, Any]) -> None:
    """Inserts the row unless it is there."""
    session.execute(_insert(session, table).values(values).on_conflict_do_nothing())


def insert_or_update(session: Connection, table: sa.Table, values: dict[str, Any]) -> None:
    """Inserts the row, or sets its other columns when the primary key is there."""
    keys = [column.name for column in table.primary_key]
    rest = {name: value for name, value in values.items() if name not in keys}
    session.execute(_insert(session, table).values(values).on_conflict_do_update(index_elements=keys, set_=rest))
