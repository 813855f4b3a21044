"""Which files were brought in, and how far: what a broken-off import continues from."""

from __future__ import annotations

import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session

from traffic.database import Base, BigId, UtcDateTime, utc_now


class ImportRun(Base):
    """One file of one kind, known by its content; `done_rows` rows of it are in."""

    __tablename__ = "import_runs"
    __table_args__ = (sa.UniqueConstraint("kind", "sha256"),)

    id: Mapped[int] = sa.Column(sa.Integer, primary_key=True)
    kind: Mapped[str] = sa.Column(sa.String(20), nullable=False)
    sha256: Mapped[str] = sa.Column(sa.String(64), nullable=False)
    file_name: Mapped[str] = sa.Column(sa.String(200), nullable=False)
    done_rows: Mapped[int] = sa.Column(sa.Integer, nullable=False, default=0)
    good_rows: Mapped[int] = sa.Column(sa.Integer, nullable=False, default=0)
    bad_rows: Mapped[int] = sa.Column(sa.Integer, nullable=False, default=0)
    started_at: Mapped[datetime.datetime] = sa.Column(UtcDateTime, nullable=False)
    finished_at: Mapped[datetime.datetime | None] = sa.Column(UtcDateTime)


class ImportBadRow(Base):
    """A row that did not go in: its line in the file and the reason, never its content."""

    __tablename__ = "import_bad_rows"
    __table_args__ = (sa.Index("ix_import_bad_rows_run_id_line", "run_id", "line"),)

    id: Mapped[int] = sa.Column(BigId, primary_key=True)
    run_id: Mapped[int] = sa.Column(sa.ForeignKey("import_runs.id"), nullable=False)
    line: Mapped[int] = sa.Column(sa.Integer, nullable=False)
    reason: Mapped[str] = sa.Column(sa.String(200), nullable=False)


def run_of(session: Session, kind: str, sha256: str, file_name: str) -> ImportRun:
    """The run of this very content; a new one when it was never brought in."""
    run = session.execute(sa.select(ImportRun).filter_by(kind=kind, sha256=sha256)).scalar_one_or_none()
    if run is None:
        run = ImportRun(kind=kind, sha256=sha256, file_name=file_name[-200:], done_rows=0, good_rows=0, bad_rows=0,
                        started_at=utc_now())
        session.add(run)
        session.flush()
    return run


def forget_rows(session: Session, run: ImportRun) -> None:
    """Makes a run look as if it had not begun, so that its file is read anew from the first row."""
    session.execute(sa.delete(ImportBadRow).where(ImportBadRow.run_id == run.id))
    run.done_rows = run.good_rows = run.bad_rows = 0
    run.started_at, run.finished_at = utc_now(), None
    session.flush()
