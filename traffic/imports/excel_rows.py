"""The sheet of an Excel file that has the columns, or else the first filled one, row by row as text."""

from __future__ import annotations

import pathlib
from typing import Any, Callable, Iterator, List, Tuple

import openpyxl

from traffic.errors import ImportRefused

Row = Tuple[int, List[str]]
Fits = Callable[[List[str]], int]
EXACT = 10 ** 15  # beyond it Excel rounds numbers, such as those of licences and decisions that are not kept as text
LOOKED_AT = 50  # rows that tell whether a sheet is filled


def excel_rows(path: pathlib.Path, heard: Callable[[int, int], None], fits: Fits) -> Iterator[Row]:
    """(line, fields up to the last filled cell) of all rows; `heard` gets (rows read, rows as the file says).

    `fits` says how much like a header a row is: of several sheets the one with the best is read.

    Raises ImportRefused, also on the way when a later part of the file is damaged.
    """
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except Exception as error:  # openpyxl raises what its zip, XML and own readers raise
        raise ImportRefused(f"{path.name} is not an Excel file, or not a whole one ({type(error).__name__}): open"
                            " it in Excel and save it again as .xlsx") from None
    line = 0
    try:
        sheet, said = _best_filled(book, fits)
        for line, values in enumerate(sheet.iter_rows(values_only=True) if sheet else (), 1):
            heard(line, max(said, line))
            yield line, [_text(value) for value in values]
    except Exception as error:  # from the same readers: they go through the file as we do
        raise ImportRefused(f"{path.name} cannot be read beyond row {line} ({type(error).__name__}): open it in Excel,"
                            " save it again and import that; what is in already is not doubled") from None
    finally:
        book.close()


def _best_filled(book: Any, fits: Fits) -> Tuple[Any, int]:
    """The sheet to read and the number of its rows as the file says; the first of equals."""
    best, most = (None, 0), -1
    for sheet in book.worksheets:
        said = sheet.max_row or 0
        sheet.reset_dimensions()  # some writers claim a size that is not the sheet's
        looked_at = sheet.iter_rows(max_row=min(said, LOOKED_AT) or LOOKED_AT, values_only=True)
        filled = [[_text(value) for value in row] for row in looked_at if any(value is not None for value in row)]
        like = max(map(fits, filled), default=-1)
        if like > most:
            best, most = (sheet, said), like
    return best


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (int, float)) and abs(value) >= EXACT:
        return f"{float(value):.5E}"  # its last digits are gone; whoever reads the column says so
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
