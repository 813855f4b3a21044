"""What officers wrote and did leaves after its time; tickets and the audit log are the station's files and stay."""

from __future__ import annotations

import datetime

from sqlalchemy.engine import Engine

from messages.clock import utc_now
from messages.retention import remove
from web.desk.tables import handlings, notes, officer_sessions, sent_answers

ANSWERS_FOR = datetime.timedelta(days=1)  # a button is not pressed again the day after


def remove_old(engine: Engine, keep: datetime.timedelta) -> int:
    """Deletes notes and handlings that ended longer than `keep` ago, and yesterday's form keys; returns how many."""
    now = utc_now()
    before = now - keep
    ended = (
        (notes, notes.c.at < before),
        (handlings, handlings.c.ended_at < before),
        (officer_sessions, officer_sessions.c.active_at < before),
        (sent_answers, sent_answers.c.at < now - ANSWERS_FOR),
    )
    return sum(remove(engine, table, old) for table, old in ended)
