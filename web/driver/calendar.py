"""The month one can book in, as a page shows it: weeks of days, each with its free places or why there are none."""

from __future__ import annotations

import collections
import dataclasses
import datetime
from typing import Dict, List, Sequence

from sqlalchemy.orm import Session

from traffic.opening_days import FARTHEST_DAYS, local_moment, opening_spans, why_closed
from traffic.presentation import local
from traffic.slots import MINIMUM_NOTICE, Slot, free_slots

MOST_SLOTS = 2000
WEEK = 7


@dataclasses.dataclass(frozen=True)
class Day:
    """One day: `state` is free, full, closed or outside (before today, or too far ahead)."""

    date: datetime.date
    state: str
    slots: Sequence[Slot] = ()

    @property
    def left(self) -> int:
        """Free places of the whole day."""
        return sum(slot.left for slot in self.slots)

    def part(self, part: str) -> List[Slot]:
        """The slots of the morning or the afternoon."""
        return [slot for slot in self.slots if (local(slot.starts).hour < 12) == (part == "morning")]


@dataclasses.dataclass(frozen=True)
class Calendar:
    """Weeks from Monday on, and the day whose times are shown (None when nothing is free at all)."""

    weeks: List[List[Day]]
    chosen: Day | None


def calendar_of(session: Session, kind: str, wanted: str, now: datetime.datetime) -> Calendar:
    """The calendar of a kind of appointment; `wanted` is an ISO day, anything else takes the first free one."""
    today, opens = local(now).date(), _first_day(now)
    until = now + datetime.timedelta(days=FARTHEST_DAYS + 1)
    by_day: Dict[datetime.date, List[Slot]] = collections.defaultdict(list)
    for slot in free_slots(session, kind, now, until, limit=MOST_SLOTS, now=now):
        by_day[local(slot.starts).date()].append(slot)
    first, last = _monday(today), _monday(today + datetime.timedelta(days=FARTHEST_DAYS))
    count = (last - first).days + WEEK
    days = [_day(first + datetime.timedelta(days=number), today, by_day) for number in range(count)]
    days = [Day(day.date, "outside") if day.date < opens else day for day in days]
    free = [day for day in days if day.state == "free"]
    chosen = next((day for day in free if day.date.isoformat() == wanted), next(iter(free), None))
    return Calendar([days[i:i + WEEK] for i in range(0, count, WEEK)], chosen)


def _first_day(now: datetime.datetime) -> datetime.date:
    """Today, or tomorrow when today closes before one may come: then today is over, not full."""
    today = local(now).date()
    spans = opening_spans(today)
    late = bool(spans) and local_moment(today, spans[-1][1]) <= now + MINIMUM_NOTICE
    return today + datetime.timedelta(days=1) if late else today


def _monday(day: datetime.date) -> datetime.date:
    return day - datetime.timedelta(days=day.weekday())


def _day(date: datetime.date, today: datetime.date, by_day: Dict[datetime.date, List[Slot]]) -> Day:
    reason = why_closed(date, today)
    if reason in ("past", "too_far"):
        return Day(date, "outside")
    if by_day.get(date):
        return Day(date, "free", tuple(by_day[date]))
    return Day(date, "closed" if reason else "full")
