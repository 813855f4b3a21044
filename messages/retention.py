"""Old rows leave, a few at a time, so that nobody waits for the job."""

from __future__ import annotations

import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from messages.clock import utc_now
from messages.database import writing
from messages.tables import allowances, conversations, follows, inbox, outbox, ratings, understandings

KEEP = datetime.timedelta(days=180)
OPEN_MESSAGES = ("waiting", "held")
OPEN_REPLIES = ("ready", "sending")


def remove_old(engine: Engine, keep: datetime.timedelta = KEEP, batch: int = 500) -> int:
    """Deletes what ended longer than `keep` ago, `batch` rows a transaction; returns how many rows.

    Waiting, held and sending rows stay whatever their age: they are promises.
    """
    before = utc_now() - keep
    conditions = (
        (inbox, sa.and_(inbox.c.received_at < before, inbox.c.state.not_in(OPEN_MESSAGES))),
        (outbox, sa.and_(outbox.c.created_at < before, outbox.c.state.not_in(OPEN_REPLIES))),
        (follows, follows.c.at < before),
    )
    removed = sum(_remove(engine, table, table.c.id, old, batch) for table, old in conditions)
    removed += _remove(engine, understandings, understandings.c.inbox_id, understandings.c.at < before, batch)
    removed += _remove(engine, ratings, ratings.c.at, ratings.c.at < before, batch)
    return removed + _remove_ended_allowances(engine) + _remove_idle(engine, before)


def _remove(engine: Engine, table: sa.Table, key: sa.Column[int], old: sa.sql.ColumnElement[bool], batch: int) -> int:
    removed = 0
    while True:
        with writing(engine) as session:
            some = sa.select(key).where(old).limit(batch)
            count = session.execute(sa.delete(table).where(key.in_(some))).rowcount
        removed += count
        if count < batch:
            return removed


def _remove_ended_allowances(engine: Engine) -> int:
    with writing(engine) as session:
        return session.execute(sa.delete(allowances).where(allowances.c.expires_at < utc_now())).rowcount


def _remove_idle(engine: Engine, before: datetime.datetime) -> int:
    """Conversations of the bot in which nothing is left; they begin anew at the next message."""
    written = sa.exists().where(inbox.c.channel == conversations.c.channel, inbox.c.driver == conversations.c.driver)
    idle = sa.and_(conversations.c.holder == "bot", conversations.c.turn_until.is_(None),
                   conversations.c.since < before, ~written)
    with writing(engine) as session:
        return session.execute(sa.delete(conversations).where(idle)).rowcount
