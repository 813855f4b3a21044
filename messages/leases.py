"""Work that one process at a time may do: a name, its holder, and until when."""

from __future__ import annotations

import datetime
from typing import Optional

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.holders import surely_dead
from messages.inserts import insert_missing
from messages.tables import leases

LONG_AGO = datetime.datetime(2000, 1, 1, tzinfo=datetime.timezone.utc)


def take(session: Connection, name: str, holder: str, now: datetime.datetime, seconds: float) -> bool:
    """Takes or renews the lease; False while another holds it who may be alive (`holders.new_holder`)."""
    insert_missing(session, leases, {"name": name, "holder": "", "until": LONG_AGO})
    held = session.execute(sa.select(leases.c.holder).where(leases.c.name == name)).scalar() or ""
    mine = leases.c.holder.in_([holder, held] if surely_dead(held) else [holder])
    taken = sa.update(leases).where(leases.c.name == name, sa.or_(mine, leases.c.until <= now)).values(
        holder=holder, until=now + datetime.timedelta(seconds=seconds))
    return bool(session.execute(taken).rowcount)


def free(session: Connection, name: str, now: datetime.datetime) -> bool:
    """Whether nobody who may be alive holds it: asked before `take`, which writes."""
    row = session.execute(sa.select(leases).where(leases.c.name == name)).one_or_none()
    return row is None or row.until <= now or surely_dead(row.holder)


def give_up(session: Connection, name: str, holder: str, now: datetime.datetime) -> None:
    """Frees the lease, so that nobody waits for its end."""
    session.execute(sa.update(leases).where(leases.c.name == name, leases.c.holder == holder).values(until=now))


def last_end(session: Connection, name: str) -> Optional[datetime.datetime]:
    """When the lease ends or ended; None when nobody ever held it."""
    until = session.execute(sa.select(leases.c.until).where(leases.c.name == name)).scalar()
    return None if until is None or until <= LONG_AGO else until
