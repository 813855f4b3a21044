"""Rows of text into values, a column at a time: what comes again and again is checked and converted once."""

from __future__ import annotations

import datetime
import re
import unicodedata
from typing import Any, Callable, Collection, Dict, List, Sequence, Tuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from traffic.errors import ImportRefused
from traffic.imports.column_maps import Column, ColumnMap
from traffic.imports.csv_rows import UNREADABLE, Row
from traffic.imports.values import (
    CACHED,
    CONVERTERS,
    GREEN,
    BadValue,
    Convert,
    green_type,
    moments,
    name_of,
    one_of,
)
from traffic.opening_days import station_zone
from traffic.roads import places, roads
from traffic.slots import Site

Encode = Callable[[Any], Any]
FORMULA = re.compile(r'="?(.*?)"?')  # ="0123", which keeps Excel from taking it for a number
CLOCKS_DIFFER = datetime.timedelta(days=1)
ROUNDED = re.compile(r"\d(\.\d+)?[eE]\+\d+")


class Known(Dict[str, Any]):
    """Field → its value, or the BadValue it raised; `bad`: whether there ever was one."""

    def __init__(self, read: Convert) -> None:
        super().__init__()
        self.read, self.bad = read, False

    def __missing__(self, field: str) -> Any:
        if len(self) >= CACHED:
            self.clear()
        value = self[field] = self.value_of(field)
        return value

    def value_of(self, field: str) -> Any:
        """Read anew."""
        try:
            return self.read(field)
        except BadValue as error:
            self.bad = True
            return error.with_traceback(None)

    def values_of(self, fields: Sequence[str]) -> List[Any]:
        """The values of a column's fields."""
        return list(map(self.__getitem__, fields))


class Unique(Known):
    """For a column whose fields hardly come again: nothing is kept."""

    def values_of(self, fields: Sequence[str]) -> List[Any]:
        """The values of a column's fields."""
        return list(map(self.value_of, fields))


class RowReader:
    """Turns one file's rows into values, in the order of `columns`; made once a file, from its header.

    `encode` gives a value the form in which the database takes it. `ragged`: rows end with their last filled field.
    `damaged`: the file's encoding does not fit everywhere, so each field is looked at.
    """

    def __init__(self, session: Session, columns: ColumnMap, header: Sequence[str], encode: Encode,
                 ragged: bool = False, damaged: bool = False) -> None:
        where = _places(columns, header)
        missing = [column for column in columns.columns if column.required and where[column.name] is None]
        if missing:
            raise ImportRefused("columns are missing: " + "; ".join(" or ".join(c.names) for c in missing)
                                + f" (is it a file of {columns.kind}? Other names can be added to {columns.kind}.yml)")
        self.columns = [c for c in columns.columns if where[c.name] is not None or c.default is not None]
        self.absent = [column for column in self.columns if where[column.name] is None]
        self.width, self.ragged, self.damaged = len(header), ragged, damaged
        # a column that is not in the file reads the empty field put behind the others
        place_of = {name: self.width if at is None else at for name, at in where.items()}
        self.plan = [(place_of[c.name], _known(session, columns, c, encode)) for c in self.columns]
        names = [c.name for c in self.columns]
        self.typed = {"plate", "plate_type"} <= set(names)
        self.plate, self.plate_type = (names.index(n) if self.typed else 0 for n in ("plate", "plate_type"))
        self.order = [names.index(n) for n in columns.order] if set(columns.order) <= set(names) else []
        self.key = [n for n, column in enumerate(self.columns) if column.name in columns.key]

    def read(self, rows: Sequence[Row]) -> Tuple[List[int], List[List[Any]], List[Tuple[int, str]]]:
        """(lines, columns of values, (line, reason) of bad rows); of rows with the same key the last one counts."""
        fitting, bad = self._fitting(rows)
        if not fitting:
            return [], [[] for _ in self.columns], bad
        lines = [line for line, _ in fitting]
        fields = [*zip(*[fields for _, fields in fitting], strict=True), [""] * len(lines)]
        values = [known.values_of(fields[at]) for at, known in self.plan]
        if self.typed:
            self._complete_types(fields[self.plan[self.plate_type][0]], values)
        reasons = self._reasons(values)
        bad += [(lines[n], reason) for n, reason in reasons.items()]
        kept = self._last_of_each(values, reasons)
        if len(kept) < len(lines):
            lines, *values = ([column[n] for n in kept] for column in (lines, *values))
        return lines, values, sorted(bad)

    def _complete_types(self, fields: Sequence[str], values: List[List[Any]]) -> None:
        """The default of 号牌种类 is of blue plates: a green one would else be another vehicle, whose driver never
        sees what was brought in."""
        if all(fields):
            return
        values[self.plate_type] = [
            green_type(plate) if not field and plate.__class__ is str and len(plate) == GREEN else kind
            for field, plate, kind in zip(fields, values[self.plate], values[self.plate_type], strict=True)]

    def _last_of_each(self, values: Sequence[Sequence[Any]], reasons: Dict[int, str]) -> Collection[int]:
        """The numbers of the rows to keep, as it would be if they came one by one."""
        keys = enumerate(zip(*[values[n] for n in self.key], strict=True))
        return {key: n for n, key in keys if n not in reasons}.values()

    def _fitting(self, rows: Sequence[Row]) -> Tuple[Sequence[Row], List[Tuple[int, str]]]:
        if not self.damaged and all([len(fields) == self.width for _, fields in rows]):
            return rows, []
        fitting, bad = [], []
        for line, fields in rows:
            try:
                fitting.append((line, self._fit(fields)))
            except BadValue as error:
                bad.append((line, str(error)))
        return fitting, bad

    def _fit(self, fields: List[str]) -> List[str]:
        if fields is UNREADABLE:
            raise BadValue("cannot be read: a field is too long or holds a zero byte")
        if len(fields) != self.width and (any(fields[self.width:]) or (len(fields) < self.width and not self.ragged)):
            raise BadValue(f"{len(fields)} fields instead of {self.width}")
        if self.damaged and any("\ufffd" in field for field in fields):
            raise BadValue("cannot be read in the file's encoding")
        return [*fields, *[""] * self.width][:self.width]

    def _reasons(self, values: Sequence[Sequence[Any]]) -> Dict[int, str]:
        """Number of a bad row → what is wrong with its first bad field."""
        reasons: Dict[int, str] = {}
        for (_, known), column in zip(self.plan, values, strict=True):
            if known.bad:
                for n, value in enumerate(column):
                    if value.__class__ is BadValue:
                        reasons.setdefault(n, str(value))
        if self.order:
            first, last = (values[n] for n in self.order)
            for n, (begins, ends) in enumerate(zip(first, last, strict=True)):
                if n not in reasons and begins is not None and ends is not None and ends <= begins:
                    reasons[n] = "{1}: not after {0}".format(*(self.columns[at].names[0] for at in self.order))
        return reasons


