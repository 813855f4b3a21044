"""Old rows leave, a few at a time, so that nobody waits for the job."""

from __future__ import annotations

import datetime
import time

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from messages.clock import utc_now
from messages.database import reading, writing
from messages.tables import allowances, conversations, follows, inbox, media, outbox, ratings, understandings

KEEP = datetime.timedelta(days=180)
OPEN_MESSAGES = ("waiting", "held")
OPEN_REPLIES = ("ready", "planned", "sending")
PAUSE = 0.02  # seconds between two transactions: SQLite's other writers knock only now and then


def remove_old(engine: Engine, keep: datetime.timedelta = KEEP, batch: int = 500) -> int:
    """Deletes what ended longer than `keep` ago, `batch` rows a transaction; returns how many rows.

    Waiting, held and sending rows stay whatever their age: they are promises.
    """
    now = utc_now()
    before = now - keep
    ended = (
        (inbox, sa.and_(inbox.c.received_at < before, *(inbox.c.state != state for state in OPEN_MESSAGES))),
        (outbox, sa.and_(outbox.c.created_at < before, *(outbox.c.state != state for state in OPEN_REPLIES))),
        (follows, follows.c.at < before),
        (understandings, understandings.c.at < before),
        (ratings, ratings.c.at < before),
        (media, sa.and_(media.c.received_at < before, media.c.state != "waiting")),
        (allowances, allowances.c.expires_at < now),
        (conversations, _idle_since(before)),
    )
    return sum(remove(engine, table, old, batch) for table, old in ended)


def remove(engine: Engine, table: sa.Table, old: sa.sql.ColumnElement[bool], batch: int = 500) -> int:
    """Deletes the rows that are `old`, `batch` a transaction; returns how many. They are looked for while others write.

    What ceases to be old between the look and the deletion stays.
    """
    key = list(table.primary_key)
    found = sa.select(*key).where(old).order_by(*key).limit(batch)
    gone = sa.delete(table).where(*(column == sa.bindparam(f"of_{column.name}") for column in key), old)
    removed = 0
    while True:
        with reading(engine) as session:
            rows = [{f"of_{column.name}": row[column] for column in key} for row in session.execute(found).mappings()]
        if rows:
            with writing(engine) as session:
                session.execute(gone, rows)
        removed += len(rows)
        if len(rows) < batch:
            return removed
        time.sleep(PAUSE)


def _idle_since(before: datetime.datetime) -> sa.sql.ColumnElement[bool]:
    """Conversations of the bot in which nothing is left; they begin anew at the next message."""
    written = sa.exists().where(inbox.c.channel == conversations.c.channel, inbox.c.driver == conversations.c.driver)
    return sa.and_(conversations.c.holder == "bot", conversations.c.turn_until.is_(None),
                   conversations.c.since < before, ~written)
