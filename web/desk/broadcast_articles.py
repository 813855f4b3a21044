"""The article that a broadcast carries: which there are, and what goes out of one."""

from __future__ import annotations

import datetime
from typing import Any, Dict, List

from sqlalchemy.orm import Session

from traffic.announcements import Announcement, announcement, latest
from traffic.articles import article_of, parts
from traffic.errors import BulletinError

OFFERED = 50


def offered(traffic: Session, now: datetime.datetime) -> List[Announcement]:
    """Published ones with a picture, newest first: what drivers can open when the broadcast arrives."""
    return [each for each in latest(traffic, OFFERED, now=now) if _pictures(traffic, each.id)]


def carried(traffic: Session, number: str, address: str, begins: datetime.datetime) -> Dict[str, Any] | None:
    """What a broadcast keeps of an article, None for none; `address` is that of our pages, "" when nobody said so.

    Raises BulletinError("article") when drivers could not open it at `begins`.
    """
    if not number:
        return None
    found = announcement(traffic, int(number)) if number.isascii() and number.isdecimal() else None
    pictures = _pictures(traffic, found.id) if found else []
    if found is None or not pictures or not address or not _open(found, begins):
        raise BulletinError("article")
    page = f"{address}/h5/articles/{found.id}"
    return {"number": found.id, "title": found.title, "address": page, "picture": f"{page}/pictures/1",
            "parts": [list(part) for part in parts(found.body, len(pictures))], "pictures": pictures}


def _open(found: Announcement, at: datetime.datetime) -> bool:
    begun = found.published_at is not None and found.published_at <= at
    return begun and (found.ends_at is None or found.ends_at > at)


def _pictures(traffic: Session, number: int) -> List[str]:
    article = article_of(traffic, number)
    return list(article.pictures) if article else []
