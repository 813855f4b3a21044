"""What the station said by itself, once: the key of each reminder and piece of news that was handed on."""

from __future__ import annotations

import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session

from traffic.database import Base, UtcDateTime


class Saying(Base):
    """One thing said to one subscriber, or (`subscriber` "") known and not to be said; kept, so never said again."""

    __tablename__ = "sayings"
    __table_args__ = (sa.Index("ix_sayings_said_at", "said_at"),)

    key: Mapped[str] = sa.Column(sa.String(120), primary_key=True)
    subscriber: Mapped[str] = sa.Column(sa.String(64), nullable=False)
    said_at: Mapped[datetime.datetime] = sa.Column(UtcDateTime, nullable=False)


def say_once(session: Session, key: str, subscriber: str, now: datetime.datetime) -> bool:
    """Whether this is the first time; then it counts as said when the transaction commits."""
    if session.get(Saying, key):
        return False
    try:
        with session.begin_nested():
            session.add(Saying(key=key, subscriber=subscriber, said_at=now))
    except IntegrityError:
        return False
    return True
