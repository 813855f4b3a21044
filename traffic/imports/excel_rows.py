"""An Excel file's first filled sheet, row by row as text."""

from __future__ import annotations

import pathlib
from typing import Any, Callable, Iterator, List, Tuple

import openpyxl

from traffic.errors import ImportRefused

Row = Tuple[int, List[str]]
LOOKED_AT = 50  # rows that tell whether a sheet is filled


def excel_rows(path: pathlib.Path, heard: Callable[[int, int], None]) -> Iterator[Row]:
    """(line, fields up to the last filled cell) of all rows; `heard` gets (rows read, rows as the file says).

    Raises ImportRefused, also on the way when a later part of the file is damaged.
    """
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except Exception as error:  # openpyxl raises what its zip, XML and own readers raise
        raise ImportRefused(f"{path.name} is not an Excel file, or not a whole one ({type(error).__name__}): open"
                            " it in Excel and save it again as .xlsx") from None
    line = 0
    try:
        sheet, said = _first_filled(book)
        for line, values in enumerate(sheet.iter_rows(values_only=True) if sheet else (), 1):
            heard(line, max(said, line))
            yield line, [_text(value) for value in values]
    except Exception as error:  # from the same readers: they go through the file as we do
        raise ImportRefused(f"{path.name} cannot be read beyond row {line} ({type(error).__name__}): open it in Excel,"
                            " save it again and import that; what is in already is not doubled") from None
    finally:
        book.close()


def _first_filled(book: Any) -> Tuple[Any, int]:
    for sheet in book.worksheets:
        said = sheet.max_row or 0
        sheet.reset_dimensions()  # some writers claim a size that is not the sheet's
        looked_at = sheet.iter_rows(max_row=min(said, LOOKED_AT) or LOOKED_AT, values_only=True)
        if any(value is not None for row in looked_at for value in row):
            return sheet, said
    return None, 0


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
