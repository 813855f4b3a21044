"""Who handled which conversation, from when to when: the ground of waiting and handling times."""

from __future__ import annotations

import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from web.desk.tables import handlings as table

ENDINGS = ("answered", "ticket", "called", "no_reply", "misuse")
RATED = ("answered", "ticket", "called")
PASSED, ABSENT = "passed_on", "absent"


def begin(session: Connection, channel: str, driver: str, officer: str, reason: str | None,
          waited_since: datetime.datetime, now: datetime.datetime) -> None:
    """The officer has the conversation from now on."""
    session.execute(sa.insert(table).values(channel=channel, driver=driver, officer=officer, reason=reason,
                                            waited_since=waited_since, begun_at=now))


def running(session: Connection, channel: str, driver: str) -> int | None:
    """The number of what is being handled now."""
    query = sa.select(table.c.id).where(table.c.channel == channel, table.c.driver == driver)
    return session.execute(query.where(table.c.ended_at.is_(None)).order_by(table.c.id.desc()).limit(1)).scalar()


def of(session: Connection, channel: str, driver: str, limit: int = 10) -> list[Any]:
    """The last ones of a driver, newest first: officer, begun_at, ended_at, ended_as, id."""
    query = sa.select(table).where(table.c.channel == channel, table.c.driver == driver)
    return list(session.execute(query.order_by(table.c.id.desc()).limit(limit)))


def end(session: Connection, channel: str, driver: str, ended_as: str, now: datetime.datetime) -> None:
    """Nobody or another officer has it from now on."""
    running = sa.and_(table.c.channel == channel, table.c.driver == driver, table.c.ended_at.is_(None))
    session.execute(sa.update(table).where(running).values(ended_at=now, ended_as=ended_as))
