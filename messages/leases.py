"""Work that one process at a time may do: a name, its holder, and until when."""

from __future__ import annotations

import datetime
from typing import Optional

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.inserts import insert_missing
from messages.tables import leases

LONG_AGO = datetime.datetime(2000, 1, 1, tzinfo=datetime.timezone.utc)


def take(session: Connection, name: str, holder: str, now: datetime.datetime, seconds: float) -> bool:
    """Takes or renews the lease; False while another holds it."""
    insert_missing(session, leases, {"name": name, "holder": "", "until": LONG_AGO})
    free = sa.or_(leases.c.holder == holder, leases.c.until <= now)
    taken = sa.update(leases).where(leases.c.name == name, free).values(
        holder=holder, until=now + datetime.timedelta(seconds=seconds))
    return bool(session.execute(taken).rowcount)


def give_up(session: Connection, name: str, holder: str, now: datetime.datetime) -> None:
    """Frees the lease, so that nobody waits for its end."""
    session.execute(sa.update(leases).where(leases.c.name == name, leases.c.holder == holder).values(until=now))


def last_end(session: Connection, name: str) -> Optional[datetime.datetime]:
    """When the lease ends or ended; None when nobody ever held it."""
    until = session.execute(sa.select(leases.c.until).where(leases.c.name == name)).scalar()
    return None if until is None or until <= LONG_AGO else until
