"""Hours that recur (每天7时至9时, 工作日早上7点到9点): found in a text, kept, typed, said, and when they hold.

Hours are clock times of the station, kept as 07:00-09:00、17:00-19:00; what ends before it begins lasts into the next
day. "" is the whole day.
"""

from __future__ import annotations

import dataclasses
import datetime
import re
from typing import List, Tuple

from traffic.opening_days import local_day, local_moment
from traffic.weekdays import EVERY_DAY, SPAN, days_in, is_one_of, name_of

Span = Tuple[datetime.time, datetime.time]
ONE_DAY = datetime.timedelta(days=1)
BETWEEN = "、"
_PART = r"凌晨|清晨|早[上晨]?|上午|中午|下午|傍晚|晚[上间]?|夜[间里]?|白天"
_NUMBER = r"\d{1,2}|[零一二两三四五六七八九十]{1,3}"
_MINUTE = r"[:：](?P<minute{0}>\d\d)|[点时][钟整]?(?:(?P<half{0}>半)|(?P<said{0}>\d{{1,2}})分?)?"
_CLOCK = rf"(?P<part{{0}}>{_PART})?\s*(?P<hour{{0}}>{_NUMBER.replace('{', '{{').replace('}', '}}')})(?:{_MINUTE})"
WINDOW = re.compile(_CLOCK.format(1) + r"?\s*(?:至|到|-|—|–|~|～)+\s*(?P<next>次日|第二天|翌日)?" + _CLOCK.format(2))
AND = re.compile(r"[、,，和及与]?\s*(?:以及)?")
DAY = r"[一二三四五六日天末]"
REGULARLY = re.compile(rf"每(?:[天日]|(?=[早晚夜]))|工作日|双休日|"
                       rf"每?{SPAN.pattern}(?=的?\s*(?:{_PART})?\s*(?:{_NUMBER})[点时:：至到-])|"
                       rf"每[个逢到]?(?:周|星期|礼拜){DAY}(?:[、,，和]?(?:周|星期|礼拜)?{DAY}(?!早|[点时]))*")
DAYS_BEFORE = re.compile(r"(?:至|到|-|—|–|~|～)\s*(?:\d{1,2}月)?\d{1,2}[日号](?:止|期间)?[，,、的\s]*$")
LATE = ("下午", "傍晚", "晚", "晚上", "晚间", "夜", "夜间", "夜里")
DIGITS = {digit: number for number, digit in enumerate("零一二三四五六七八九")} | {"两": 2}
LONGEST = 60
TYPED = re.compile(r"(\d{1,2})[:：](\d\d)\s*(?:-|—|–|~|～|至|到)\s*(\d{1,2})[:：](\d\d)")


@dataclasses.dataclass(frozen=True)
class Recurring:
    """Days as in `weekdays`, hours as above, and the places in the text where they are said."""

    days: str
    hours: str
    places: Tuple[Tuple[int, int], ...]


def find_recurring(text: str) -> Recurring | None:
    """The first days and hours that recur in a text; None when there are none."""
    said = REGULARLY.search(text)
    if said:
        windows = _windows(text, said.end())
        days = days_in(said[0]) or EVERY_DAY
        if not windows and days == EVERY_DAY:
            return None
        end = windows[-1][1] if windows else said.end()
        return Recurring(days, kept([span for _, _, span in windows]), ((said.start(), end),))
    for found in WINDOW.finditer(text):
        if DAYS_BEFORE.search(text[:found.start()]):  # 8月3日至10日7时至9时
            windows = _windows(text, found.start())
            return Recurring(EVERY_DAY, kept([span for _, _, span in windows]), ((found.start(), windows[-1][1]),))
    return None


def find_window(text: str) -> Tuple[int, int, Span] | None:
    """The first span of hours in a text: 6点半到11点."""
    found = ((said.start(), said.end(), _span(said)) for said in WINDOW.finditer(text))
    return next(((start, end, span) for start, end, span in found if span), None)


