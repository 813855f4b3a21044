"""Which column of a police export is which column of a table: one YAML file a kind, beside this one."""

from __future__ import annotations

import dataclasses
import functools
import pathlib
from typing import Any, Dict, List, Tuple

import sqlalchemy as sa
import yaml

from bot.settings import load_station
from traffic.errors import ImportRefused
from traffic.tables import metadata

FOLDER = pathlib.Path(__file__).parent / "columns"
KINDS = tuple(sorted(path.stem for path in FOLDER.glob("*.yml")))


@dataclasses.dataclass(frozen=True)
class Column:
    """A column of the table, or one that only serves to find another record; `keep`: an empty field changes nothing.
    `past`: has happened, so a day in the future is a slip.

    `station`: the station's fact of this name is the default; a station without it must have the column in its files.
    """

    name: str
    names: Tuple[str, ...]
    type: str = "text"
    required: bool = False
    keep: bool = False
    default: Any = None
    station: str | None = None
    words: Dict[str, str] | None = None
    longest: int | None = None
    past: bool = False


@dataclasses.dataclass(frozen=True)
class Reference:
    """A foreign key found by other columns; unknown ones are created, left empty, or make the row bad."""

    column: str
    table: str
    match: Dict[str, str]
    missing: str


@dataclasses.dataclass(frozen=True)
class ColumnMap:
    """All about one kind of file; `touches`: when one of these changes, that column gets the present moment.

    `order`: two columns of which the second must be later, as far as both are filled.
    """

    kind: str
    table: str
    key: Tuple[str, ...]
    columns: Tuple[Column, ...]
    references: Tuple[Reference, ...]
    touches: Dict[str, List[str]]
    order: Tuple[str, ...] = ()


@functools.cache
def column_map(kind: str) -> ColumnMap:
    """The map of a kind; raises ImportRefused for an unknown one."""
    if kind not in KINDS:
        raise ImportRefused(f"cannot import {kind!r}: there is {', '.join(KINDS)}")
    told = yaml.safe_load((FOLDER / f"{kind}.yml").read_text(encoding="utf-8"))
    table = metadata.tables[told["table"]]
    columns = tuple(_column(table, name, column) for name, column in told["columns"].items())
    references = tuple(Reference(name, **told) for name, told in told.get("references", {}).items())
    return ColumnMap(kind, told["table"], tuple(told["key"]), columns, references, told.get("touches", {}),
                     tuple(told.get("order", ())))


def _column(table: sa.Table, name: str, told: Dict[str, Any]) -> Column:
    own = getattr(load_station(), told["station"]) if "station" in told else ""
    station = ({"default": own} if own else {"required": True}) if "station" in told else {}
    return Column(name=name, longest=_longest(table, name), **{**told, **station, "names": tuple(told["names"])})


def _longest(table: sa.Table, name: str) -> int | None:
    return getattr(table.columns[name].type, "length", None) if name in table.columns else None
