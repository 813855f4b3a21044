"""The audit log: who looked at or changed what. A chain of hashes shows when somebody changed it."""

from __future__ import annotations

import datetime
import hashlib
import json
from typing import Any, Dict

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session

from traffic.database import Base, BigId, UtcDateTime, utc_now

START = "0" * 64


class AuditEntry(Base):
    """One deed; `previous` is the hash of the entry before it."""

    __tablename__ = "audit_entries"

    id: Mapped[int] = sa.Column(BigId, primary_key=True)
    at: Mapped[datetime.datetime] = sa.Column(UtcDateTime, nullable=False)
    actor: Mapped[str] = sa.Column(sa.String(64), nullable=False)
    deed: Mapped[str] = sa.Column(sa.String(40), nullable=False)
    subject: Mapped[str] = sa.Column(sa.String(128), nullable=False, index=True)
    detail: Mapped[str] = sa.Column(sa.Text, nullable=False)
    previous: Mapped[str] = sa.Column(sa.String(64), nullable=False, unique=True)
    hash: Mapped[str] = sa.Column(sa.String(64), nullable=False)


class AuditHead(Base):
    """The one row that says where the chain ends; locking it keeps two entries from the same place."""

    __tablename__ = "audit_head"

    id: Mapped[int] = sa.Column(sa.Integer, primary_key=True)
    entries: Mapped[int] = sa.Column(sa.Integer, nullable=False)
    hash: Mapped[str] = sa.Column(sa.String(64), nullable=False)


def _hash(entry: AuditEntry) -> str:
    told = [entry.previous, entry.at.isoformat(), entry.actor, entry.deed, entry.subject, entry.detail]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def record(session: Session, actor: str, deed: str, subject: str, detail: Dict[str, Any] | None = None, *,
           now: datetime.datetime | None = None) -> AuditEntry:
    """Appends an entry; `detail` must not hold personal numbers."""
    head = session.execute(sa.select(AuditHead).with_for_update()).scalar_one()
    entry = AuditEntry(at=(now or utc_now()), actor=actor, deed=deed, subject=subject, previous=head.hash,
                       detail=json.dumps(detail or {}, ensure_ascii=False, sort_keys=True))
    entry.at = entry.at.astimezone(datetime.timezone.utc)
    entry.hash = _hash(entry)
    session.add(entry)
    head.entries, head.hash = head.entries + 1, entry.hash
    session.flush()
    return entry


def first_broken(session: Session) -> int | None:
    """Id of the first entry that was changed or follows a removed one, -1 when the end is missing, else None."""
    before, count = START, 0
    in_order = sa.select(AuditEntry).order_by(AuditEntry.id).execution_options(yield_per=1000)
    for entry in session.execute(in_order).scalars():
        if entry.previous != before or entry.hash != _hash(entry):
            return entry.id
        before, count = entry.hash, count + 1
    head = session.execute(sa.select(AuditHead)).scalar_one()
    return None if (head.hash, head.entries) == (before, count) else -1
