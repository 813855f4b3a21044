from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.settings import Station, load_station
from traffic import opening_days

DATE = datetime.date
MONDAY = DATE(2026, 9, 28)


@pytest.fixture
def station() -> Station:
    weekdays = {day: "08:30-11:30, 14:00-17:00" for day in ("周一", "周二", "周三", "周四", "周五")}
    return load_station().copy(update={
        "hours": {**weekdays, "周六": "08:30-11:30"},
        "holidays": [DATE(2026, 10, n) for n in range(1, 8)], "working_days": [DATE(2026, 10, 11)]})


def times(day: DATE, station: Station) -> list[str]:
    return [f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in opening_days.opening_spans(day, station)]


def test_a_weekday_has_its_hours(station: Station) -> None:
    assert times(MONDAY, station) == ["08:30-11:30", "14:00-17:00"]
    assert times(DATE(2026, 10, 10), station) == ["08:30-11:30"]
    assert times(DATE(2026, 9, 27), station) == []


def test_a_holiday_is_closed_and_a_shifted_sunday_is_open(station: Station) -> None:
    assert times(DATE(2026, 10, 1), station) == []
    assert times(DATE(2026, 10, 11), station) == ["08:30-11:30", "14:00-17:00"]


@pytest.mark.parametrize(("day", "reason"), [
    (DATE(2026, 9, 27), "past"), (MONDAY, None), (DATE(2026, 10, 1), "holiday"), (DATE(2026, 10, 11), None),
    (DATE(2026, 10, 18), "weekday_closed"), (DATE(2026, 10, 28), None), (DATE(2026, 10, 29), "too_far")])
def test_why_a_day_is_closed(station: Station, day: DATE, reason: str | None) -> None:
    assert opening_days.why_closed(day, MONDAY, station) == reason


def test_working_days_skip_weekends_and_holidays_and_count_shifted_days(station: Station) -> None:
    assert opening_days.working_days_after(DATE(2026, 9, 30), 1, station) == DATE(2026, 10, 8)
    assert opening_days.working_days_after(DATE(2026, 10, 8), 2, station) == DATE(2026, 10, 11)
    assert opening_days.working_days_after(DATE(2026, 10, 8), 0, station) == DATE(2026, 10, 8)


@given(st.dates(DATE(2024, 1, 1), DATE(2030, 1, 1)), st.integers(1, 30))
def test_a_promised_day_is_a_working_day_with_so_many_before_it(day: DATE, count: int) -> None:
    promised = opening_days.working_days_after(day, count)
    between = [day + datetime.timedelta(days=n) for n in range(1, (promised - day).days + 1)]
    assert sum(opening_days.is_working_day(d) for d in between) == count
    assert opening_days.is_working_day(promised)


def test_the_stations_day_begins_at_its_own_midnight() -> None:
    evening = datetime.datetime(2026, 8, 3, 16, 30, tzinfo=datetime.timezone.utc)
    assert opening_days.local_day(evening) == DATE(2026, 8, 4)
    starts, ends = opening_days.day_bounds(DATE(2026, 8, 4))
    assert starts <= evening < ends
    assert ends - starts == datetime.timedelta(days=1)
