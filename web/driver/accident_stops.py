"""Stops the settling of drivers who say in the chat that somebody is hurt, however the bot answered that.

An emergency is answered without the action server, a question about injuries by the answer book: neither knows cases.
"""

from __future__ import annotations

import contextlib
import datetime
from typing import Dict, List, Tuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bot.personal_numbers import covered
from messages.tables import inbox
from messages.tables import understandings as understood
from traffic.accident_rules import ground_midway
from traffic.accident_stops import running, stop
from traffic.database import reading, writing
from traffic.errors import CaseMoved, NotYours

WITHIN = datetime.timedelta(minutes=10)
Running = Dict[str, List[Tuple[str, datetime.datetime]]]


def stop_what_was_said(engine: Engine, now: datetime.datetime) -> int:
    """Leaves to an officer each case whose driver told a ground since it began; how many."""
    with reading(engine) as session:
        settling = running(session, now)
        said = _said(session.connection(), settling, now) if settling else []
    return sum(_stop(engine, driver, number, text, now) for driver, number, text in said)


def _said(connection: Connection, settling: Running, now: datetime.datetime) -> List[Tuple[str, str, str]]:
    """(driver, case's number, words) that stop a case."""
    query = (sa.select(understood.c.driver, inbox.c.text, inbox.c.received_at)
             .join(inbox, inbox.c.id == understood.c.inbox_id)
             .where(understood.c.at > now - WITHIN, understood.c.driver.in_(list(settling))).order_by(inbox.c.id))
    return [(row.driver, number, row.text) for row in connection.execute(query)
            for number, since in settling[row.driver]
            if row.received_at > since and row.text and ground_midway(row.text)]


def _stop(engine: Engine, driver: str, number: str, words: str, now: datetime.datetime) -> int:
    with contextlib.suppress(CaseMoved, NotYours), writing(engine) as session:
        stop(session, driver, number, covered(words), now)
        return 1
    return 0
