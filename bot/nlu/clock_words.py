"""Parts of the day and clock times in Chinese: 上午, 十点半, 下午2点到4点."""

from __future__ import annotations

import re
from typing import NamedTuple, Optional

NUMERALS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
PERIODS = {
    "凌晨": (0, 6), "半夜": (0, 6), "深夜": (22, 24), "早高峰": (7, 9), "晚高峰": (16.5, 19), "清晨": (5, 9), "清早": (5, 9),
    "大清早": (5, 9), "一大早": (5, 9), "一早": (6, 12), "早上": (6, 12), "早晨": (6, 12), "早间": (6, 12), "上午": (6, 12), "午前": (6, 12),
    "中午": (11, 14), "午间": (11, 14), "正午": (11, 14), "下午": (12, 18), "午后": (12, 18), "傍晚": (17, 20), "晚上": (18, 24),
    "夜里": (18, 24), "晚间": (18, 24), "夜间": (18, 24), "早": (6, 12), "晚": (18, 24),
}
"""Part of the day → hours [from, to); morning and afternoon meet at noon, so that a half day has no gap."""
PERIOD = "|".join(sorted((p for p in PERIODS if len(p) > 1), key=len, reverse=True))
NUMBER = r"(?:\d{1,2}|[一二两三四五六七八九]?十[一二三四五六七八九]?|[零〇一二两三四五六七八九])"
CLOCK = (rf"(?:(?<!\d)\d{{1,2}}[:]\d{{2}}(?!\d)|(?<![\d.点]){NUMBER}(?:点钟|点整|点|时(?!候|间|代|速|常|段))"
         rf"(?:半|一刻|三刻|{NUMBER}分|[零〇][一二三四五六七八九1-9]|[二三四五]?十[一二三四五六七八九]?|[0-5]\d(?!\d))?)")
CLOCK_PARTS = re.compile(rf"(?P<hour>{NUMBER})(?:[:]|点钟|点整|点|时)(?P<minute>半|一刻|三刻|\d{{1,2}}|[零〇一二两三四五六七八九十]+)?")


class Moment(NamedTuple):
    """A clock time in minutes after midnight."""

    minutes: int


def number(text: str) -> int:
    """Value of a numeral up to ninety-nine, Chinese or Arabic; raises KeyError for anything else."""
    if text.isdigit():
        return int(text)
    tens, ten, ones = text.partition("十")
    if not ten:
        return NUMERALS[text[-1]] if len(text) == 1 else int("".join(str(NUMERALS[c]) for c in text))
    return (NUMERALS[tens] if tens else 1) * 10 + (NUMERALS[ones] if ones else 0)


def minutes_of(clock: str, period: Optional[str]) -> Optional[int]:
    """Minutes after midnight; an hour without a part of the day is taken as within a working day (3点 is 15:00)."""
    parts = CLOCK_PARTS.match(clock)
    if not parts:
        return None
    hour, minute = number(parts["hour"]), _minute(parts["minute"])
    if hour > 24 or minute > 59:
        return None
    return _on_the_day(hour, period, colon=":" in clock) * 60 + minute


def _minute(text: Optional[str]) -> int:
    if not text:
        return 0
    return {"半": 30, "一刻": 15, "三刻": 45}.get(text) or number(text)


def _on_the_day(hour: int, period: Optional[str], colon: bool) -> int:
    if period is None:
        written_in_24_hours = colon and hour == 0
        return hour + 12 if 1 <= hour <= 6 and not written_in_24_hours else hour
    start, end = PERIODS[period]
    if hour == 12 and start < 5:
        return 0
    if hour == 12 and start >= 18:
        return 24
    later = hour < 12 and start >= 11 and hour + 12 <= max(end, 13) + 6
    return hour + 12 if later and not (period in {"中午", "午间", "正午"} and hour >= 10) else hour
