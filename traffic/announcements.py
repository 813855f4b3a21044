"""Announcements and articles (公告、文章) of the station, by time and topic."""

from __future__ import annotations

import datetime
from typing import List

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session

from traffic.database import Base, UtcDateTime, utc_now

LOOKED_THROUGH = 100


class Announcement(Base):
    """Something the station tells everybody; `topic` is notice, service, exposure, safety or news."""

    __tablename__ = "announcements"

    id: Mapped[int] = sa.Column(sa.Integer, primary_key=True)
    topic: Mapped[str] = sa.Column(sa.String(12), nullable=False)
    title: Mapped[str] = sa.Column(sa.String(80), nullable=False)
    body: Mapped[str] = sa.Column(sa.Text, nullable=False)
    picture: Mapped[str | None] = sa.Column(sa.String(200))
    url: Mapped[str | None] = sa.Column(sa.String(300))
    published_at: Mapped[datetime.datetime | None] = sa.Column(UtcDateTime, index=True)
    ends_at: Mapped[datetime.datetime | None] = sa.Column(UtcDateTime)


def latest(session: Session, limit: int = 5, *, topic: str | None = None, since: datetime.datetime | None = None,
           until: datetime.datetime | None = None, now: datetime.datetime | None = None) -> List[Announcement]:
    """Published ones that are still valid, newest first; `since` is included, `until` is not."""
    now = now or utc_now()
    query = sa.select(Announcement).where(Announcement.published_at <= now,
                                          sa.or_(Announcement.ends_at.is_(None), Announcement.ends_at > now))
    query = query.where(Announcement.topic == topic) if topic else query
    query = query.where(Announcement.published_at >= since) if since else query
    query = query.where(Announcement.published_at < until) if until else query
    return list(session.execute(query.order_by(Announcement.published_at.desc(), Announcement.id.desc())
                                .limit(limit)).scalars())


def about(session: Session, word: str, limit: int, now: datetime.datetime) -> List[Announcement]:
    """Valid ones with the word in title or text, newest first."""
    return [each for each in latest(session, LOOKED_THROUGH, now=now) if word in each.title + each.body][:limit]


def announcement(session: Session, announcement_id: int) -> Announcement | None:
    """One of them, for its page."""
    return session.get(Announcement, announcement_id)
