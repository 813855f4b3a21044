"""Finds times and turns them into spans: {"from", "to" (exclusive), "grain", "text"} in the station's time zone."""

from __future__ import annotations

import datetime
import re
import zoneinfo
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.calendar_words import DAY, Days, resolve_days
from bot.nlu.clock_words import CLOCK, NUMBER, PERIOD, PERIODS, minutes_of
from bot.nlu.extractor import Extractor, Found
from bot.settings import load_station


def _point(n: int) -> str:
    """Pattern of one end of a span."""
    return (rf"(?:(?P<day{n}>{DAY})[的那 ,，]{{0,2}})?(?:(?P<period{n}>{PERIOD}|(?<=[昨今明后])[早晚])[的 ]?)?"
            rf"(?P<clock{n}>{CLOCK})?")


TO = r"[ ]?(?:到|至|~|-|—|–)[ ]?"
AFTER = r"(?P<edge>以后|之后|过后|以前|之前|前(?!面|方|后)|后(?!面|天|来))?"
BEGINNING = rf"(?={DAY}|{PERIOD}|{CLOCK})"
PHRASE = re.compile(rf"{BEGINNING}{_point(1)}(?:{TO}(?=\S){_point(2)})?{AFTER}")
HOURS = re.compile(rf"(?P<amount>{NUMBER}|半)(?P<unit>个?半?小时|个?钟头|分钟)(?P<way>以后|之后|后|以前|之前|前)")
PARTS = ("day1", "period1", "clock1", "day2", "period2", "clock2", "edge")
BARE_HOUR = re.compile(r"[零〇一二两三四五六七八九十]+(?:点|时)(?:[一二三四五六七八九十]?)")
COUNTED = re.compile(r"[扣罚记有这那第快慢早晚多少差几]$")
ASKED_FOR_BEFORE = re.compile(r"(?:约|改|改到|改成|换成|换到|挪到|推到)$")
ASKED_FOR_AFTER = re.compile(r"$|行|可以|有|吧|能|好|的号")


class Point(NamedTuple):
    """One end of a span as it is said; each part may be missing."""

    day: Optional[str]
    period: Optional[str]
    clock: Optional[str]


def find_times(text: str, now: datetime.datetime, past: bool = False) -> List[Tuple[int, int, Dict[str, Any]]]:
    """(start, end, value) of each time in a normalised text.

    `now` is aware, in the station's time zone; `past` says that bare weekdays and days of the month have been
    (violations), not will be (bookings).
    """
    found = [(m.start(), m.end(), _hours_from_now(m, now)) for m in HOURS.finditer(text)]
    for match in PHRASE.finditer(text):
        value = _value(match, text, now, past) if match.group() else None
        begin, stop = match.start(), max((match.end(part) for part in PARTS if match[part]), default=0)
        if value and not any(begin < end and start < stop for start, end, _ in found):
            found.append((begin, stop, value))
    return [(s, e, {**value, "text": text[s:e]}) for s, e, value in sorted(found, key=lambda f: f[0])]


def _value(match: re.Match[str], text: str, now: datetime.datetime, past: bool) -> Optional[Dict[str, Any]]:
    left, right = (Point(match[f"day{n}"], match[f"period{n}"], match[f"clock{n}"]) for n in (1, 2))
    if not any(left) or _is_no_time(left, right, text[:match.start()], text[match.end():]):
        return None
    first = _span(left, now, past, None)
    if first is None:
        return None
    if any(right):
        inherited = right._replace(period=right.period or (None if right.day else left.period))
        last = _span(inherited, now, past, first)
        if last is None:
            return None
        end = last.start if right.clock else last.end
        grain = "hour" if right.clock else last.grain
        first = Span(first.start, end if end > first.start else last.end, grain)
    return _edge(first, match["edge"], now).value()


def _is_no_time(left: Point, right: Point, before: str, after: str) -> bool:
    """一点 and 三点 alone are mostly 一点也不 and 三点意见, unless they are asked for: 改到三点, 三点行吗."""
    if left.day or left.period or any(right):
        return False
    if COUNTED.search(before):
        return True
    asked_for = ASKED_FOR_BEFORE.search(before) or ASKED_FOR_AFTER.match(after)
    return BARE_HOUR.fullmatch(left.clock or "") is not None and not asked_for


