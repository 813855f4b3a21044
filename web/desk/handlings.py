"""Who handled which conversation, from when to when: the ground of waiting and handling times."""

from __future__ import annotations

import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from web.desk.tables import handlings as table

ENDINGS = ("answered", "ticket", "called", "no_reply", "misuse")
PASSED, ABSENT = "passed_on", "absent"


def begin(session: Connection, channel: str, driver: str, officer: str, reason: str | None,
          waited_since: datetime.datetime, now: datetime.datetime) -> None:
    """The officer has the conversation from now on."""
    session.execute(sa.insert(table).values(channel=channel, driver=driver, officer=officer, reason=reason,
                                            waited_since=waited_since, begun_at=now))


def end(session: Connection, channel: str, driver: str, ended_as: str, now: datetime.datetime) -> None:
    """Nobody or another officer has it from now on."""
    running = sa.and_(table.c.channel == channel, table.c.driver == driver, table.c.ended_at.is_(None))
    session.execute(sa.update(table).where(running).values(ended_at=now, ended_as=ended_as))
