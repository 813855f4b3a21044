"""Clock times as a driver says them for what recurs every day (晚上十点半, 中午12点): no date, no zone."""

from __future__ import annotations

import datetime
import re

CLOCK = (r"(?P<part{0}>凌晨|清早|早上?|上午|中午|下午|傍晚|晚上?|夜里|深夜|半夜)?的?"
         r"(?P<hour{0}>\d{{1,2}}|[零一二两三四五六七八九十]{{1,3}})(?:[点时:：](?P<half{0}>半|[一三]刻|\d{{2}}|[二三四五]?十[五]?|零?五分)?)")
ONE_CLOCK = re.compile(CLOCK.format(1))
EVENING = ("傍晚", "晚", "晚上", "夜里", "深夜")
LATE = ("下午", *EVENING)
NIGHT = ("晚", "晚上", "半夜", "夜里", "深夜")
DIGITS = {digit: number for number, digit in enumerate("零一二三四五六七八九")} | {"两": 2}


def clock_said(said: re.Match[str], which: int, part: str | None) -> datetime.time | None:
    """The time of a match of CLOCK; None when there is no such hour."""
    hour, half = _number(said[f"hour{which}"]), said[f"half{which}"]
    if (part in LATE or (part == "中午" and hour < 3)) and hour < 12:
        hour += 12
    hour = 0 if hour == 24 or (hour == 12 and part in NIGHT) else hour
    minute = _minutes(half or "")
    return datetime.time(hour, minute) if hour < 24 and minute < 60 else None


def _minutes(said: str) -> int:
    """半, 一刻, 20, 四十, 四十五, 零五分."""
    if said in ("半", "一刻", "三刻"):
        return {"半": 30, "一刻": 15, "三刻": 45}[said]
    return _number(said.strip("零分")) if said else 0


def _number(said: str) -> int:
    """12, 七, 十, 十二, 二十二."""
    if said.isdecimal():
        return int(said)
    tens, ten, ones = said.rpartition("十")
    return (DIGITS.get(tens, 1) * 10 if ten else 0) + DIGITS.get(ones, 0)
