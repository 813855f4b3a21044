"""Signing in: name and password, five tries, then a quarter of an hour of nothing."""

from __future__ import annotations

import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from messages.database import writing
from web.desk import passwords, sessions
from web.desk.deeds import record
from web.desk.officers import Officer, of_row
from web.desk.one_time_codes import Codes
from web.desk.tables import officers

TRIES = 5
LOCKED_FOR = datetime.timedelta(minutes=15)


def sign_in(engine: Engine, name: str, password: str, now: datetime.datetime, code: str = "",
            codes: Codes | None = None) -> str | None:
    """The token of a new session, or None: wrong, unknown, dismissed or locked, and nobody outside learns which.

    Who has enrolled needs the `code` of the moment, too.
    """
    officer, stored = _begin_try(engine, name, now)
    if not passwords.fits(stored, password) or officer is None:
        return None
    with writing(engine) as session:
        if codes is not None and not codes.admit(session, officer.id, code, now):
            return None
        session.execute(sa.update(officers).where(officers.c.id == officer.id).values(tries=0, locked_until=None))
        record(session, officer.name, "signed_in", f"officer:{officer.name}", now=now)
        return sessions.begin(session, officer.id, now)


def _begin_try(engine: Engine, name: str, now: datetime.datetime) -> tuple[Officer | None, str | None]:
    """Counts the try before the password is looked at, so that many at once are not more than five."""
    with writing(engine) as session:
        row = session.execute(sa.select(officers).where(officers.c.name == name).with_for_update()).one_or_none()
        if row is None or not row.active or (row.locked_until and row.locked_until > now):
            return None, None
        _count(session, row, now)
        return of_row(row), row.password


def _count(session: Connection, row: sa.engine.Row, now: datetime.datetime) -> None:
    last = row.tries + 1 >= TRIES
    values = {"tries": 0, "locked_until": now + LOCKED_FOR} if last else {"tries": row.tries + 1}
    session.execute(sa.update(officers).where(officers.c.id == row.id).values(values))
    if last:
        record(session, row.name, "locked", f"officer:{row.name}", now=now)
