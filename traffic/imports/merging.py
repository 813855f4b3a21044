"""Rows into tables by way of a temporary table: the database's own bulk load, then one statement that adds or changes.

The same on SQLite and PostgreSQL; a row that is there already and equal is not written.
"""

from __future__ import annotations

import io
from typing import Any, Dict, List, Sequence, Tuple

from sqlalchemy.engine import Connection

from traffic.imports.column_maps import Column, ColumnMap, Reference
from traffic.tables import metadata

INCOMING = "incoming"
COPIED_AT_ONCE = 1 << 22  # characters
# a batch is small, the tables are perhaps huge and not yet counted: by their indexes, and no time spent on compiling
POSTGRESQL = ("SET LOCAL TIME ZONE 'UTC'", "SET LOCAL jit = off", "SET LOCAL enable_seqscan = off",
              "SET LOCAL enable_hashjoin = off", "SET LOCAL enable_mergejoin = off")
# 128 MB, so that the indexes' pages are not read again for every batch
SQLITE = ("PRAGMA cache_size = -131072",)


class Merge:
    """The statements for one kind and one file's columns. Every name in them comes from the code or its YAML files.

    `absent` of the columns are not in the file: their default fills new rows and changes none.
    """

    def __init__(self, columns: ColumnMap, present: Sequence[Column], dialect: str,
                 absent: Sequence[Column] = ()) -> None:
        self.map, self.present, self.postgresql = columns, list(present), dialect == "postgresql"
        self.absent = {column.name for column in absent}
        self.table = metadata.tables[columns.table]
        names = {column.name for column in present}
        self.references = [r for r in columns.references if set(r.match.values()) <= names]
        self.stored = [column for column in present if column.name in self.table.columns]

    def prepare(self, connection: Connection) -> None:
        """Makes the temporary table, empty."""
        for statement in POSTGRESQL if self.postgresql else SQLITE:
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {INCOMING}")
        fields = ", ".join(f"{column.name} {self._type(column)}" for column in self.present)
        connection.exec_driver_sql(f"CREATE TEMPORARY TABLE {INCOMING} (line INTEGER, {fields})")

    def _type(self, column: Column) -> str:
        known = self.table.columns.get(column.name)
        return "VARCHAR" if known is None else known.type.compile(dialect=self._dialect())

    def _dialect(self) -> Any:
        from sqlalchemy.dialects import postgresql, sqlite
        return postgresql.dialect() if self.postgresql else sqlite.dialect()

    def load(self, connection: Connection, lines: Sequence[int], columns: Sequence[Sequence[Any]]) -> None:
        """Puts line and encoded values into the temporary table."""
        cursor = connection.connection.cursor()
        if self.postgresql:
            rows = map("\t".join, zip(map(str, lines), *columns, strict=True))
            cursor.copy_expert(f"COPY {INCOMING} FROM STDIN", io.StringIO("\n".join(rows)), size=COPIED_AT_ONCE)
        else:
            marks = ", ".join("?" * (len(self.present) + 1))
            cursor.executemany(f"INSERT INTO {INCOMING} VALUES ({marks})", zip(lines, *columns, strict=True))  # noqa: S608
        cursor.close()

    def unknown(self, connection: Connection) -> List[Tuple[int, str]]:
        """(line, reason) of rows whose required record is missing; they are taken out again."""
        bad: List[Tuple[int, str]] = []
        for reference in self.references:
            if reference.missing == "bad":
                missing = f"FROM {INCOMING} WHERE NOT EXISTS ({self._known(reference)})"
                lines = connection.exec_driver_sql(f"SELECT line {missing}")
                reason = f"no such record in {reference.table}: import {reference.table} first"
                bad += [(line, reason) for line, in lines]
                connection.exec_driver_sql(f"DELETE {missing}")
        return bad

    def merge(self, connection: Connection, now: str) -> int:
        """Adds what is new and changes what differs; how many rows that were."""
        for reference in self.references:
            if reference.missing == "create":
                connection.exec_driver_sql(self._create(reference))
        return connection.exec_driver_sql(self._upsert(now)).rowcount

    def _join(self, reference: Reference) -> str:
        return f"LEFT JOIN {reference.table} AS {reference.column}_row ON {self._fits(reference)}"

    def _fits(self, reference: Reference) -> str:
        row = f"{reference.column}_row"
        return " AND ".join(f"{row}.{theirs} = {INCOMING}.{ours}" for theirs, ours in reference.match.items())

    def _known(self, reference: Reference) -> str:
        return f"SELECT 1 FROM {reference.table} AS {reference.column}_row WHERE {self._fits(reference)}"  # noqa: S608

    def _create(self, reference: Reference) -> str:
        """Looked for first: what only ON CONFLICT turns away has used up a number."""
        theirs, ours = ", ".join(reference.match), ", ".join(reference.match.values())
        return (f"INSERT INTO {reference.table} ({theirs}) SELECT DISTINCT {ours} FROM {INCOMING}"  # noqa: S608
                f" WHERE NOT EXISTS ({self._known(reference)}) ON CONFLICT DO NOTHING")

    def _upsert(self, now: str) -> str:
        names = [column.name for column in self.stored] + [r.column for r in self.references]
        values = [self._insertable(column) for column in self.stored] + [f"{r.column}_row.id" for r in self.references]
        joins = " ".join(self._join(reference) for reference in self.references)
        changes = self._changes(now)
        differ = " OR ".join(f"{self.map.table}.{name} {self._differs} {value}" for name, value in changes.items())
        update = f"UPDATE SET {', '.join(f'{n} = {v}' for n, v in changes.items())} WHERE {differ}"
        return (f"INSERT INTO {self.map.table} ({', '.join(names)}) SELECT {', '.join(values)} FROM {INCOMING} {joins}"  # noqa: S608
                f" WHERE true ON CONFLICT ({', '.join(self.map.key)}) DO {update}")

    @property
    def _differs(self) -> str:
        return "IS DISTINCT FROM" if self.postgresql else "IS NOT"

    def _insertable(self, column: Column) -> str:
        """An empty field of a column that must not be empty gets the table's own default."""
        default = self.table.columns[column.name].server_default
        if default is None:
            return f"{INCOMING}.{column.name}"
        literal = str(default.arg.compile(dialect=self._dialect())) if hasattr(default.arg, "compile") \
            else "'" + str(default.arg) + "'"
        return f"COALESCE({INCOMING}.{column.name}, {literal})"

    def _changes(self, now: str) -> Dict[str, str]:
        """Column → new value, for rows that are there already."""
        table = self.map.table
        kept = {c.name for c in self.stored if c.keep} | {r.column for r in self.references if r.missing == "empty"}
        names = [c.name for c in self.stored] + [r.column for r in self.references]
        changes = {name: f"COALESCE(excluded.{name}, {table}.{name})" if name in kept else f"excluded.{name}"
                   for name in names if name not in self.map.key and name not in self.absent}
        if "capacity" in changes:
            changes["capacity"] = f"CASE WHEN excluded.capacity < {table}.booked THEN {table}.booked" \
                                  " ELSE excluded.capacity END"
        for touched, causes in self.map.touches.items():
            other = " OR ".join(f"{table}.{c} <> excluded.{c}" for c in causes if c in changes)
            otherwise = changes.get(touched, f"{table}.{touched}")
            moment = f"CAST('{now}' AS TIMESTAMP WITH TIME ZONE)" if self.postgresql else f"'{now}'"
            changes[touched] = f"CASE WHEN {other} THEN {moment} ELSE {otherwise} END"
        return changes


def as_it_is(value: Any) -> Any:
    """SQLite takes text and numbers."""
    return value


def as_copied(value: Any) -> str:
    """What PostgreSQL's COPY reads as this value."""
    if not isinstance(value, str):
        return "\\N" if value is None else str(value)
    return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
