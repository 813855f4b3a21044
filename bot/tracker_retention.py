"""Rasa's saved conversations (table `events`) leave after their time. Imports no Rasa: a daily job shouldn't wait 10 s.

Only whole sessions leave: the tracker store counts what it has saved of the running one.
"""

from __future__ import annotations

import datetime
import time

import sqlalchemy as sa
from sqlalchemy.engine import Engine

PAUSE = 0.02  # seconds between two transactions, for SQLite's other writers
events = sa.table("events", sa.column("id"), sa.column("sender_id"), sa.column("type_name"), sa.column("timestamp"))


def remove_old(engine: Engine, keep: datetime.timedelta, now: datetime.datetime, batch: int = 500) -> int:
    """Deletes events of sessions that ended longer than `keep` ago, `batch` a transaction; returns how many."""
    if not sa.inspect(engine).has_table("events"):
        return 0  # Rasa makes it at its first start
    old, removed = _old((now - keep).timestamp()).limit(batch), 0
    while True:
        with engine.connect() as session:
            ids = list(session.execute(old).scalars())
        if ids:
            with engine.connect().execution_options(writes=True) as session, session.begin():
                session.execute(sa.delete(events).where(events.c.id.in_(ids)))
        removed += len(ids)
        if len(ids) < batch:
            return removed
        time.sleep(PAUSE)


def _old(before: float) -> sa.sql.Select:
    """Events before the running session's begin, and all of whoever said nothing since `before`."""
    later, begun = sa.alias(events), sa.alias(events)
    idle = ~sa.exists().where(later.c.sender_id == events.c.sender_id, later.c.timestamp >= before)
    running = sa.select(sa.func.max(begun.c.id)).where(
        begun.c.sender_id == events.c.sender_id, begun.c.type_name == "session_started").scalar_subquery()
    return sa.select(events.c.id).where(events.c.timestamp < before, sa.or_(idle, events.c.id < running)).order_by(
        events.c.id)
