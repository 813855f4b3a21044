"""Articles that are to stand in the account's own history: wanted, drafted, publishing, published or failed."""

from __future__ import annotations

import datetime
from typing import Any, Optional, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.tables import publications

UNDER_WAY = ("wanted", "drafted", "publishing")


def want(session: Connection, channel: str, article: int, title: str, author: str, parts: Sequence[tuple[str, int]],
         pictures: Sequence[str], now: datetime.datetime) -> Optional[int]:
    """Asks for it; None while an earlier wish for the article is under way.

    `parts` are (text, 0) or ("", number of the picture); `pictures` paths below `var/photos`.
    """
    last = latest(session, article)
    if last is not None and last.state in UNDER_WAY:
        return None
    made = sa.insert(publications).values(
        channel=channel, article=article, title=title, author=author, parts=[list(part) for part in parts],
        pictures=list(pictures), state="wanted", wanted_at=now, changed_at=now)
    return session.execute(made).inserted_primary_key[0]


def latest(session: Connection, article: int) -> Any:
    """The last one of an article, None without any."""
    query = sa.select(publications).where(publications.c.article == article)
    return session.execute(query.order_by(publications.c.id.desc()).limit(1)).one_or_none()


def under_way(session: Connection, channel: str) -> list[Any]:
    """Those that the channel has still to do something for, oldest first."""
    query = sa.select(publications).where(publications.c.channel == channel, publications.c.state.in_(UNDER_WAY))
    return list(session.execute(query.order_by(publications.c.id)))


def step(session: Connection, number: int, old: str, new: str, now: datetime.datetime, **values: Any) -> bool:
    """From one state to the next; False when another process was quicker."""
    one = sa.and_(publications.c.id == number, publications.c.state == old)
    moved = sa.update(publications).where(one).values(state=new, changed_at=now, **values)
    return bool(session.execute(moved).rowcount)
