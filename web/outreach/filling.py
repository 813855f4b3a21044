"""Recipients of broadcasts: followers whom the records count among those meant, written down a few at a time."""

from __future__ import annotations

import datetime
from typing import Iterator, List

from sqlalchemy.engine import Connection, Engine

from messages import broadcasts
from messages.broadcasts import Broadcast
from messages.database import reading, writing
from traffic.audience import Audience, members, read_audience
from web.desk.database import records

AT_ONCE = 2000


def count_members(session: Connection, channel: str, audience: Audience, now: datetime.datetime) -> int:
    """How many followers are meant."""
    with records(session) as traffic:
        meant = members(traffic, audience, now)
    return sum(driver in meant for some in _followers(session, channel, "") for driver in some)


def _followers(session: Connection, channel: str, after: str) -> Iterator[List[str]]:
    while some := broadcasts.followers(session, channel, after, AT_ONCE):
        yield some
        after = some[-1]


def fill_due(engine: Engine, now: datetime.datetime) -> int:
    """Writes down the recipients of broadcasts whose time has come, and lets them run; how many broadcasts.

    Killed in between, it goes on where it was.
    """
    with reading(engine) as session:
        due = broadcasts.due(session, now)
    for each in due:
        _fill(engine, each, now)
    return len(due)


def _fill(engine: Engine, each: Broadcast, now: datetime.datetime) -> None:
    with reading(engine) as session, records(session) as traffic:
        meant = members(traffic, read_audience(traffic, each.audience), now)
    after = each.filled_to
    while True:
        with writing(engine) as session:
            some = broadcasts.followers(session, each.channel, after, AT_ONCE)
            chosen = [driver for driver in some if driver in meant]
            if not broadcasts.fill(session, each, chosen, some[-1] if some else after, now):
                return  # stopped meanwhile
            if not some:
                broadcasts.run(session, each.id)
                return
        after = some[-1]
