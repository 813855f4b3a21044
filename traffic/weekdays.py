"""Days of the week as people say them (周一到周五, 周末, 工作日), and whether a day is one of them.

Kept as the digits of the days in their order, Monday being 1, or as WORKING_DAYS, which minds holidays.
"""

from __future__ import annotations

import datetime
import re

from bot.settings import WEEKDAYS
from traffic.opening_days import is_working_day

EVERY_DAY, WORKING_DAYS, WEEKEND = "1234567", "w", "67"
NUMBERS = {name: str(number) for number, name in enumerate("一二三四五六日", 1)} | {"天": "7"}
_WEEK = r"(?:周|星期|礼拜)"
_ONE = r"(?!一大?早)[一二三四五六日天](?![点时次条下个直起些样十])"
_FIRST = rf"(?<![下上这本])(?<![下上这本]个){_WEEK}(?P<first>[一二三四五六日天])"
SPAN = re.compile(rf"{_FIRST}(?:到|至|-|—|–|~|～)(?:每?个?{_WEEK})?(?P<last>[一二三四五六日天])")
SOME = re.compile(rf"{_FIRST}(?P<more>(?:[、,，和跟与]?{_WEEK}?{_ONE})*)")
ENDS = re.compile(rf"(?<![下上这本])(?<![下上这本]个)(?:{_WEEK}末|双休日?)")
BARE = re.compile(r"(?<![周期拜第、一二三四五六七八九十\d])(一三五|二四六|一二三四五)"
                  r"(?![一二三四五六七八九十点时省国县道路号月日、])")
WORKING = re.compile(r"工作日|上班日")
HOLIDAYS = re.compile(r"节假日|法定假|休息日|放假")
NAMES = {EVERY_DAY: "每天", WORKING_DAYS: "工作日", WEEKEND: "周末"}


def days_in(text: str) -> str:
    """The days that recur in a text, "" for none; 下周一 is a date and none of them."""
    if WORKING.search(text):
        more = days_in(WORKING.sub(" ", text))
        return with_days(WORKING_DAYS, more) if more else WORKING_DAYS
    span = SPAN.search(text)
    if span:
        return _from_to(NUMBERS[span["first"]], NUMBERS[span["last"]])
    bare = BARE.search(text)
    if bare:
        return "".join(NUMBERS[c] for c in bare[1])
    said = {NUMBERS[c] for some in SOME.finditer(text) for c in some["first"] + some["more"] if c in NUMBERS}
    return "".join(sorted(said | (set(WEEKEND) if ENDS.search(text) else set())))


def are_days(kept: str) -> bool:
    """Whether these are days as they are kept."""
    return kept == WORKING_DAYS or (bool(kept) and kept == "".join(sorted(set(kept) & set(EVERY_DAY))))


def name_of(days: str) -> str:
    """每天, 工作日, 周末, 周一到周五, 周一、周三, 除了周二每天."""
    if days in NAMES:
        return NAMES[days]
    names = [WEEKDAYS[int(day) - 1] for day in days]
    together = len(days) > 2 and days in EVERY_DAY
    if len(days) == len(EVERY_DAY) - 1 and not together:
        return f"除了{WEEKDAYS[int(without_days(EVERY_DAY, days)) - 1]}每天"
    return f"{names[0]}到{names[-1]}" if together else "、".join(names)


def is_one_of(day: datetime.date, days: str) -> bool:
    """Whether a day of the station's calendar is among them."""
    return is_working_day(day) if days == WORKING_DAYS else str(day.isoweekday()) in days


def next_of(day: datetime.date, days: str) -> datetime.date:
    """The day itself or the first of them behind it; the day itself when none comes within a month."""
    ahead = (day + datetime.timedelta(days=count) for count in range(31))
    return next((each for each in ahead if is_one_of(each, days)), day)


def with_days(days: str, more: str) -> str:
    """These days and more."""
    if WORKING_DAYS in (days, more) and not set(days + more) & set(WEEKEND):
        return WORKING_DAYS
    return "".join(sorted(set(_digits(days)) | set(_digits(more))))


def without_days(days: str, fewer: str) -> str:
    """These days without those, "" when none is left; working days without the weekend stay working days."""
    if days == WORKING_DAYS and set(fewer) <= set(WEEKEND):
        return WORKING_DAYS
    return "".join(sorted(set(_digits(days)) - set(_digits(fewer))))


def _digits(days: str) -> str:
    return "12345" if days == WORKING_DAYS else days


def _from_to(first: str, last: str) -> str:
    if first <= last:
        return EVERY_DAY[int(first) - 1:int(last)]
    return EVERY_DAY[:int(last)] + EVERY_DAY[int(first) - 1:]  # 周五到周一
