"""Announcements as officers write them: draft, with pictures, published on the page and in the account's history."""

from __future__ import annotations

import datetime
import re
from typing import List, Tuple

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session

from traffic.announcements import Announcement
from traffic.database import Base, UtcDateTime
from traffic.errors import ArticleError

TOPICS = ("notice", "service", "exposure", "safety", "news")
LONGEST_TITLE, LONGEST_BODY = 64, 20_000


class Article(Base):
    """Who wrote an announcement, when, and the paths of its pictures."""

    __tablename__ = "articles"

    announcement_id: Mapped[int] = sa.Column(sa.ForeignKey("announcements.id"), primary_key=True)
    author: Mapped[str] = sa.Column(sa.String(32), nullable=False)
    changed_at: Mapped[datetime.datetime] = sa.Column(UtcDateTime, nullable=False)
    pictures: Mapped[List[str]] = sa.Column(sa.JSON, nullable=False, default=list)


PICTURE = re.compile(r"\[图(\d)\]")


def parts(body: str, pictures: int) -> List[Tuple[str, int]]:
    """Paragraphs in their order as (text, 0), pictures as ("", number); those not placed by a line [图1] stand last."""
    found: List[Tuple[str, int]] = []
    for line in filter(None, (line.strip() for line in body.splitlines())):
        place = PICTURE.fullmatch(line)
        found.append(("", int(place[1])) if place and 1 <= int(place[1]) <= pictures else (line, 0))
    placed = {number for _, number in found}
    return found + [("", number) for number in range(1, pictures + 1) if number not in placed]


def save(session: Session, number: int | None, topic: str, title: str, body: str, pictures: List[str], author: str,
         now: datetime.datetime) -> Announcement:
    """A draft, new (None) or changed. Raises ArticleError with the field that is wrong."""
    fault = ("topic" if topic not in TOPICS else "title" if not 0 < len(title.strip()) <= LONGEST_TITLE
             else "body" if not 0 < len(body.strip()) <= LONGEST_BODY else "")
    if fault:
        raise ArticleError(fault)
    row = Announcement() if number is None else written(session, number)
    row.topic, row.title, row.body, row.picture = topic, title.strip(), body.strip(), next(iter(pictures), None)
    session.add(row)
    session.flush()
    article = session.get(Article, row.id) or Article(announcement_id=row.id)
    article.author, article.changed_at, article.pictures = author, now, pictures
    session.add(article)
    session.flush()
    return row


def written(session: Session, number: int) -> Announcement:
    """One announcement. Raises ArticleError."""
    row = session.get(Announcement, number)
    if row is None:
        raise ArticleError("unknown")
    return row


def article_of(session: Session, number: int) -> Article | None:
    """What is known of its making; None for an imported one."""
    return session.get(Article, number)


def publish(session: Session, number: int, at: datetime.datetime, until: datetime.datetime | None) -> Announcement:
    """Shows it from `at` on, perhaps until `until`. Raises ArticleError."""
    row = written(session, number)
    if until and until <= at:
        raise ArticleError("until")
    row.published_at, row.ends_at = at, until
    session.flush()
    return row


def withdraw(session: Session, number: int) -> Announcement:
    """Takes it off the page; it is a draft again. Raises ArticleError."""
    row = written(session, number)
    row.published_at = row.ends_at = None
    session.flush()
    return row


def everything(session: Session, limit: int = 100) -> List[Announcement]:
    """Drafts first, then the latest published."""
    query = sa.select(Announcement).order_by(Announcement.published_at.is_(None).desc(),
                                             Announcement.published_at.desc(), Announcement.id.desc())
    return list(session.execute(query.limit(limit)).scalars())
