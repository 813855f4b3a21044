"""CSV text into rows whose line numbers stay right; a stray quotation mark spoils its own line only."""

from __future__ import annotations

import csv
import itertools
from typing import Iterator, List, TextIO, Tuple

Row = Tuple[int, List[str]]
CHUNK = 10_000  # lines
LINES_AT_MOST = 50  # of one row; a field may hold line breaks
UNREADABLE = ["\ufffd"]
DELIMITERS = ",\t;|"


def delimiter_of(text: TextIO, lines: int) -> str:
    """What separates fields in the first lines; the text is at its beginning afterwards."""
    first = "".join(itertools.islice(iter(text.readline, ""), lines))
    text.seek(0)
    return max(DELIMITERS, key=first.count)


def csv_rows(text: TextIO, delimiter: str) -> Iterator[List[Row]]:
    """(line, fields) of all rows, some thousand at a time; a row that no reader makes out is UNREADABLE."""
    first, lines = 1, list(itertools.islice(text, CHUNK))
    while lines:
        rows, taken = _all_at_once(lines, first, delimiter), len(lines)
        if rows is None:
            lines += itertools.islice(text, LINES_AT_MOST)
            rows, taken = _one_by_one(lines, first, delimiter, taken)
        yield rows
        first += taken
        lines = [*lines[taken:], *itertools.islice(text, CHUNK)]


def _all_at_once(lines: List[str], first: int, delimiter: str) -> List[Row] | None:
    """Where each line is a row, which is nearly always so; else None."""
    if any(line.count('"') % 2 for line in lines if '"' in line):
        return None
    try:
        rows = list(enumerate(csv.reader(lines, delimiter=delimiter), first))
    except csv.Error:
        return None
    return rows if len(rows) == len(lines) else None


def _one_by_one(lines: List[str], first: int, delimiter: str, until: int) -> Tuple[List[Row], int]:
    """The rows that begin in the first `until` lines, and how many lines they take."""
    rows: List[Row] = []
    at = 0
    while at < until:
        fields, taken = _row(lines[at:at + LINES_AT_MOST], delimiter)
        rows.append((first + at, fields))
        at += taken
    return rows, at


def _row(lines: List[str], delimiter: str) -> Tuple[List[str], int]:
    """The row that begins here and how many lines it takes: several only when all its quotation marks fit."""
    strict = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        return next(strict), strict.line_num
    except csv.Error:
        pass
    try:
        return next(csv.reader(lines[:1], delimiter=delimiter)), 1
    except csv.Error:
        return UNREADABLE, 1
