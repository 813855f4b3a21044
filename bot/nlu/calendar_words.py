"""Days, weeks, months in Chinese: 礼拜三, 月底, 10月3号, 最近一个月; festivals go to JioNLP."""

from __future__ import annotations

import contextlib
import datetime
import io
import re
from typing import Callable, Dict, List, NamedTuple, Optional, Tuple

from bot.nlu.clock_words import NUMBER, number

Day = datetime.date
ONE = datetime.timedelta(days=1)


class Days(NamedTuple):
    """Whole days: first day, and the day after the last."""

    first: Day
    end: Day


RELATIVE = {"大前": -3, "前": -2, "昨": -1, "今": 0, "当": 0, "明": 1, "后": 2, "大后": 3}
WEEKDAYS = {c: i for i, c in enumerate("一二三四五六日")} | {"天": 6} | {str(i + 1): i for i in range(7)}
SHIFTS = {"上上": -2, "上": -1, "这": 0, "本": 0, "当": 0, "下": 1, "下下": 2}
WHICH = r"(?P<which>上上|下下|上|下|这|本|当)?"
WEEK = r"(?:个)?(?:周|星期|礼拜)"
DAY_NUMBER = (r"(?P<day>(?:[12]\d|3[01]|0?[1-9])|二十[一二三四五六七八九]?|三十一?|"
              r"十[一二三四五六七八九]?|[一二三四五六七八九])")
NOT_A_DAY = (r"(?!线|楼|窗|门|院|桥|店|馆|出口|机|库|厅|仓|路|街|车|球|键|岗|汽油|柴油|房|地|公告|"
             r"文|令|码|牌|人|家|站|口|国)")
"""What stands behind 号 when it counts or names instead of dating: 3号窗口, 92号汽油."""
YEAR = r"(?:(?P<year>20\d\d|\d\d|今|去|前|明|后)年(?:的)?)?"
FESTIVAL = (r"(?:国庆|元旦|春节|过年|五一|清明|端午|中秋|劳动节|大年初一|除夕|元宵)(?:节|假期|长假|那天)?"
            r"(?!路|广场|大道|街|桥|村|新村|公园|中学|小学)")
HOLIDAYS = {"国庆": 7, "春节": 8, "过年": 8, "五一": 5}
"""Days off around a festival; the others have three."""
UNIT = r"(?P<unit>天|日|周|个?星期|个?礼拜|个?月|年|个?小时|个?钟头|分钟)"


