"""Words for days that JioNLP reads wrongly or not (月底, 本周末, 明晚零点, 次日), as dates before it reads."""

from __future__ import annotations

import calendar
import datetime
import re
from typing import Callable, List, Tuple

ONE_DAY = datetime.timedelta(days=1)
WEEK, DAYS = "(?:周|星期|礼拜)", "一二三四五六日天"
NIGHTS = {"今": 0, "明": 1, "后": 2}
Spell = Callable[[re.Match[str], datetime.datetime], str]


def spelled(text: str, local: datetime.datetime) -> Tuple[str, List[int]]:
    """The text with such words as dates, and for each of its places where that stood; one more place for the end."""
    out, places, at = "", [], 0
    while at < len(text):
        found = next(((match, spell) for pattern, spell in WORDS if (match := pattern.match(text, at))), None)
        new = found[1](found[0], local) if found else text[at]
        out += new
        places += [at] * len(new)
        at = found[0].end() if found else at + 1
    return out, [*places, len(text)]


def _date(day: datetime.date) -> str:
    return f"{day.month}月{day.day}日"


def _month_end(found: re.Match[str], local: datetime.datetime) -> str:
    month = local.date().replace(day=1)
    if found["number"]:
        return f"{found['number']}月{calendar.monthrange(month.year, int(found['number']))[1]}日"
    if found["which"] in ("下", "下个"):
        month = (month + 32 * ONE_DAY).replace(day=1)
    return _date(month.replace(day=calendar.monthrange(month.year, month.month)[1]))


def _weekend(found: re.Match[str], local: datetime.datetime) -> str:
    monday = local.date() - local.weekday() * ONE_DAY + (7 * ONE_DAY if found["next"] else 0 * ONE_DAY)
    return f"{_date(monday + 5 * ONE_DAY)}至{_date(monday + 6 * ONE_DAY)}"


def _midnight(found: re.Match[str], local: datetime.datetime) -> str:
    """The midnight at the end of that evening."""
    return f"{_date(local.date() + (NIGHTS[found['night']] + 1) * ONE_DAY)}0点"


def _weekdays(found: re.Match[str], local: datetime.datetime) -> str:
    """下周一到周三; without 下 those to come."""
    monday = local.date() - local.weekday() * ONE_DAY + (7 * ONE_DAY if found["next"] else 0 * ONE_DAY)
    begins, ends = (monday + min(DAYS.index(found[name]), 6) * ONE_DAY for name in ("from", "to"))
    if not found["next"] and ends < local.date():
        begins, ends = begins + 7 * ONE_DAY, ends + 7 * ONE_DAY
    later = ends < begins or (found["later"] and not found["next"])
    return f"{_date(begins)}至{_date(ends + 7 * ONE_DAY if later else ends)}"


WORDS: Tuple[Tuple[re.Pattern[str], Spell], ...] = (
    (re.compile(r"(?:(?P<which>本|这个?|下个?)|(?P<number>1[0-2]|[1-9])(?=月))?月(?:底|末)"), _month_end),
    (re.compile(r"(?:今年)?年底"), lambda found, local: "12月31日"),
    (re.compile(r"(?:(?P<next>下)个?|本|这个?)?周末(?:两天)?"), _weekend),
    (re.compile(rf"(?P<next>下)?(?:个|这|本)?{WEEK}(?P<from>[{DAYS}])(?:至|到|-|—|~)(?:(?P<later>下)?(?:个|这|本)?{WEEK})?"
                rf"(?P<to>[{DAYS}])(?![点时:：])"), _weekdays),
    (re.compile(rf"(?P<next>下)?(?P<later>)(?:个|这|本)?{WEEK}(?P<from>[{DAYS}])[、和]?{WEEK}?(?P<to>[{DAYS}])(?:这?两天)"),
     _weekdays),
    (re.compile(r"(?P<night>[今明后])天?晚上?"
                r"(?:[零0][点时]|0?0:00|24[点时]|24:00|(?:12|十二)[点时](?!半))"), _midnight),
    (re.compile(r"(?P<day>[今明后])(?P<part>[早晚])上?"), lambda found, local: f"{found['day']}天{found['part']}上"),
    (re.compile(r"(?<=[至到\-~—–])\s*(?:次日|第二天|翌日)"), lambda found, local: ""),
)
