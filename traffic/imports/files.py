"""Brings one file in: batch by batch, each whole or not at all, bad rows told by line and reason."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import itertools
import pathlib
from typing import Any, Callable, Dict, Iterator, List, Tuple

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from traffic.database import utc_now, writing
from traffic.errors import ImportRefused
from traffic.imports.column_maps import ColumnMap, RowReader, column_map
from traffic.imports.ledger import ImportBadRow, ImportRun, run_of
from traffic.imports.merging import Merge, Values
from traffic.imports.sources import Row, Source
from traffic.imports.values import BadValue

BATCH = 40_000
TOLD_AT_MOST = 10_000
Progress = Callable[[int, int, str], None]


@dataclasses.dataclass(frozen=True)
class BadRow:
    """A row that did not go in: its line in the file, and why."""

    line: int
    reason: str


@dataclasses.dataclass
class Report:
    """What became of a file: `good` rows are in the records, of these `written` were new or differed.

    `bad` holds the first 10,000 bad rows, `bad_count` counts all. `already`: this very file was in before.
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

    def add(self, batch: Batch) -> None:
        """Counts a batch in."""
        self.rows += batch.rows
        self.good += batch.rows - len(batch.bad)
        self.written += batch.written
        self.bad_count += len(batch.bad)
        self.bad += batch.bad[:TOLD_AT_MOST - len(self.bad)]


@dataclasses.dataclass
class Batch:
    """Rows of a file that go in together."""

    rows: int
    values: Dict[Tuple[Any, ...], Values]
    bad: List[BadRow]
    written: int = 0


class _Undo(Exception):
    """Ends the transaction of a dry run."""


def import_file(engine: Engine, kind: str, path: pathlib.Path, progress: Progress | None = None,
                dry_run: bool = False) -> Report:
    """Brings a CSV or Excel file of a kind (see `column_maps.KINDS`) into the records.

    A broken-off import continues where it was; a file that is in already changes nothing. `progress` hears (done,
    total, file name) after each batch. Raises ImportRefused when nothing of the file can be brought in.
    """
    columns = column_map(kind)
    source = _open(path)
    report = Report(kind, path.name)
    with writing(engine) as session:
        run = None if dry_run else run_of(session, kind, source.sha256, path.name)
        if run and run.finished_at:
            return _report_of(session, run)
        if run and run.done_rows:
            report = dataclasses.replace(_report_of(session, run), already=False, resumed_at=run.done_rows)
        rows = source.rows()
        reader = _reader(session, columns, rows, source.damaged)
    merge = Merge(columns, reader.columns, engine.dialect.name)
    batches = _batches(reader, columns, itertools.islice(rows, report.resumed_at, None))
    for batch in _ahead(batches) if merge.postgresql else batches:
        _bring_in(engine, merge, batch, run.id if run else None)
        report.add(batch)
        if progress:
            progress(source.done, source.total, path.name)
    if run:
        _finish(engine, run.id)
    return report


def _open(path: pathlib.Path) -> Source:
    try:
        return Source(path)
    except OSError as error:
        raise ImportRefused(f"{path.name} cannot be read: {error.strerror}") from None


def _reader(session: Session, columns: ColumnMap, rows: Iterator[Row], damaged: bool) -> RowReader:
    header = next(rows, None)
    if header is None:
        raise ImportRefused("the file is empty: its first row must name the columns")
    return RowReader(session, columns, header[1], damaged)


def _batches(reader: RowReader, columns: ColumnMap, rows: Iterator[Row]) -> Iterator[Batch]:
    """Of rows with the same key the last one of a batch counts, as it would if they came one by one."""
    key_at = [i for i, column in enumerate(reader.columns, 1) if column.name in columns.key]
    while chunk := list(itertools.islice(rows, BATCH)):
        batch = Batch(len(chunk), {}, [])
        for line, fields in chunk:
            try:
                values = (line, *reader.read(fields))
            except BadValue as error:
                batch.bad.append(BadRow(line, str(error)[:200]))
                continue
            batch.values[tuple([values[i] for i in key_at])] = values
        yield batch


def _ahead(batches: Iterator[Batch]) -> Iterator[Batch]:
    """Reads the next batch while the server works on this one. Not for SQLite, whose work is in this process."""
    with concurrent.futures.ThreadPoolExecutor(1) as reader:
        following = reader.submit(next, batches, None)
        while (batch := following.result()) is not None:
            following = reader.submit(next, batches, None)
            yield batch


def _bring_in(engine: Engine, merge: Merge, batch: Batch, run_id: int | None) -> None:
    """One transaction: rows, bad rows and how far the file is; without a run it is undone."""
    try:
        with writing(engine) as session:
            connection = session.connection()
            merge.prepare(connection)
            merge.load(connection, list(batch.values.values()))
            batch.bad += [BadRow(line, reason) for line, reason in merge.unknown(connection)]
            batch.written = merge.merge(connection, utc_now().strftime("%Y-%m-%d %H:%M:%S.%f"))
            if run_id is None:
                raise _Undo
            _note(session, run_id, batch)
    except _Undo:
        pass


def _note(session: Session, run_id: int, batch: Batch) -> None:
    if batch.bad:
        session.execute(sa.insert(ImportBadRow),
                        [{"run_id": run_id, "line": bad.line, "reason": bad.reason} for bad in batch.bad])
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