def _shift_month(day: Day, months: int) -> Day:
    index = day.year * 12 + day.month - 1 + months
    return Day(index // 12, index % 12 + 1, 1)


def _month(first: Day) -> Days:
    return Days(first, _shift_month(first, 1))


def _monday(day: Day) -> Day:
    return day - datetime.timedelta(days=day.weekday())


def _relative(found: re.Match[str], today: Day, past: bool) -> Days:
    first = today + RELATIVE[found["word"]] * ONE
    return Days(first, first + ONE)


def _weekday(found: re.Match[str], today: Day, past: bool) -> Days:
    monday, wanted = _monday(today), WEEKDAYS[found["weekday"]]
    first = monday + (SHIFTS[found["which"] or "这"] * 7 + wanted) * ONE
    if not found["which"] and past and first > today:
        first -= 7 * ONE
    if not found["which"] and not past and first < today:
        first += 7 * ONE
    return Days(first, first + ONE)


def _weekend(found: re.Match[str], today: Day, past: bool) -> Days:
    saturday = _monday(today) + (SHIFTS[found["which"] or "这"] * 7 + 5) * ONE
    if not found["which"] and past and saturday > today:
        saturday -= 7 * ONE
    return Days(saturday, saturday + 2 * ONE)


def _week(found: re.Match[str], today: Day, past: bool) -> Days:
    monday = _monday(today) + SHIFTS[found["which"]] * 7 * ONE
    return Days(monday, monday + 7 * ONE)


def _year_of(word: Optional[str], today: Day) -> Optional[int]:
    if not word:
        return None
    if word.isdigit():
        return int(word) if len(word) == 4 else 2000 + int(word)
    return today.year + {"今": 0, "去": -1, "前": -2, "明": 1, "后": 2}[word]


def _nearest_year(month: int, day: int, today: Day, past: bool) -> int:
    """The year meant when none is said: the last time for what is past, else the next unless it was just now."""
    this = Day(today.year, month, 1) + (day - 1) * ONE
    if past:
        return today.year if this <= today else today.year - 1
    return today.year if (today - this).days <= 180 else today.year + 1


def _date(found: re.Match[str], today: Day, past: bool) -> Optional[Days]:
    month, day = number(found["month"]), number(found["day"])
    if not 1 <= month <= 12 or not 1 <= day <= 31:
        return None
    first = Day(_year_of(found["year"], today) or _nearest_year(month, day, today, past), month, day)
    return Days(first, first + ONE)


def _day_of_month(found: re.Match[str], today: Day, past: bool) -> Days:
    day, which = number(found["day"]), found["which"]
    month = _shift_month(today, SHIFTS[which] if which else 0)
    if not which and past and day > today.day:
        month = _shift_month(today, -1)
    if not which and not past and day < today.day:
        month = _shift_month(today, 1)
    return Days(month.replace(day=day), month.replace(day=day) + ONE)


def _whole_month(found: re.Match[str], today: Day, past: bool) -> Optional[Days]:
    if found["which"]:
        return _part(_month(_shift_month(today, SHIFTS[found["which"]])), found["part"])
    month = number(found["month"])
    if not 1 <= month <= 12:
        return None
    year = _year_of(found["year"], today) or _nearest_year(month, 28, today, past)
    return _part(_month(Day(year, month, 1)), found["part"])


def _part_of_month(found: re.Match[str], today: Day, past: bool) -> Days:
    return _part(_month(today.replace(day=1)), found["part"] or found["month_part"])


def _part(month: Days, part: Optional[str]) -> Days:
    """月初 is the first week, 月底 the last seven days, 旬 ten days."""
    first, end = month
    tenth, twentieth = first + 10 * ONE, first + 20 * ONE
    spans = {"初": (first, first + 7 * ONE), "底": (end - 7 * ONE, end), "末": (end - 7 * ONE, end),
             "上旬": (first, tenth), "中": (tenth, twentieth), "中旬": (tenth, twentieth), "下旬": (twentieth, end)}
    return Days(*spans[part]) if part else month


def _year(found: re.Match[str], today: Day, past: bool) -> Days:
    year = _year_of(found["year"], today) or today.year
    spans = {None: (1, 12), "初": (1, 2), "底": (12, 12), "末": (12, 12), "上半年": (1, 6), "下半年": (7, 12)}
    first, last = spans[found["part"]]
    return Days(Day(year, first, 1), _shift_month(Day(year, last, 1), 1))


def _length(amount: str, unit: str) -> datetime.timedelta:
    """Roughly: a month has 30 days, 几 are seven of days and three of anything longer."""
    unit_days = {"天": 1, "日": 1, "周": 7, "星期": 7, "礼拜": 7, "月": 30, "年": 365}[unit.removeprefix("个")]
    if amount == "半":
        return datetime.timedelta(days=max(1, unit_days // 2))
    several = 7 if unit_days == 1 else 3
    return datetime.timedelta(days=(several if amount == "几" else number(amount)) * unit_days)


def _recent(found: re.Match[str], today: Day, past: bool) -> Days:
    if not found["amount"]:
        return Days(today - 30 * ONE, today + ONE) if past else Days(today, today + 7 * ONE)
    length = _length(found["amount"], found["unit"])
    forward = found["word"] in {"这", "未来", "接下来", "今后", "往后"} and not past
    return Days(today, today + length) if forward else Days(today - length, today + ONE)


def _from_now(found: re.Match[str], today: Day, past: bool) -> Optional[Days]:
    if found["unit"].removeprefix("个") in {"小时", "钟头", "分钟"}:
        return None
    length = _length(found["amount"], found["unit"])
    first = today - length if "前" in found["way"] else today + length
    return Days(first, first + ONE)


Rule = Callable[[re.Match[str], Day, bool], Optional[Days]]
MONTH_DAY = r"(?P<month>1[0-2]|0?[1-9])[-/.](?P<day>[12]\d|3[01]|0[1-9])"
NOT_A_DATE = r"(?![\d.:/-])(?![a-z万元米吨升%公个倍亿千百分块点级斤])"
"""What stands behind 3.15 when it is an amount."""
THIS_MONTH = r"(?:(?P<which>上上|下下|上|下|这|本|当)个?月)?"
NOT_AN_ADDRESS = r"(?<!\d)(?<![路道街线巷弄村第])(?<!大道)"
RECENT = r"(?P<word>最近|近|过去|前|这|未来|接下来|今后|往后)(?:的)?"
RULES: List[Tuple[str, Rule]] = [
    (r"(?P<word>大前|大后|前|昨|今|明|后|当)(?:天|日|儿个|儿)(?!子|常|报)", _relative),
    (r"(?P<word>昨|今|明|后)(?=[早晚])", _relative),
    (rf"{WHICH}{WEEK}末", _weekend),
    (rf"{WHICH}{WEEK}(?P<weekday>[一二三四五六日天]|[1-7](?![\d天个年月号点周:]))(?!鸣|生)", _weekday),
    (rf"(?P<which>上上|下下|上|下|这|本){WEEK}(?!边|围)", _week),
    (rf"(?P<year>20\d\d)[-/.年](?P<month>1[0-2]|0?[1-9])[-/.月]{DAY_NUMBER}(?!\d)[号日]?", _date),
    (rf"{YEAR}(?P<month>{NUMBER})月(?:份)?{DAY_NUMBER}(?![\d天个条年])[号日]?", _date),
    (rf"(?<![\d.:/-])(?P<year>){MONTH_DAY}{NOT_A_DATE}[号日]?", _date),
    (rf"{THIS_MONTH}{NOT_AN_ADDRESS}{DAY_NUMBER}[号日]{NOT_A_DAY}", _day_of_month),
    (rf"(?:(?P<which>上上|下下|上|下|这|本|当)个?月|{YEAR}(?<![\d.])(?P<month>{NUMBER})月(?:份)?)"
     r"(?P<part>初|中旬|上旬|下旬|中|底|末)?(?!\d|[一二三四五六七八九十])", _whole_month),
    (r"(?P<part>上旬|中旬|下旬)|(?<![个\d一二三四五六七八九十])月(?P<month_part>初|底|末)", _part_of_month),
    (r"(?P<year>20\d\d|今|去|前|明|后)年年?(?P<part>初|底|末|上半年|下半年)?(?!前|后|以|之|纪|级|轻|龄)", _year),
    (r"(?P<year>)(?<!\d)(?<![个多几])(?P<part>上半年|下半年)", _year),
    (r"(?P<year>)(?<![\d半几多每当少青])年(?P<part>初|底|末)", _year),
    (rf"{RECENT}(?P<amount>{NUMBER}|几|半){UNIT}(?:来|内|里)?", _recent),
    (r"(?P<word>最近|近期|近来|近日)(?P<amount>)(?P<unit>)", _recent),
    (rf"(?<!第)(?P<amount>{NUMBER}|半){UNIT}(?P<way>以后|之后|过后|后(?!天|面)|以前|之前|前(?!天|面))", _from_now),
]
DAY = "|".join([*(re.sub(r"\?P<\w+>", "?:", pattern) for pattern, _ in RULES), FESTIVAL])


def resolve_days(words: str, today: Day, past: bool) -> Optional[Days]:
    """The days that `words` (a match of DAY) mean; `past` says which way a bare 周三 or 3号 points."""
    for pattern, rule in COMPILED:
        found = pattern.fullmatch(words if len(words) > 1 else words + "天")
        if found:
            try:
                return rule(found, today, past)
            except (ValueError, KeyError):
                return None
    return _festival(words, today, past)


COMPILED = [(re.compile(pattern), rule) for pattern, rule in RULES]


def _festival(words: str, today: Day, past: bool) -> Optional[Days]:
    """A festival's day, or its holidays; one long past is meant for next year, unless one speaks of what has been."""
    name = re.sub(r"(?:假期|长假|那天)$", "", words)
    days = _by_jionlp(name, today)
    if days and not past and (today - days.first).days > 60:
        days = _by_jionlp(name, today.replace(year=today.year + 1, day=1))
    if days and name != words and not words.endswith("那天"):
        return Days(days.first, days.first + HOLIDAYS.get(name[:2], 3) * ONE)
    return days


def _by_jionlp(words: str, today: Day) -> Optional[Days]:
    """JioNLP knows the lunar calendar; its import prints, which must not reach standard output."""
    with contextlib.redirect_stdout(io.StringIO()):
        import jionlp
    base: Dict[str, int] = {"year": today.year, "month": today.month, "day": today.day}
    try:
        start, end = jionlp.parse_time(words, time_base=base)["time"]
    except (ValueError, KeyError, TypeError):
        return None
    first = datetime.datetime.fromisoformat(start).date()
    return Days(first, datetime.datetime.fromisoformat(end).date() + ONE)
