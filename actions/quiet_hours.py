"""When a driver wants no message, in words: 晚上10点到早上7点, 晚上十点以后, 早上八点前, 中午, 晚上."""

from __future__ import annotations

import dataclasses
import datetime
import re
from typing import Any, Mapping, Tuple

from actions.spoken_clock import CLOCK, clock_said

Hours = Tuple[datetime.time, datetime.time]
QUIET = re.compile(r"(?:别(?!忘)|不要|不用|不想|不许|勿|甭)[^，,。；;]{0,10}?"
                   r"(?:发(?!疯|火|呆|脾气|烧|财|愁)|吵(?!架)|扰|推|响|收|说话|叫我|通知|提醒|来消息|来信息)|"
                   r"勿扰|免打扰|安静|静音")
SPAN = re.compile(CLOCK.format(1) + r"(?:钟|分)?(?:到|至|-|—|~)(?:第二天|次日|明天)?的?" + CLOCK.format(2))
SINCE = re.compile(CLOCK.format(1) + r"(?:钟|整)?(?:以后|之后|过后|往后|一过|过了|后|开始|起)")
UNTIL = re.compile(CLOCK.format(1) + r"(?:钟|整)?(?:以前|之前|前)")
MORNING, NOON, AFTER_NOON, NIGHT = (datetime.time(hour) for hour in (7, 12, 14, 21))
MIDNIGHT, DAWN, DUSK = datetime.time(), datetime.time(5), datetime.time(17)
PARTS = ((re.compile(r"深夜|半夜|凌晨"), (datetime.time(22), MORNING)),
         (re.compile(r"晚上?(?!高峰)|夜里|夜间|睡觉"), (NIGHT, MORNING)),
         (re.compile(r"中午|午休|午睡"), (NOON, AFTER_NOON)),
         (re.compile(r"一?大?清?早上?(?!高峰)"), (MIDNIGHT, datetime.time(8))))


@dataclasses.dataclass(frozen=True)
class QuietWish:
    """The hours; `open` is the end that was not said (begins or ends), which earlier hours may fill, or ""."""

    hours: Hours
    open: str = ""


def quiet_wish(text: str, time: Any) -> QuietWish | None:
    """The hours of the words; `time` is the recognised one, for spans that are said otherwise (早高峰)."""
    both = span_said(text)
    if both:
        return QuietWish(both)
    since, until = SINCE.search(text), UNTIL.search(text)
    begins = _evening(since) if since else None
    if begins is not None:
        return QuietWish((begins, _end_of(begins)), "ends")
    if until and (ends := clock_said(until, 1, until["part1"])):
        return QuietWish((NOON if NOON < ends < DUSK else MIDNIGHT, ends), "begins") if ends != MIDNIGHT else None
    part = next((hours for pattern, hours in PARTS if pattern.search(text)), None)
    hours = part or _recognised(time)
    return QuietWish(hours) if hours else None


def span_said(text: str) -> Hours | None:
    """晚上10点到早上7点: the hours that were said; a recognised span of time ends with its last hour."""
    said = SPAN.search(text)
    if said is None:
        return None
    begins, ends = clock_said(said, 1, said["part1"]), clock_said(said, 2, said["part2"])
    if begins and ends and not said["part2"] and 12 <= begins.hour < ends.hour + 12 < 24:  # 下午1点到3点
        ends = ends.replace(hour=ends.hour + 12)
    bare = not (said["part1"] or said["part2"])
    if begins and ends and bare and 8 <= begins.hour < 12 and 4 <= ends.hour < begins.hour:
        begins = begins.replace(hour=begins.hour + 12)  # 十一点到六点 is a night
    return (begins, ends) if begins is not None and ends is not None and begins != ends else None


def completed(wish: QuietWish, before: Hours | None) -> Hours:
    """The wish; the end that was not said stays as it was, when the hours then still are a night."""
    begins, ends = wish.hours
    if before is None or not wish.open or (before[0] < before[1] and before[0] != MIDNIGHT):
        return wish.hours
    if wish.open == "ends":
        return begins, before[1] if begins >= DUSK or begins < before[1] else ends
    return (before[0] if before[0] >= DUSK else begins), ends


def _evening(said: re.Match[str]) -> datetime.time | None:
    """十点以后 without a part of the day is at night: nobody asks for quiet from ten in the morning on."""
    clock = clock_said(said, 1, said["part1"])
    if clock is None or said["part1"]:
        return clock
    return clock.replace(hour=(clock.hour + 12) % 24) if 6 <= clock.hour <= 12 else clock


def _end_of(begins: datetime.time) -> datetime.time:
    return AFTER_NOON if NOON <= begins < AFTER_NOON else NOON if DAWN < begins < NOON else MORNING


def _recognised(time: Any) -> Hours | None:
    if not isinstance(time, Mapping) or time.get("grain") == "day":
        return None
    begins, ends = (datetime.datetime.fromisoformat(time[end]).time() for end in ("from", "to"))
    return None if begins == ends else (begins, ends)
