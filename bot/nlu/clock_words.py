"""Parts of the day and clock times in Chinese: 上午, 十点半, 下午2点到4点."""

from __future__ import annotations

import re
from typing import Dict, Optional, Tuple

NUMERALS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
MORNING, NOON, AFTERNOON, NIGHT = (6, 12), (11, 14), (12, 18), (18, 24)
PERIODS: Dict[str, Tuple[float, float]] = {
    **dict.fromkeys(["早上", "早晨", "早间", "一早", "上午", "午前", "早"], MORNING),
    **dict.fromkeys(["中午", "午间", "正午"], NOON),
    **dict.fromkeys(["下午", "午后"], AFTERNOON),
    **dict.fromkeys(["晚上", "夜里", "晚间", "夜间", "晚"], NIGHT),
    **dict.fromkeys(["清晨", "清早", "大清早", "一大早"], (5, 9)),
    **dict.fromkeys(["凌晨", "半夜"], (0, 6)),
    "深夜": (22, 24), "傍晚": (17, 20), "早高峰": (7, 9), "晚高峰": (16.5, 19),
}
"""Part of the day → hours [from, to); morning and afternoon meet at noon, so that a half day has no gap."""
PERIOD = "|".join(sorted((p for p in PERIODS if len(p) > 1), key=len, reverse=True))
NUMBER = r"(?:\d{1,2}|[一二两三四五六七八九]?十[一二三四五六七八九]?|[零〇一二两三四五六七八九])"
CLOCK = (rf"(?:(?<!\d)\d{{1,2}}[:]\d{{2}}(?!\d)|(?<![\d.点]){NUMBER}(?:点钟|点整|点|时(?!候|间|代|速|常|段))"
         rf"(?:半|一刻|三刻|{NUMBER}分|[零〇][一二三四五六七八九1-9]|[二三四五]?十[一二三四五六七八九]?|[0-5]\d(?!\d))?)")
MINUTE = r"(?P<minute>半|一刻|三刻|\d{1,2}|[零〇一二两三四五六七八九十]+)?"
CLOCK_PARTS = re.compile(rf"(?P<hour>{NUMBER})(?:[:]|点钟|点整|点|时){MINUTE}")


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