class Span(NamedTuple):
    """A half-open span of time."""

    start: datetime.datetime
    end: datetime.datetime
    grain: str

    def value(self) -> Dict[str, Any]:
        """As the services get it."""
        return {"from": self.start.isoformat(), "to": self.end.isoformat(), "grain": self.grain}


def _span(point: Point, now: datetime.datetime, past: bool, start: Optional[Span]) -> Optional[Span]:
    days = _days(point, now, past, start)
    if days is None:
        return None
    midnight = datetime.datetime.combine(days.first, datetime.time(), now.tzinfo)
    if point.clock:
        minutes = minutes_of(point.clock, point.period)
        if minutes is None:
            return None
        begin = midnight + datetime.timedelta(minutes=minutes)
        return Span(begin, begin + datetime.timedelta(hours=1), "hour")
    if point.period:
        first, last = (midnight + datetime.timedelta(hours=hour) for hour in PERIODS[point.period])
        return Span(first, last, "half_day")
    return Span(midnight, datetime.datetime.combine(days.end, datetime.time(), now.tzinfo), "day")


def _days(point: Point, now: datetime.datetime, past: bool, start: Optional[Span]) -> Optional[Days]:
    """The day said; in the second half of a span the nearest one behind the first half's."""
    today = now.date()
    if start is None:
        return resolve_days(point.day, today, past) if point.day else Days(today, today + datetime.timedelta(days=1))
    first = start.start.date()
    if not point.day:
        return Days(first, first + datetime.timedelta(days=1))
    meant = [resolve_days(point.day, today, past), resolve_days(point.day, first, False)]
    return min((days for days in meant if days and days.first >= first), default=None)


def _edge(span: Span, edge: Optional[str], now: datetime.datetime) -> Span:
    """三点以后 lasts to the end of the day, 周五之前 begins now."""
    if not edge:
        return span
    if "前" in edge:
        midnight = datetime.datetime.combine(span.start.date(), datetime.time(), now.tzinfo)
        begin = midnight if span.grain == "hour" else min(now.replace(microsecond=0), span.start)
        return Span(begin, span.start, span.grain)
    day = datetime.timedelta(days=1)
    night = datetime.datetime.combine(span.start.date() + day, datetime.time(), now.tzinfo)
    if span.grain == "hour":
        return Span(span.start, night, span.grain)
    return Span(span.end, span.end + 30 * day, span.grain)


def _hours_from_now(match: re.Match[str], now: datetime.datetime) -> Dict[str, Any]:
    from bot.nlu.clock_words import number

    half = "半" in match["unit"]
    amount = 0.5 if match["amount"] == "半" else number(match["amount"]) + 0.5 * half
    minutes = amount * (1 if match["unit"] == "分钟" else 60) * (-1 if "前" in match["way"] else 1)
    begin = now.replace(second=0, microsecond=0) + datetime.timedelta(minutes=minutes)
    return Span(begin, begin + datetime.timedelta(hours=1), "hour").value()


def station_now() -> datetime.datetime:
    """Now at the station."""
    return datetime.datetime.now(zoneinfo.ZoneInfo(load_station().timezone))


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class TimeExtractor(Extractor):
    """JioNLP with its gaps closed. It stands behind the intent classifier, because 周三 is last Wednesday in a
    question about violations and next Wednesday in a booking."""

    def __init__(self, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource,
                 clock: Callable[[], datetime.datetime] = station_now) -> None:
        super().__init__(config, model_storage, resource)
        self.clock = clock

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """`past_intents`: intents that speak of what has been."""
        return {"past_intents": ["query_violations", "query_points", "violation_appeal", "report_offense",
                                 "file_complaint", "query_ticket", "report_minor_accident", "pay_fine", "points_rules",
                                 "accident_liability"]}

    def find(self, text: str, message: Message) -> List[Found]:
        """Times, as spans."""
        past = (message.get("intent") or {}).get("name") in self.config["past_intents"]
        return [Found("time", value, start, end) for start, end, value in find_times(text, self.clock(), past)]
