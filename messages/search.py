"""Finds conversations by words that were said in them."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.tables import conversations, inbox, outbox


@dataclasses.dataclass(frozen=True)
class Hit:
    """A conversation in which the words were said: where it is now, and the newest message that holds them."""

    channel: str
    driver: str
    holder: str
    officer: str | None
    text: str
    at: datetime.datetime


def by_words(session: Connection, words: str, limit: int = 50) -> list[Hit]:
    """Conversations whose driver, bot or officer said the words, the newest first; case counts for Chinese nowhere."""
    pattern = "%" + words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    newest: dict[tuple[str, str], Hit] = {}
    for table, at in ((inbox, inbox.c.received_at), (outbox, outbox.c.created_at)):
        for hit in _in(session, table, at, pattern, limit):
            known = newest.get((hit.channel, hit.driver))
            if known is None or known.at < hit.at:
                newest[(hit.channel, hit.driver)] = hit
    return sorted(newest.values(), key=lambda hit: hit.at, reverse=True)[:limit]


def _in(session: Connection, table: sa.Table, at: Any, pattern: str, limit: int) -> list[Hit]:
    last = (sa.select(sa.func.max(table.c.id)).where(table.c.text.ilike(pattern, escape="\\"))
            .group_by(table.c.channel, table.c.driver).order_by(sa.func.max(table.c.id).desc()).limit(limit))
    same = sa.and_(conversations.c.channel == table.c.channel, conversations.c.driver == table.c.driver)
    rows = session.execute(sa.select(table.c.channel, table.c.driver, table.c.text, at, conversations.c.holder,
                                     conversations.c.officer).join(conversations, same).where(table.c.id.in_(last)))
    return [Hit(row.channel, row.driver, row.holder, row.officer, row.text, row[3]) for row in rows]


def of_drivers(session: Connection, drivers: list[str]) -> list[Hit]:
    """The conversations of these drivers, without a text of theirs."""
    rows = session.execute(sa.select(conversations).where(conversations.c.driver.in_(drivers)))
    return [Hit(row.channel, row.driver, row.holder, row.officer, "", row.since) for row in rows]
