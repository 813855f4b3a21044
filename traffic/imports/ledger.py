"""Which files were brought in, and how far: what a broken-off import continues from."""

from __future__ import annotations

import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from traffic.database import Base, UtcDateTime


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
