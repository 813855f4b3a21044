"""The lead's figures: what drivers asked, how much was answered without a person, how long they waited.

All are counted by the database; a month of 100,000 messages takes well under a second.
"""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any, Dict, List, Sequence, Tuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.tables import follows, inbox, ratings, understandings
from messages.understandings import UNSURE
from web.desk.tables import handlings

TOP = 15
LATEST = 40
NO_COUNTER = ""


@dataclasses.dataclass(frozen=True)
class Times:
    """Seconds of one handled conversation: until an officer came, and until the end (None while it runs)."""

    officer: str
    reason: str
    waited: float
    handled: float | None


@dataclasses.dataclass(frozen=True)
class Figures:
    """Everything between two moments. `hours` has 24 counts of the station's clock, `days` date → messages."""

    since: datetime.datetime
    until: datetime.datetime
    hours: List[int]
    days: Dict[datetime.date, int]
    messages: int
    handed_over: int
    topics: List[Tuple[str, int]]
    unclear: List[str]
    unclear_count: int
    times: List[Times]
    stars: Dict[int, int]
    counters: List[Tuple[str, int]]

    @property
    def by_bot(self) -> float | None:
        """Share of messages that no officer had to read."""
        return 1 - self.handed_over / self.messages if self.messages else None


def figures(session: Connection, since: datetime.datetime, until: datetime.datetime,
            zone: datetime.tzinfo) -> Figures:
    """Counts [since, until)."""
    per_hour = _per_hour(session, since, until)
    said = _said_between(since, until)
    held = session.execute(sa.select(sa.func.count()).where(said, inbox.c.state == "held")).scalar_one()
    return Figures(since, until, *_by_clock(per_hour, since, until, zone), sum(count for _, count in per_hour), held,
                   _topics(session, since, until), *_unclear(session, since, until), _times(session, since, until),
                   _stars(session, since, until), _counters(session, since, until))


def _said_between(since: datetime.datetime, until: datetime.datetime) -> Any:
    words = sa.or_(inbox.c.text.is_not(None), inbox.c.payload.is_not(None))
    return sa.and_(inbox.c.received_at >= since, inbox.c.received_at < until, words, inbox.c.state != "recorded")


def _per_hour(session: Connection, since: datetime.datetime, until: datetime.datetime) -> List[Tuple[str, int]]:
    """(UTC hour as 2026-11-23 01, messages)."""
    hour = sa.func.strftime("%Y-%m-%d %H", inbox.c.received_at) if session.dialect.name == "sqlite" else \
        sa.func.to_char(sa.func.timezone("UTC", inbox.c.received_at), "YYYY-MM-DD HH24")
    rows = session.execute(sa.select(hour.label("hour"), sa.func.count()).where(_said_between(since, until))
                           .group_by(sa.text("1")))
    return [(row[0], row[1]) for row in rows]


def _by_clock(per_hour: Sequence[Tuple[str, int]], since: datetime.datetime, until: datetime.datetime,
              zone: datetime.tzinfo) -> Tuple[List[int], Dict[datetime.date, int]]:
    hours = [0] * 24
    days = {since.astimezone(zone).date() + datetime.timedelta(number): 0 for number in range((until - since).days)}
    for text, count in per_hour:
        utc = datetime.datetime.strptime(text, "%Y-%m-%d %H").replace(tzinfo=datetime.timezone.utc)
        here = utc.astimezone(zone)
        hours[here.hour] += count
        days[here.date()] = days.get(here.date(), 0) + count
    return hours, dict(sorted(days.items()))


def _between(column: Any, since: datetime.datetime, until: datetime.datetime) -> Any:
    return sa.and_(column >= since, column < until)


def _topics(session: Connection, since: datetime.datetime, until: datetime.datetime) -> List[Tuple[str, int]]:
    about = sa.func.coalesce(understandings.c.answer, understandings.c.intent)
    rows = session.execute(sa.select(about, sa.func.count()).where(
        _between(understandings.c.at, since, until), understandings.c.intent != UNSURE)
        .group_by(sa.text("1")).order_by(sa.func.count().desc()).limit(TOP))
    return [(row[0], row[1]) for row in rows]


def _unclear(session: Connection, since: datetime.datetime, until: datetime.datetime) -> Tuple[List[str], int]:
    """The last sentences that were not understood, and how many there were."""
    unsure = sa.and_(_between(understandings.c.at, since, until), understandings.c.intent == UNSURE)
    count = session.execute(sa.select(sa.func.count()).select_from(understandings).where(unsure)).scalar_one()
    rows = session.execute(sa.select(inbox.c.text).join(understandings, understandings.c.inbox_id == inbox.c.id)
                           .where(unsure, inbox.c.text.is_not(None)).order_by(inbox.c.id.desc()).limit(LATEST))
    return list(rows.scalars()), count


def _times(session: Connection, since: datetime.datetime, until: datetime.datetime) -> List[Times]:
    rows = session.execute(sa.select(handlings).where(_between(handlings.c.begun_at, since, until))
                           .order_by(handlings.c.id))
    return [Times(row.officer, row.reason or "", (row.begun_at - row.waited_since).total_seconds(),
                  (row.ended_at - row.begun_at).total_seconds() if row.ended_at else None) for row in rows]


def _stars(session: Connection, since: datetime.datetime, until: datetime.datetime) -> Dict[int, int]:
    rows = session.execute(sa.select(ratings.c.stars, sa.func.count()).where(_between(ratings.c.at, since, until))
                           .group_by(ratings.c.stars))
    return {row[0]: row[1] for row in rows}


def _counters(session: Connection, since: datetime.datetime, until: datetime.datetime) -> List[Tuple[str, int]]:
    rows = session.execute(sa.select(follows.c.scene, sa.func.count()).where(
        _between(follows.c.at, since, until), follows.c.scene != NO_COUNTER)
        .group_by(follows.c.scene).order_by(sa.func.count().desc()).limit(TOP))
    return [(row[0], row[1]) for row in rows]


def median(values: Sequence[float]) -> float | None:
    """The middle one, None of nothing."""
    ordered = sorted(values)
    return ordered[len(ordered) // 2] if ordered else None
