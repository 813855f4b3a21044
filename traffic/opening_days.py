"""When the station is open: weekdays, holidays and shifted working days (调休) of `station.yml`, in its time zone."""

from __future__ import annotations

import datetime
import zoneinfo
from typing import List, Tuple

from bot.settings import Station, load_station

FARTHEST_DAYS = 30


def station_zone() -> zoneinfo.ZoneInfo:
    """The station's time zone."""
    return zoneinfo.ZoneInfo(load_station().timezone)


def local_day(moment: datetime.datetime) -> datetime.date:
    """The station's date at a moment."""
    return moment.astimezone(station_zone()).date()


def local_moment(day: datetime.date, time: datetime.time) -> datetime.datetime:
    """The moment of a clock time at the station."""
    return datetime.datetime.combine(day, time, station_zone())


def day_bounds(day: datetime.date) -> Tuple[datetime.datetime, datetime.datetime]:
    """First moment of the station's day, and of the next."""
    midnight = datetime.time()
    return local_moment(day, midnight), local_moment(day + datetime.timedelta(days=1), midnight)


def opening_spans(day: datetime.date, station: Station | None = None) -> List[Tuple[datetime.time, datetime.time]]:
    """(opens, closes) of a day, empty when closed; a shifted working day has Monday's hours unless its own are set."""
    return (station or load_station()).opening_spans(day)


def why_closed(day: datetime.date, today: datetime.date | None = None, station: Station | None = None) -> str | None:
    """Why no appointment is possible that day: past, too_far (30 days), holiday, weekday_closed; else None."""
    today = today or local_day(datetime.datetime.now(datetime.timezone.utc))
    if day < today:
        return "past"
    if day > today + datetime.timedelta(days=FARTHEST_DAYS):
        return "too_far"
    if opening_spans(day, station):
        return None
    return "holiday" if day in (station or load_station()).holidays else "weekday_closed"


def working_days_after(day: datetime.date, count: int, station: Station | None = None) -> datetime.date:
    """The day `count` working days (工作日) later; weekends do not count, even when the station is open."""
    station = station or load_station()
    while count:
        day += datetime.timedelta(days=1)
        count -= is_working_day(day, station)
    return day


def is_working_day(day: datetime.date, station: Station | None = None) -> bool:
    """Monday to Friday without holidays, and shifted working days."""
    station = station or load_station()
    return day in station.working_days or (day.weekday() < 5 and day not in station.holidays)
