"""Announcements, articles and tutorials, by topic and period; they need no link and may be passed on."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime
from typing import List

from sanic.response import HTTPResponse, raw
from sqlalchemy.orm import Session

from traffic import photos
from traffic.announcements import Announcement, announcement, latest
from traffic.articles import article_of, parts
from traffic.presentation import local
from web.article_looks import may_look
from web.driver.errors import Missing
from web.driver.guard import Route, Visit
from web.driver.guides import guides, in_words_of
from web.driver.hall import Hall

TOPICS = ("notice", "service", "exposure", "safety", "news")
PERIODS = {"week": 7, "month": 31, "year": 366}  # days
MOST = 60
ALL = "all"
LARGEST_ID = 2 ** 31


@dataclasses.dataclass(frozen=True)
class Title:
    """One line of the list; `name` is its part of the address."""

    name: str
    topic: str
    title: str
    on: datetime.date


async def _articles(hall: Hall, visit: Visit | None) -> HTTPResponse:
    return await _list(hall, visit, "", "")


async def _of_topic(hall: Hall, visit: Visit | None, topic: str, period: str) -> HTTPResponse:
    if topic not in (*TOPICS, ALL) or period not in (*PERIODS, ALL):
        raise Missing("no such topic or period")
    return await _list(hall, visit, topic if topic != ALL else "", period if period != ALL else "")


async def _list(hall: Hall, visit: Visit | None, topic: str, period: str) -> HTTPResponse:
    since = hall.now() - datetime.timedelta(days=PERIODS[period]) if period else None
    found = await hall.look_up(latest, MOST, topic=topic or None, since=since, now=hall.now())
    titles = [*map(_title, found), *_guide_titles(topic, since)]
    return hall.page("articles.html", visit=visit, topic=topic, period=period,
                     titles=sorted(titles, key=lambda title: title.on, reverse=True))


def _title(found: Announcement) -> Title:
    published = found.published_at or datetime.datetime.min.replace(tzinfo=datetime.timezone.utc)
    return Title(str(found.id), found.topic, found.title, local(published).date())


def _guide_titles(topic: str, since: datetime.datetime | None) -> List[Title]:
    return [Title(name, guide.topic, guide.title, guide.changed) for name, guide in guides().items()
            if topic in ("", guide.topic) and (since is None or guide.changed >= local(since).date())]


async def _article(hall: Hall, visit: Visit | None, name: str) -> HTTPResponse:
    guide = guides().get(name)
    if guide:
        return hall.page("guide.html", visit=visit, guide=in_words_of(guide, hall.station))
    return await _page(hall, visit, await hall.look_up(published, name, hall.now()), f"/h5/articles/{name}", "")


async def _draft(hall: Hall, visit: Visit | None, name: str, word: str) -> HTTPResponse:
    """The page as drivers will see it, for officers who have its address on their phone."""
    found = await hall.look_up(_looked_at, name, word, hall.settings.weijing_secret, hall.now())
    return await _page(hall, visit, found, f"/h5/articles/{name}/draft/{word}", "预览，还没有发布")


def _looked_at(session: Session, name: str, word: str, secret: str, now: datetime.datetime) -> Announcement:
    number = int(name) if name.isascii() and name.isdigit() and int(name) < LARGEST_ID else 0
    found = announcement(session, number) if may_look(secret, number, word, local(now).date()) else None
    if found is None:
        raise Missing("no such article")
    return found


async def _page(hall: Hall, visit: Visit | None, found: Announcement, address: str, note: str) -> HTTPResponse:
    pictures = await hall.look_up(_pictures, found.id)
    return hall.page("article.html", visit=visit, article=found, title=_title(found), address=address, note=note,
                     parts=parts(found.body, len(pictures)))


def _pictures(session: Session, number: int) -> List[str]:
    article = article_of(session, number)
    return list(article.pictures) if article else []


async def _picture(hall: Hall, visit: Visit | None, name: str, place: int) -> HTTPResponse:
    return await _jpeg(hall, await hall.look_up(published, name, hall.now()), place)


async def _draft_picture(hall: Hall, visit: Visit | None, name: str, word: str, place: int) -> HTTPResponse:
    found = await hall.look_up(_looked_at, name, word, hall.settings.weijing_secret, hall.now())
    return await _jpeg(hall, found, place)


async def _jpeg(hall: Hall, found: Announcement, place: int) -> HTTPResponse:
    pictures = await hall.look_up(_pictures, found.id)
    data = await asyncio.to_thread(photos.read, pictures[place - 1]) if 1 <= place <= len(pictures) else None
    if data is None:
        raise Missing("no such picture")
    return raw(data, content_type="image/jpeg")


def published(session: Session, name: str, now: datetime.datetime) -> Announcement:
    """What was announced under this number. Raises Missing: unknown, not yet published, or no longer valid."""
    number = int(name) if name.isascii() and name.isdigit() and int(name) < LARGEST_ID else 0
    found = announcement(session, number) if number else None
    if found is None or found.published_at is None or found.published_at > now:
        raise Missing("no such article")
    if found.ends_at is not None and found.ends_at <= now:
        raise Missing("no longer valid")
    return found


ROUTES = [
    Route("/articles", _articles, public=True), Route("/articles/<name:str>", _article, public=True),
    Route("/articles/<name:str>/pictures/<place:int>", _picture, public=True),
    Route("/articles/<name:str>/draft/<word:str>", _draft, public=True),
    Route("/articles/<name:str>/draft/<word:str>/pictures/<place:int>", _draft_picture, public=True),
    Route("/articles/topic/<topic:str>/<period:str>", _of_topic, public=True),
]
