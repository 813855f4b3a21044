"""Subscribers (关注者) of the account and what they consented to."""

from __future__ import annotations

import datetime
from typing import FrozenSet

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session

from traffic.database import Base, UtcDateTime, utc_now


class Subscriber(Base):
    """Somebody who follows the account, by openid."""

    __tablename__ = "subscribers"

    subscriber: Mapped[str] = sa.Column(sa.String(64), primary_key=True)
    followed_at: Mapped[datetime.datetime] = sa.Column(UtcDateTime, nullable=False)
    unfollowed_at: Mapped[datetime.datetime | None] = sa.Column(UtcDateTime)
    scene: Mapped[str | None] = sa.Column(sa.String(64))


class Consent(Base):
    """That a subscriber agreed to something (`privacy`, …), in which wording, and when they took it back."""

    __tablename__ = "consents"
    __table_args__ = (sa.Index("ix_consents_subscriber", "subscriber"),)

    id: Mapped[int] = sa.Column(sa.Integer, primary_key=True)
    subscriber: Mapped[str] = sa.Column(sa.String(64), nullable=False)
    kind: Mapped[str] = sa.Column(sa.String(20), nullable=False)
    wording: Mapped[str] = sa.Column(sa.String(20), nullable=False)
    given_at: Mapped[datetime.datetime] = sa.Column(UtcDateTime, nullable=False)
    withdrawn_at: Mapped[datetime.datetime | None] = sa.Column(UtcDateTime)


def consent(session: Session, subscriber: str, kind: str, wording: str, *,
            now: datetime.datetime | None = None) -> None:
    """Records a consent; the same one again changes nothing."""
    if not has_consented(session, subscriber, kind, wording):
        session.add(Consent(subscriber=subscriber, kind=kind, wording=wording, given_at=now or utc_now()))
        session.flush()


def has_consented(session: Session, subscriber: str, kind: str, wording: str,
                  before: datetime.datetime | None = None) -> bool:
    """Whether a consent to this wording stands; with `before` one that stood then."""
    query = sa.select(Consent.id).filter_by(subscriber=subscriber, kind=kind, wording=wording, withdrawn_at=None)
    query = query.where(Consent.given_at < before) if before else query
    return session.execute(query).first() is not None


def follow(session: Session, subscriber: str, *, scene: str | None = None,
           now: datetime.datetime | None = None) -> None:
    """Somebody followed the account, perhaps again."""
    row = session.get(Subscriber, subscriber) or Subscriber(subscriber=subscriber)
    row.followed_at, row.unfollowed_at, row.scene = now or utc_now(), None, scene
    session.add(row)
    session.flush()


def unfollow(session: Session, subscriber: str, *, now: datetime.datetime | None = None) -> None:
    """Somebody left the account, perhaps without having been noted as a follower; what is bound stays."""
    now = now or utc_now()
    row = session.get(Subscriber, subscriber) or Subscriber(subscriber=subscriber, followed_at=now)
    row.unfollowed_at = now
    session.add(row)
    session.flush()


def gone(session: Session) -> FrozenSet[str]:
    """Who left the account and didn't come back: nothing is said to them first."""
    return frozenset(session.execute(sa.select(Subscriber.subscriber).where(
        Subscriber.unfollowed_at.is_not(None))).scalars())
