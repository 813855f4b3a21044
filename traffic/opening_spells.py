"""Days off in a row (放假) and the first open day behind them, from `station.yml`; how far its calendar is entered."""

from __future__ import annotations

import datetime
from typing import Tuple

from bot.settings import Station, load_station
from traffic.opening_days import FARTHEST_DAYS, opening_spans

ONE = datetime.timedelta(days=1)


def holiday_spell(day: datetime.date, station: Station | None = None) -> Tuple[datetime.date, datetime.date]:
    """First and last day of the holidays in a row that a holiday belongs to."""
    holidays = set((station or load_station()).holidays)
    first = last = day
    while first - ONE in holidays:
        first -= ONE
    while last + ONE in holidays:
        last += ONE
    return first, last


def next_open_day(day: datetime.date, station: Station | None = None) -> datetime.date | None:
    """The first day behind this one on which the station opens; None when a month has none."""
    ahead = (day + ONE * count for count in range(1, FARTHEST_DAYS + 2))
    return next((each for each in ahead if opening_spans(each, station)), None)


def is_shifted(day: datetime.date, station: Station | None = None) -> bool:
    """Whether a day of the weekend is a working day (调休)."""
    return day.weekday() >= 5 and day in (station or load_station()).working_days


def beyond_calendar(day: datetime.date, station: Station | None = None) -> bool:
    """Whether the holidays of that year are not entered yet: its entries name no day so late, nor a shifted day."""
    station = station or load_station()
    entered = [*station.holidays, *station.working_days]
    whole_year = any(each.year == day.year for each in station.working_days)
    return not whole_year and day > max(entered, default=datetime.date.min)