def reader_for(session: Session, columns: ColumnMap, rows: Sequence[Row], encode: Encode, ragged: bool = False,
               damaged: bool = False) -> Tuple[RowReader, int]:
    """The reader for a file that begins with these rows, and how many of them are the header and titles above it.

    Raises ImportRefused, which names the columns that the row most like a header lacks.
    """
    if not rows:
        raise ImportRefused("the file is empty: its first row must name the columns")
    known = [names_in(columns, fields) for _, fields in rows]
    header = known.index(max(known))
    return RowReader(session, columns, rows[header][1], encode, ragged, damaged), header + 1


def names_in(columns: ColumnMap, fields: Sequence[str]) -> int:
    """How many of the kind's columns a row names."""
    return sum(at is not None for at in _places(columns, fields).values())


def _places(columns: ColumnMap, header: Sequence[str]) -> Dict[str, int | None]:
    """Column → where it stands in a row, None when it doesn't."""
    where: Dict[str, int] = {}
    for number, name in enumerate(header):
        where.setdefault(_plain(name), number)
    return {column.name: next((where[_plain(name)] for name in column.names if _plain(name) in where), None)
            for column in columns.columns}


def _plain(name: str) -> str:
    """罚款金额 for * 罚款 金额（元）: what exports add to the names."""
    narrow = re.sub(r"""[\s*:'"=\ufeff]""", "", unicodedata.normalize("NFKC", name)).lower()
    return re.sub(r"(?<=.)[(\[].*[)\]]$", "", narrow)


def _known(session: Session, columns: ColumnMap, column: Column, encode: Encode) -> Known:
    is_key = column.name in columns.key
    once = column.type == "moment" or (is_key and len(columns.key) == 1)
    return (Unique if once else Known)(_reader(session, column, is_key, encode))


def _reader(session: Session, column: Column, is_key: bool, encode: Encode) -> Convert:
    """What turns a field of this column into its value; raises BadValue with the column's name."""
    convert, longest, name = _converter(session, column), column.longest or 1_000_000, column.names[0]
    default = encode(column.default)
    latest = f"{datetime.datetime.now(datetime.timezone.utc) + CLOCKS_DIFFER:%Y-%m-%d %H:%M}" if column.past else ""

    def read(field: str) -> Any:
        text = _without_marks(field)
        if not text:
            if column.required:
                raise BadValue(f"{name}: is empty")
            return default
        try:
            value = convert(text)
        except BadValue as error:
            raise BadValue(f"{name}: {error}") from None
        if value.__class__ is str and len(value) > longest:
            raise BadValue(f"{name}: longer than {longest} characters")
        if latest and value > latest:
            raise BadValue(f"{name}: is in the future")
        if is_key and ROUNDED.fullmatch(text):
            raise BadValue(f"{name}: rounded by Excel (1.2E+15): export this column as text")
        return encode(value)

    return read


def _without_marks(field: str) -> str:
    text = field.strip()
    if text[:1] == "=":
        return FORMULA.fullmatch(text).group(1).strip()  # type: ignore[union-attr]
    return text.lstrip("'") if text[:1] == "'" else text


def _converter(session: Session, column: Column) -> Convert:
    if column.words:
        return one_of(column.words)
    if column.type == "moment":
        return moments(station_zone())
    if column.type == "road":
        return name_of({name: r.id for r in roads(session) for name in (r.name, *r.aliases)}, "road")
    if column.type == "place":
        return name_of({name: p.id for p in places(session) for name in (p.name, *p.aliases)}, "place")
    if column.type == "site":
        sites = session.execute(sa.select(Site)).scalars()
        return name_of({name: site.id for site in sites for name in (site.name, site.window, site.kind)}, "site")
    return CONVERTERS[column.type]
