"""Files to bring in: CSV (UTF-8, GB 18030 or UTF-16, found out by reading) and Excel, row by row with its line."""

from __future__ import annotations

import codecs
import hashlib
import io
import itertools
import pathlib
from typing import Callable, Iterator, Tuple

from traffic.errors import ImportRefused
from traffic.imports.csv_rows import Row, csv_rows, delimiter_of
from traffic.imports.excel_rows import Fits, excel_rows

UTF_8, GB_18030 = "utf-8-sig", "gb18030"  # what is UTF-8 throughout is hardly ever meant as something else
CHUNK = 1 << 20
HEADER_WITHIN = 10  # rows; exports have titles above the names of the columns
EXCEL_NAMES = (".xlsx", ".xlsm")
EXCEL, CSV, PACKED = "Excel", "CSV", "packed (unpack it first)"
BEGINNINGS = ((b"PK\x03\x04", EXCEL), (b"\xd0\xcf\x11\xe0", "an old Excel file (.xls)"), (b"%PDF", "a PDF"),
              (b"<", "a web page or XML"), (b"\x1f\x8b", PACKED), (b"Rar!", PACKED), (b"7z\xbc\xaf", PACKED),
              (b"\x89PNG", "a picture"), (b"\xff\xd8\xff", "a picture"), (b"SQLite format 3", "a database"))
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Source:
    """A file opened for one pass; `done` of `total` (bytes, or rows in Excel) are read. Raises ImportRefused."""

    def __init__(self, path: pathlib.Path) -> None:
        try:
            self.path, self.done, self.total = path, 0, path.stat().st_size
            self.excel = _kind_of(path) == EXCEL
            self.sha256, self.encoding, self.damaged = _examine(path)
        except OSError as error:
            raise ImportRefused(f"{path.name or path} cannot be read ({error.strerror}): name a CSV or Excel"
                                " file") from None

    def rows(self, fits: Fits) -> Iterator[Row]:
        """(line, fields) of every row that is not empty, header first; `fits` finds the sheet (see `excel_rows`)."""
        return filter(_filled, excel_rows(self.path, self._heard, fits) if self.excel else self._csv_rows())

    def _heard(self, done: int, total: int) -> None:
        self.done, self.total = done, total

    def _csv_rows(self) -> Iterator[Row]:
        with self.path.open("rb") as raw:
            text = io.TextIOWrapper(raw, encoding=self.encoding, errors="replace", newline="")
            for rows in csv_rows(text, delimiter_of(text, HEADER_WITHIN)):
                self.done = min(raw.tell(), self.total)
                yield from rows


def _filled(row: Row) -> bool:
    fields = row[1]
    return bool(fields) and (bool(fields[0].strip()) or any(map(str.strip, fields)))


def _kind_of(path: pathlib.Path) -> str:
    """EXCEL or CSV, by what is in it; raises ImportRefused for what is neither."""
    with path.open("rb") as file:
        head = file.read(4096)
    kind = next((kind for beginning, kind in BEGINNINGS if head.lstrip().startswith(beginning)), CSV)
    if kind == CSV and head.count(b"\0") * 20 > len(head) and not head.startswith(UTF_16):
        kind = "no text"
    if path.suffix.lower() in EXCEL_NAMES and kind == CSV:
        return EXCEL  # whose reader says what is wrong with it
    if kind not in (CSV, EXCEL):
        raise ImportRefused(f"{path.name} is {kind}: name a CSV or .xlsx file, or open it in Excel and save it as"
                            " one")
    return kind


def _examine(path: pathlib.Path) -> Tuple[str, str, bool]:
    """(SHA-256, encoding, whether some of it cannot be read in it)."""
    digest = hashlib.sha256()
    reach = {UTF_8: _fits(path, UTF_8, digest.update)}
    with path.open("rb") as file:
        if file.read(2) in UTF_16:
            return digest.hexdigest(), "utf-16", True
    size = path.stat().st_size
    if reach[UTF_8] < size:
        reach[GB_18030] = _fits(path, GB_18030, len)
    encoding = max(reach, key=lambda name: reach[name])
    return digest.hexdigest(), encoding, reach[encoding] < size


def _fits(path: pathlib.Path, encoding: str, heard: Callable[[bytes], object]) -> int:
    """How many bytes from the beginning are in this encoding, nearly; `heard` gets every piece of the file."""
    decoder, done, failed = codecs.getincrementaldecoder(encoding)(), 0, None
    with path.open("rb") as file:
        for chunk in itertools.chain(iter(lambda: file.read(CHUNK), b""), [b""]):
            heard(chunk)
            try:
                if failed is None:
                    decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                failed = max(0, min(done + error.start, path.stat().st_size - 1))
            done += len(chunk)
    return done if failed is None else failed
