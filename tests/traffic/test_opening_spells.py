from __future__ import annotations

import datetime

import pytest

from traffic.opening_spells import beyond_calendar, holiday_spell, is_shifted, next_open_day


def date(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


@pytest.mark.parametrize("day", ["2026-10-01", "2026-10-04", "2026-10-07"])
def test_every_day_of_a_spell_knows_its_ends(day: str) -> None:
    assert holiday_spell(date(day)) == (date("2026-10-01"), date("2026-10-07"))


def test_the_first_open_day_may_be_a_shifted_one() -> None:
    assert next_open_day(date("2026-02-13")) == date("2026-02-14")
    assert next_open_day(date("2026-01-03")) == date("2026-01-04")
    assert is_shifted(date("2026-01-04"))
    assert not is_shifted(date("2026-01-05"))


def test_a_year_without_shifted_days_is_not_entered_yet() -> None:
    assert not beyond_calendar(date("2026-12-31"))
    assert not beyond_calendar(date("2027-01-01"))
    assert beyond_calendar(date("2027-01-02"))
