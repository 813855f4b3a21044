"""Internal notes on a driver's conversation: officers see them, drivers never."""

from __future__ import annotations

import dataclasses
import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from web.desk.tables import notes as table


@dataclasses.dataclass(frozen=True)
class Note:
    """One note."""

    id: int
    officer: str
    text: str
    at: datetime.datetime


def add(session: Connection, channel: str, driver: str, officer: str, text: str, now: datetime.datetime) -> None:
    """Keeps a note."""
    session.execute(sa.insert(table).values(channel=channel, driver=driver, officer=officer, text=text, at=now))


def of(session: Connection, channel: str, driver: str, limit: int = 30) -> list[Note]:
    """The last notes, oldest first."""
    mine = sa.and_(table.c.channel == channel, table.c.driver == driver)
    rows = session.execute(sa.select(table).where(mine).order_by(table.c.id.desc()).limit(limit)).all()
    return [Note(row.id, row.officer, row.text, row.at) for row in reversed(rows)]


def newest(session: Connection, channel: str, driver: str) -> int | None:
    """Id of the last note."""
    mine = sa.and_(table.c.channel == channel, table.c.driver == driver)
    return session.execute(sa.select(sa.func.max(table.c.id)).where(mine)).scalar()
