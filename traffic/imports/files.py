"""Brings one file in: batch by batch, each whole or not at all, bad rows told by line and reason."""

from __future__ import annotations

import concurrent.futures
import contextlib
import dataclasses
import gc
import itertools
import pathlib
from typing import Any, Callable, Dict, Iterator, List, Tuple

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from traffic.database import utc_now, writing
from traffic.imports.column_maps import ColumnMap, column_map
from traffic.imports.csv_rows import Row
from traffic.imports.ledger import ImportBadRow, ImportRun, forget_rows, run_of
from traffic.imports.merging import Merge, as_copied, as_it_is
from traffic.imports.readers import RowReader, names_in, reader_for
from traffic.imports.sources import HEADER_WITHIN, Source

BATCH = 40_000
TOLD_AT_MOST = 10_000
Progress = Callable[[int, int, str], None]
Reading = concurrent.futures.Future


@dataclasses.dataclass(frozen=True)
class BadRow:
    """A row that did not go in: its line in the file, and why."""

    line: int
    reason: str


@dataclasses.dataclass
class Report:
    """What became of a file: `good` rows are in the records, of these `written` were new or differed.

    `bad` holds the first 10,000 bad rows, `bad_count` counts all. `already`: this very file was in before. `assumed`:
    name of a column that the file lacks → what new rows have instead, from station.yml.
    """

    kind: str
    file_name: str
    rows: int = 0
    good: int = 0
    written: int = 0
    bad_count: int = 0
    bad: List[BadRow] = dataclasses.field(default_factory=list)
    already: bool = False
    resumed_at: int = 0
    assumed: Dict[str, str] = dataclasses.field(default_factory=dict)

    def add(self, batch: Batch) -> None:
        """Counts a batch in."""
        self.rows += batch.rows
        self.good += batch.rows - len(batch.bad)
        self.written += batch.written
        self.bad_count += len(batch.bad)
        self.bad += batch.bad[:TOLD_AT_MOST - len(self.bad)]


@dataclasses.dataclass
class Batch:
    """Rows of a file that go in together: `lines` and `columns` of the good ones; `done` of `total` bytes or rows."""

    rows: int
    lines: List[int]
    columns: List[List[Any]]
    bad: List[BadRow]
    done: int
    total: int
    written: int = 0


class _Undo(Exception):
    """Ends the transaction of a dry run."""


def import_file(engine: Engine, kind: str, path: pathlib.Path, progress: Progress | None = None,
                dry_run: bool = False, again: bool = False) -> Report:
    """Brings a CSV or Excel file of a kind (see `column_maps.KINDS`) into the records.

    A broken-off import continues where it was; a file that is in already changes nothing, unless `again` says that it
    is to be read anew, for rows that lacked something that the records have by now. `progress` hears (done,
    total, file name) after each batch. Raises ImportRefused when nothing of the file can be brought in.
    """
    columns = column_map(kind)
    source = Source(path)
    report = Report(kind, path.name)
    with writing(engine) as session:
        run = None if dry_run else run_of(session, kind, source.sha256, path.name)
        if run and run.finished_at and again:
            forget_rows(session, run)
        if run and run.finished_at:
            return _report_of(session, run)
        if run and run.done_rows:
            report = dataclasses.replace(_report_of(session, run), already=False, resumed_at=run.done_rows)
        reader, rows = _opened(session, columns, source, engine.dialect.name)
    report.assumed = {column.names[0]: str(column.default) for column in reader.absent if column.station}
    merge = Merge(columns, reader.columns, engine.dialect.name, reader.absent)
    batches = _batches(source, reader, itertools.islice(rows, report.resumed_at, None))
    for batch in _brought_in(engine, merge, batches, run.id if run else None):
        report.add(batch)
        if progress:
            progress(batch.done, batch.total, path.name)
    if run:
        _finish(engine, run.id)
    return report


def _opened(session: Session, columns: ColumnMap, source: Source, dialect: str) -> Tuple[RowReader, Iterator[Row]]:
    """The reader of a file's rows, and its rows without titles and header."""
    rows = source.rows(lambda fields: names_in(columns, fields))
    first = list(itertools.islice(rows, HEADER_WITHIN))
    encode = as_copied if dialect == "postgresql" else as_it_is
    reader, header = reader_for(session, columns, first, encode, source.excel, source.damaged)
    return reader, itertools.chain(first[header:], rows)


def _batches(source: Source, reader: RowReader, rows: Iterator[Row]) -> Iterator[Batch]:
    while chunk := list(itertools.islice(rows, BATCH)):
        lines, values, bad = reader.read(chunk)
        yield Batch(len(chunk), lines, values, [BadRow(*row) for row in bad], source.done, source.total)


def _brought_in(engine: Engine, merge: Merge, batches: Iterator[Batch], run_id: int | None) -> Iterator[Batch]:
    """Each batch when it is in. The next one is read meanwhile: the database works without Python's lock."""
    with _no_collector(), concurrent.futures.ThreadPoolExecutor(1) as aside:
        batch = next(batches, None)
        while batch is not None:
            following = _bring_in(engine, merge, batch, run_id, lambda: aside.submit(next, batches, None))
            yield batch
            batch = following.result()


@contextlib.contextmanager
def _no_collector() -> Iterator[None]:
    """Millions of short-lived lists make Python look for cycles again and again, which takes as long as reading."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _bring_in(engine: Engine, merge: Merge, batch: Batch, run_id: int | None, loaded: Callable[[], Reading]) -> Reading:
    """One transaction: rows, bad rows and how far the file is; without a run it is undone."""
    with contextlib.suppress(_Undo), writing(engine) as session:
        connection = session.connection()
        merge.prepare(connection)
        merge.load(connection, batch.lines, batch.columns)
        reading = loaded()
        batch.bad += [BadRow(line, reason) for line, reason in merge.unknown(connection)]
        batch.written = merge.merge(connection, utc_now().strftime("%Y-%m-%d %H:%M:%S.%f"))
        if run_id is None:
            raise _Undo
        _note(session, run_id, batch)
    return reading


def _note(session: Session, run_id: int, batch: Batch) -> None:
    if batch.bad:
        session.execute(sa.insert(ImportBadRow),
                        [{"run_id": run_id, "line": bad.line, "reason": bad.reason[:200]} for bad in batch.bad])
    bad = len(batch.bad)
    session.execute(sa.update(ImportRun).where(ImportRun.id == run_id).values(
        done_rows=ImportRun.done_rows + batch.rows, good_rows=ImportRun.good_rows + batch.rows - bad,
        bad_rows=ImportRun.bad_rows + bad), execution_options={"synchronize_session": False})


def _finish(engine: Engine, run_id: int) -> None:
    with writing(engine) as session:
        session.get(ImportRun, run_id).finished_at = utc_now()


def _report_of(session: Session, run: ImportRun) -> Report:
    query = sa.select(ImportBadRow).where(ImportBadRow.run_id == run.id).order_by(ImportBadRow.line).limit(TOLD_AT_MOST)
    bad = [BadRow(row.line, row.reason) for row in session.execute(query).scalars()]
    return Report(run.kind, run.file_name, run.done_rows, run.good_rows, 0, run.bad_rows, bad, already=True)
