"""How values are shown: money, moments, days, lengths. The sentences around them are in `data/` and in templates."""

from __future__ import annotations

import datetime
import zoneinfo

from bot.settings import WEEKDAYS, load_station


def local(moment: datetime.datetime) -> datetime.datetime:
    """In the station's time zone."""
    return moment.astimezone(zoneinfo.ZoneInfo(load_station().timezone))


def money(fen: int) -> str:
    """20000 → 200元, 12050 → 120.5元."""
    return f"{fen / 100:.2f}".rstrip("0").rstrip(".") + "元"


def day(date: datetime.date, today: datetime.date | None = None) -> str:
    """11月25日 周三; the year before it when it is another than today's."""
    year = f"{date.year}年" if today and date.year != today.year else ""
    return f"{year}{date.month}月{date.day}日 {WEEKDAYS[date.weekday()]}"


def time_of_day(moment: datetime.datetime) -> str:
    """上午9:00, 下午2:30, in the station's time zone."""
    here = local(moment)
    part = "上午" if here.hour < 12 else "下午" if here.hour < 18 else "晚上"
    return f"{part}{here.hour - 12 if here.hour > 12 else here.hour}:{here.minute:02}"


def moment(at: datetime.datetime, today: datetime.date | None = None) -> str:
    """11月25日 周三 上午9:00."""
    return f"{day(local(at).date(), today)} {time_of_day(at)}"


def short_moment(at: datetime.datetime, today: datetime.date | None = None) -> str:
    """11月3日 14:20; with the year when it is another than today's. For lists of past things."""
    here = local(at)
    year = f"{here.year}年" if today and here.year != today.year else ""
    return f"{year}{here.month}月{here.day}日 {here:%H:%M}"


def short_end(at: datetime.datetime) -> str:
    """11月3日 14:20; what ends at midnight ends on the day before, 11月30日 24:00."""
    if local(at).time() != datetime.time():
        return short_moment(at)
    last = last_day(at)
    return f"{last.month}月{last.day}日 24:00"


def last_day(at: datetime.datetime) -> datetime.date:
    """The last day of what ends then."""
    return local(at - datetime.timedelta(microseconds=1)).date()
