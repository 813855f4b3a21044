"""An outside service's access token, shared by all processes; one of them renews it at a time."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Optional

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.inserts import insert_missing
from messages.tables import access_tokens


@dataclasses.dataclass(frozen=True, repr=False)
class Token:
    """A token and when it ends; `forced_at` is when a new one was last demanded. Not shown by repr: it is a secret."""

    value: Optional[str]
    expires_at: Optional[datetime.datetime]
    forced_at: Optional[datetime.datetime]


def read(session: Connection, name: str) -> Token:
    """The token as last stored; empty when there never was one."""
    row = session.execute(sa.select(access_tokens).where(access_tokens.c.name == name)).one_or_none()
    return Token(row.value, row.expires_at, row.forced_at) if row else Token(None, None, None)


def begin_refresh(session: Connection, name: str, now: datetime.datetime, lease: float) -> bool:
    """Whether this process is the one to renew the token, for `lease` seconds."""
    insert_missing(session, access_tokens, {"name": name})
    free = sa.or_(access_tokens.c.refreshing_until.is_(None), access_tokens.c.refreshing_until <= now)
    until = now + datetime.timedelta(seconds=lease)
    return bool(session.execute(sa.update(access_tokens).where(access_tokens.c.name == name, free)
                                .values(refreshing_until=until)).rowcount)


def store(session: Connection, name: str, value: str, now: datetime.datetime, seconds: float, forced: bool) -> None:
    """Keeps a new token that lives `seconds`, and ends the refresh."""
    values = {"value": value, "expires_at": now + datetime.timedelta(seconds=seconds), "refreshing_until": None}
    if forced:
        values["forced_at"] = now
    session.execute(sa.update(access_tokens).where(access_tokens.c.name == name).values(values))


def end_refresh(session: Connection, name: str) -> None:
    """The refresh failed; another may try."""
    session.execute(sa.update(access_tokens).where(access_tokens.c.name == name).values(refreshing_until=None))
