"""Attempts to prove that a record is one's own: recorded all, five wrong a day, telling nothing to who guesses."""

from __future__ import annotations

import datetime
import hashlib
import hmac
from typing import Iterable, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session

from traffic.database import Base, BigId, UtcDateTime
from traffic.errors import ProofError, TooManyProofs
from traffic.opening_days import day_bounds, local_day

WRONG_A_DAY = 5
NOTHING = b"\0" * 6
Record = TypeVar("Record")


class ProofAttempt(Base):
    """One attempt: wrong, right, or refused because five were wrong; the subject is kept as a hash."""

    __tablename__ = "proof_attempts"
    __table_args__ = (sa.Index("ix_proof_attempts_subscriber_at", "subscriber", "at"),
                      sa.Index("ix_proof_attempts_subject_at", "subject", "at"),
                      sa.Index("uq_proof_attempts_key", "key", "subject", unique=True))

    id: Mapped[int] = sa.Column(BigId, primary_key=True)
    subscriber: Mapped[str] = sa.Column(sa.String(64), nullable=False)
    kind: Mapped[str] = sa.Column(sa.String(10), nullable=False)
    subject: Mapped[str] = sa.Column(sa.String(64), nullable=False)
    at: Mapped[datetime.datetime] = sa.Column(UtcDateTime, nullable=False)
    outcome: Mapped[str] = sa.Column(sa.String(10), nullable=False)
    key: Mapped[str | None] = sa.Column(sa.String(255))


def subject_of(kind: str, value: str) -> str:
    """What is counted per plate or licence, without keeping it readable."""
    return hashlib.sha256(f"{kind}:{value}".encode()).hexdigest()


def proven(session: Session, subscriber: str, kind: str, value: str, tail: str, candidates: Iterable[Record],
           tail_name: str, now: datetime.datetime, key: str | None = None) -> Record:
    """The candidate whose tail fits. Commits: an attempt counts even when the caller rolls back.

    It is written as wrong before it is looked at, so that many at once cannot slip under the limit; the same `key`
    is the same attempt again. Raises ProofError (unknown and wrong alike) and TooManyProofs.
    """
    attempt = ProofAttempt(subscriber=subscriber, kind=kind, subject=subject_of(kind, value), at=now, outcome="wrong",
                           key=key or None)
    attempt = _written(session, _same_attempt(session, attempt) or attempt)
    if _wrong_today(session, attempt) > WRONG_A_DAY:
        attempt.outcome = "refused"
        session.commit()
        raise TooManyProofs("five wrong proofs today: try again tomorrow")
    found = _fitting(list(candidates), tail, tail_name)
    if found is None:
        raise ProofError("the two numbers do not belong together")
    attempt.outcome = "right"
    session.flush()
    return found


def _same_attempt(session: Session, attempt: ProofAttempt) -> ProofAttempt | None:
    same = sa.select(ProofAttempt).where(ProofAttempt.key == attempt.key, ProofAttempt.subject == attempt.subject)
    return session.execute(same).scalar_one_or_none() if attempt.key else None


def _written(session: Session, attempt: ProofAttempt) -> ProofAttempt:
    attempt.outcome = "wrong"
    session.add(attempt)
    session.commit()
    return attempt


def _fitting(candidates: list[Record], tail: str, tail_name: str) -> Record | None:
    """Compares at least once, so that an unknown record takes as long as a wrong tail."""
    typed = tail.strip().upper().encode()
    tails = [(getattr(c, tail_name) or "").upper().encode() for c in candidates] or [b""]
    fits = [hmac.compare_digest(typed, known or NOTHING) and known != b"" for known in tails]
    return candidates[fits.index(True)] if any(fits) else None


def _wrong_today(session: Session, attempt: ProofAttempt) -> int:
    """The larger of the wrong attempts of this subscriber and for this subject, this one included."""
    since, until = day_bounds(local_day(attempt.at))
    wrong = sa.select(sa.func.count()).select_from(ProofAttempt).where(
        ProofAttempt.outcome == "wrong", ProofAttempt.at >= since, ProofAttempt.at < until)
    whose = (ProofAttempt.subscriber == attempt.subscriber, ProofAttempt.subject == attempt.subject)
    return max(session.execute(wrong.where(one)).scalar_one() for one in whose)
