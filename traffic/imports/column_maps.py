"""Which column of a police export is which column of a table: one YAML file a kind, beside this one."""

from __future__ import annotations

import dataclasses
import functools
import pathlib
from typing import Any, Dict, List, Tuple

import sqlalchemy as sa
import yaml
from sqlalchemy.orm import Session

from traffic.errors import ImportRefused
from traffic.imports.values import CACHED, CONVERTERS, BadValue, Convert, name_of, one_of
from traffic.roads import places, roads
from traffic.slots import Site
from traffic.tables import metadata

FOLDER = pathlib.Path(__file__).parent / "columns"
KINDS = tuple(sorted(path.stem for path in FOLDER.glob("*.yml")))


@dataclasses.dataclass(frozen=True)
class Column:
    """A column of the table, or one that only serves to find another record; `keep`: an empty field changes nothing."""

    name: str
    names: Tuple[str, ...]
    type: str = "text"
    required: bool = False
    keep: bool = False
    default: Any = None
    words: Dict[str, str] | None = None
    longest: int | None = None


@dataclasses.dataclass(frozen=True)
class Reference:
    """A foreign key found by other columns; unknown ones are created, left empty, or make the row bad."""

    column: str
    table: str
    match: Dict[str, str]
    missing: str


@dataclasses.dataclass(frozen=True)
class ColumnMap:
    """All about one kind of file; `touches`: when one of these changes, that column gets the present moment."""

    kind: str
    table: str
    key: Tuple[str, ...]
    columns: Tuple[Column, ...]
    references: Tuple[Reference, ...]
    touches: Dict[str, List[str]]


@functools.cache
def column_map(kind: str) -> ColumnMap:
    """The map of a kind; raises ImportRefused for an unknown one."""
    if kind not in KINDS:
        raise ImportRefused(f"cannot import {kind!r}: there is {', '.join(KINDS)}")
    told = yaml.safe_load((FOLDER / f"{kind}.yml").read_text(encoding="utf-8"))
    table = metadata.tables[told["table"]]
    columns = tuple(Column(name=name, longest=_longest(table, name), **{**column, "names": tuple(column["names"])})
                    for name, column in told["columns"].items())
    references = tuple(Reference(name, **told) for name, told in told.get("references", {}).items())
    return ColumnMap(kind, told["table"], tuple(told["key"]), columns, references, told.get("touches", {}))


def _longest(table: sa.Table, name: str) -> int | None:
    return getattr(table.columns[name].type, "length", None) if name in table.columns else None


class RowReader:
    """Turns the fields of one file's rows into values, in the order of `columns`.

    Made once a file, from its header, so that a million rows cost no name look-ups. `damaged`: the file's encoding does
    not fit everywhere, so each field is looked at.
    """

    def __init__(self, session: Session, columns: ColumnMap, header: List[str], damaged: bool = False) -> None:
        where = {name.strip().lower(): number for number, name in enumerate(header)}
        found = [(column, _place_of(column, where)) for column in columns.columns]
        missing = [column for column, at in found if column.required and at is None]
        if missing:
            raise ImportRefused("columns are missing: " + "; ".join(" or ".join(c.names) for c in missing))
        used = [(column, at) for column, at in found if at is not None or column.default is not None]
        self.columns = [column for column, _ in used]
        self.width, self.damaged = len(header), damaged
        # a column that is not in the file reads the empty field put behind the others
        self.plan = [(self.width if at is None else at, _cached(_reader(session, column), column, columns))
                     for column, at in used]

    def read(self, fields: List[str]) -> Tuple[Any, ...]:
        """The values of a row; raises BadValue, which names the column."""
        if len(fields) != self.width and (len(fields) < self.width or any(fields[self.width:])):
            raise BadValue(f"{len(fields)} fields instead of {self.width}")
        if self.damaged and any("\ufffd" in field for field in fields):
            raise BadValue("cannot be read in the file's encoding")
        row = [*fields[:self.width], ""]
        return tuple([read(row[at]) for at, read in self.plan])


def _cached(read: Convert, column: Column, columns: ColumnMap) -> Convert:
    """Places, offenses and days come again and again; what tells rows apart does not."""
    alone = column.type == "moment" or (column.name in columns.key and len(columns.key) == 1)
    return read if alone else functools.lru_cache(maxsize=CACHED)(read)


def _reader(session: Session, column: Column) -> Convert:
    """What turns a field of this column into its value; raises BadValue with the column's name."""
    convert, longest = _converter(session, column), column.longest or 1_000_000

    def read(field: str) -> Any:
        if not field:
            if column.required:
                raise BadValue(f"{column.names[0]}: is empty")
            return column.default
        try:
            value = convert(field)
        except BadValue as error:
            raise BadValue(f"{column.names[0]}: {error}") from None
        if value.__class__ is str and len(value) > longest:
            raise BadValue(f"{column.names[0]}: longer than {longest} characters")
        return value

    return read


def _place_of(column: Column, where: Dict[str, int]) -> int | None:
    return next((where[name.lower()] for name in column.names if name.lower() in where), None)


def _converter(session: Session, column: Column) -> Convert:
    if column.words:
        return one_of(column.words)
    if column.type == "road":
        return name_of({name: r.id for r in roads(session) for name in (r.name, *r.aliases)}, "road")
    if column.type == "place":
        return name_of({name: p.id for p in places(session) for name in (p.name, *p.aliases)}, "place")
    if column.type == "site":
        sites = session.execute(sa.select(Site)).scalars()
        return name_of({name: site.id for site in sites for name in (site.name, site.window, site.kind)}, "site")
    return CONVERTERS[column.type]
