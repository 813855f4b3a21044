"""Spans of time as officers write them (8月3日7时至9时, 即日起至12月10日), read by JioNLP."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import io
import re
from typing import List, Sequence, Tuple

from traffic.opening_days import station_zone

ONE_DAY = datetime.timedelta(days=1)
FROM_NOW = re.compile(r"(?:即日|现在|即时|目前|此刻|即刻)(?:起|开始)?[，,]?(?=至|到)[至到]")
UNTIL_NEWS = re.compile(r"(?:至|到)?(?:另行通知|恢复(?:通行)?|完工|处置完毕)(?:为止|时止)?|即日起|现在起")
TO = re.compile(r"[ ]?(?:到|至|~|-|—|–)[ ]?")
SHORT = re.compile(r"\A([今明后])([早晚])")
YEAR = re.compile(r"20\d\d|[今明]年")
Times = Sequence[str]
Found = Tuple[int, int, Times]


@dataclasses.dataclass(frozen=True)
class Said:
    """A span found in a text at [start, end); aware moments; `until` None means until further notice."""

    start: int
    end: int
    since: datetime.datetime
    until: datetime.datetime | None


def find_span(text: str, now: datetime.datetime) -> Said | None:
    """The first span of time in a text that speaks of what is now or to come; None when there is none."""
    local = now.astimezone(station_zone())
    found = _times(text, local)
    from_now, open_end = FROM_NOW.search(text), UNTIL_NEWS.search(text)
    last = next((each for each in found if from_now and each[0] == from_now.end()), None)
    if from_now and last:
        return Said(from_now.start(), last[1], local, _until(last, local))
    if not found:
        return Said(open_end.start(), open_end.end(), local, None) if open_end else None
    start, end, times = found[0]
    since, until = _moment(times[0], local), None if _is_hour(times, local) else _until(found[0], local)
    to = TO.match(text, end)
    rest = _times(SHORT.sub(r"\1天\2上", text[to.end():]), local) if to else []
    if to and rest and rest[0][0] == 0:  # what JioNLP leaves of 今晚8点到明早6点
        end = to.end() + rest[0][1] - (2 if SHORT.match(text[to.end():]) else 0)
        until = _until(rest[0], local)
    if since is None:
        return None
    if until and until <= since:  # 今晚8点到6点
        until += ONE_DAY
    if until and until <= now and not YEAR.search(text[start:end]):  # nobody announces what is over
        since, until = _next_year(since), _next_year(until)
    return Said(start, end, since, until)


def _times(text: str, local: datetime.datetime) -> List[Found]:
    """(start, end, JioNLP's [from, to]) of the times in the text, in their order."""
    with contextlib.redirect_stdout(io.StringIO()):  # its import prints
        import jionlp
    base = {name: getattr(local, name) for name in ("year", "month", "day", "hour", "minute", "second")}
    try:
        found = jionlp.ner.extract_time(text, time_base=base, with_parsing=True) or []
    except (ValueError, KeyError, TypeError, AttributeError):
        return []
    return [(*each["offset"], each["detail"]["time"]) for each in found if each["type"] in ("time_span", "time_point")]


def _is_hour(times: Times, local: datetime.datetime) -> bool:
    """Whether it is a point on the clock (下午3点), which JioNLP gives as one hour or minute."""
    since, until = _moment(times[0], local), _moment(times[1], local)
    return since is not None and until is not None and until - since < datetime.timedelta(hours=1)


def _until(found: Found, local: datetime.datetime) -> datetime.datetime | None:
    """The end that this time says: a point on the clock itself, else behind its last second (23:59:59, 19:00:59)."""
    times = found[2]
    end = _moment(times[0] if _is_hour(times, local) else times[1], local)
    if end is None or end.second != 59:
        return end
    end = end.replace(second=0)
    return end + datetime.timedelta(minutes=1) if end.minute == 59 else end


def _moment(text: str, local: datetime.datetime) -> datetime.datetime | None:
    try:
        return datetime.datetime.fromisoformat(text).replace(tzinfo=local.tzinfo)
    except ValueError:  # "inf"
        return None


def _next_year(moment: datetime.datetime) -> datetime.datetime:
    try:
        return moment.replace(year=moment.year + 1)
    except ValueError:  # 29 February
        return moment.replace(year=moment.year + 1, day=28)
