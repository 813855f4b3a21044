"""The tables drawn as a Mermaid diagram, for `docs/records.md`; run this module to print it."""

from __future__ import annotations

import sqlalchemy as sa

from traffic.tables import metadata


def diagram() -> str:
    """All tables with their columns and what refers to what."""
    tables = sorted(metadata.tables.values(), key=lambda table: table.name)
    boxes = [line for table in tables for line in _box(table)]
    return "\n".join(["erDiagram", *boxes, *(line for table in tables for line in _arrows(table))])


def _box(table: sa.Table) -> list[str]:
    columns = [f"        {_type(column)} {column.name}{_mark(column)}" for column in table.columns]
    return [f"    {table.name} {{", *columns, "    }"]


def _type(column: sa.Column) -> str:
    return type(column.type).__name__.lower().replace("utcdatetime", "moment").replace("variant", "integer")


def _mark(column: sa.Column) -> str:
    return " PK" if column.primary_key else " FK" if column.foreign_keys else " UK" if column.unique else ""


def _arrows(table: sa.Table) -> list[str]:
    keys = sorted(table.foreign_keys, key=lambda key: key.parent.name)
    return [f"    {key.column.table.name} ||--o{{ {table.name} : {key.parent.name}" for key in keys]


if __name__ == "__main__":
    print(diagram())
