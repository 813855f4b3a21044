"""Sessions of signed-in officers, kept in the database; the browser has only a token."""

from __future__ import annotations

import datetime
import hashlib
import secrets

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from web.desk.officers import Officer, of_row
from web.desk.tables import officer_sessions as table
from web.desk.tables import officers

IDLE = datetime.timedelta(minutes=30)
LONGEST = datetime.timedelta(hours=12)
ABSENT_AFTER = datetime.timedelta(minutes=3)


def digest(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def begin(session: Connection, officer_id: int, now: datetime.datetime) -> str:
    """A new session's token; removes the officer's ended ones."""
    session.execute(sa.delete(table).where(table.c.officer_id == officer_id, sa.not_(_running(now))))
    token = secrets.token_urlsafe(32)
    session.execute(sa.insert(table).values(digest=digest(token), officer_id=officer_id, begun_at=now, active_at=now,
                                            beat_at=now))
    return token


def who(session: Connection, token: str, now: datetime.datetime) -> Officer | None:
    """The officer of a running session, else None."""
    query = sa.select(officers).join(table, table.c.officer_id == officers.c.id).where(
        table.c.digest == digest(token), _running(now), officers.c.active)
    row = session.execute(query).one_or_none()
    return of_row(row) if row else None


def touch(session: Connection, token: str, now: datetime.datetime) -> None:
    """The officer did something: the idle time begins anew."""
    session.execute(sa.update(table).where(table.c.digest == digest(token)).values(active_at=now, beat_at=now))


def beat(session: Connection, token: str, now: datetime.datetime) -> None:
    """A page of the session is open; that alone doesn't keep it running."""
    session.execute(sa.update(table).where(table.c.digest == digest(token)).values(beat_at=now))


def end(session: Connection, token: str) -> None:
    """Signs out."""
    session.execute(sa.delete(table).where(table.c.digest == digest(token)))


def present(session: Connection, now: datetime.datetime) -> set[str]:
    """Names of officers with a running session whose page was open within ABSENT_AFTER."""
    query = sa.select(officers.c.name).join(table, table.c.officer_id == officers.c.id).where(
        _running(now), table.c.beat_at > now - ABSENT_AFTER)
    return set(session.execute(query).scalars())


def _running(now: datetime.datetime) -> sa.sql.ColumnElement[bool]:
    return sa.and_(table.c.active_at > now - IDLE, table.c.begun_at > now - LONGEST)