def _windows(text: str, start: int) -> List[Tuple[int, int, Span]]:
    """The spans of hours that stand here one behind the other."""
    lead = re.compile(r"的?[，,]?\s*").match(text, start)
    found: List[Tuple[int, int, Span]] = []
    at = lead.end() if lead else start
    while True:
        said = WINDOW.match(text, at)
        span = _span(said) if said else None
        if said is None or span is None:
            return found
        found.append((said.start(), said.end(), span))
        more = AND.match(text, said.end())
        at = more.end() if more else said.end()


def _span(said: re.Match[str]) -> Span | None:
    begins, ends = _hour(said, 1), _hour(said, 2)
    part, later = said["part1"], said["part2"] or said["next"]
    if not later and (part in LATE or part == "中午") and ends <= begins and ends + 12 * 60 > begins:
        ends += 12 * 60
    if max(begins, ends) > 24 * 60 or begins == ends:
        return None
    return _time(begins), _time(ends)


def _hour(said: re.Match[str], which: int) -> int:
    """Minutes since midnight."""
    part, hour = said[f"part{which}"], _number(said[f"hour{which}"])
    if part in LATE and hour == 12:
        hour = 24
    elif (part in LATE and 4 < hour < 12) or (part in ("下午", "中午") and hour < 5):
        hour += 12
    minute = said[f"minute{which}"] or said[f"said{which}"] or (30 if said[f"half{which}"] else 0)
    return hour * 60 + int(minute)


def _number(said: str) -> int:
    if said.isdecimal():
        return int(said)
    tens, ten, ones = said.rpartition("十")
    return (DIGITS.get(tens, 1) * 10 if ten else 0) + DIGITS.get(ones, 0)


def _time(minutes: int) -> datetime.time:
    return datetime.time(minutes // 60 % 24, minutes % 60)


def kept(spans: List[Span]) -> str:
    """Spans as they are kept."""
    return BETWEEN.join(f"{begins:%H:%M}-{ends:%H:%M}" for begins, ends in spans)


def spans_of(hours: str) -> List[Span]:
    """Kept or typed hours (7:00-9:00，17:00-19:00) as spans. Raises ValueError when they are none."""
    found = [tuple(int(part) for part in match) for match in TYPED.findall(hours)]
    if TYPED.sub("", hours).strip(" 、,，;；和") or any(a == c and b == d for a, b, c, d in found):
        raise ValueError("no spans of hours")
    return [(datetime.time(a % 24, b), datetime.time(c % 24, d)) for a, b, c, d in found]


def are_hours(typed: str) -> bool:
    """Whether these are spans of hours that can be kept, or none."""
    try:
        return len(kept(spans_of(typed))) <= LONGEST
    except ValueError:
        return False


def holds(days: str, hours: str, since: datetime.datetime, until: datetime.datetime) -> bool:
    """Whether any of it falls between two moments; with both the same, whether it holds then."""
    day, last = local_day(since) - ONE_DAY, local_day(until)
    while day <= last:
        if is_one_of(day, days) and any(_meets(day, span, since, until) for span in spans_of(hours) or [WHOLE_DAY]):
            return True
        day += ONE_DAY
    return False


WHOLE_DAY = (datetime.time(), datetime.time())


def _meets(day: datetime.date, span: Span, since: datetime.datetime, until: datetime.datetime) -> bool:
    begins, ends = local_moment(day, span[0]), local_moment(day if span[0] < span[1] else day + ONE_DAY, span[1])
    return begins <= since < ends or since <= begins < until


def said(days: str, hours: str) -> str:
    """每天7:00到9:00, 周末, 工作日7:00到9:00、17:00到19:00; "" for always."""
    spans = BETWEEN.join(f"{begins.hour}:{begins:%M}到{'次日' if ends <= begins and ends.hour else ''}"
                         f"{ends.hour or 24}:{ends:%M}" for begins, ends in spans_of(hours))
    return name_of(days) + spans if spans or days != EVERY_DAY else ""
