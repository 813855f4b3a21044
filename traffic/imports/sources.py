"""Files to bring in: CSV (UTF-8, GB 18030 or UTF-16, found out by reading) and Excel, row by row with its line."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import pathlib
from typing import BinaryIO, Iterator, List, Tuple

import openpyxl

from traffic.errors import ImportRefused

Row = Tuple[int, List[str]]
ENCODINGS = ("utf-8-sig", "gb18030")  # what is UTF-8 throughout is hardly ever meant as something else
CHUNK = 1 << 20
DELIMITERS = ",\t;|"
EXCEL = (".xlsx", ".xlsm")


class Source:
    """A file opened for one pass; `done` of `total` (bytes, or rows in Excel) tell the progress."""

    def __init__(self, path: pathlib.Path) -> None:
        self.path, self.done, self.total = path, 0, path.stat().st_size
        self.excel = path.suffix.lower() in EXCEL
        self.sha256, self.encoding, self.damaged = _examine(path)

    def rows(self) -> Iterator[Row]:
        """(line, fields) of every row that is not empty, header first; fields without surrounding blanks."""
        pairs = self._excel_rows() if self.excel else self._csv_rows()
        return ((line, fields) for line, fields in pairs if any(fields))

    def _excel_rows(self) -> Iterator[Row]:
        try:
            book = openpyxl.load_workbook(self.path, read_only=True, data_only=True)
        except Exception as error:  # openpyxl raises what its zip, XML and own readers raise
            raise ImportRefused(f"{self.path.name} is not an Excel file: {type(error).__name__}") from None
        sheet = book.worksheets[0]
        self.total = sheet.max_row or 0
        for line, values in enumerate(sheet.iter_rows(values_only=True), 1):
            self.done = line
            yield line, ["" if value is None else str(value).strip() for value in values]
        book.close()

    def _csv_rows(self) -> Iterator[Row]:
        with self.path.open("rb") as raw:
            lines = io.TextIOWrapper(raw, encoding=self.encoding, errors="replace", newline="")
            first = lines.readline()
            delimiter = max(DELIMITERS, key=first.count)
            lines.seek(0)
            reader = csv.reader(lines, delimiter=delimiter)
            while True:
                try:
                    fields = next(reader)
                except StopIteration:
                    return
                except csv.Error:
                    fields = ["\ufffd"]  # unreadable, which the column map turns into a bad row
                self.done = _position(raw, self.total)
                yield reader.line_num, list(map(str.strip, fields))


def _position(raw: BinaryIO, total: int) -> int:
    return min(raw.tell(), total)


def _examine(path: pathlib.Path) -> Tuple[str, str, bool]:
    """(SHA-256, encoding, whether some of it cannot be read in it) in one pass over the file."""
    digest, decoders = hashlib.sha256(), {name: codecs.getincrementaldecoder(name)() for name in ENCODINGS}
    with path.open("rb") as file:
        head = file.read(2)
        file.seek(0)
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            decoders = {name: decoder for name, decoder in decoders.items() if _decodes(decoder, chunk)}
    if head in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return digest.hexdigest(), "utf-16", True
    return digest.hexdigest(), next(iter(decoders), ENCODINGS[-1]), not decoders


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes) -> bool:
    try:
        decoder.decode(chunk)
    except UnicodeDecodeError:
        return False
    return True
