from __future__ import annotations

import datetime

import pytest

from actions import presentation

UTC = datetime.timezone.utc


@pytest.mark.parametrize(("fen", "shown"), [
    (20000, "200元"), (12050, "120.5元"), (1, "0.01元"), (0, "0元"), (1000000, "10000元")])
def test_money_has_no_superfluous_digits(fen: int, shown: str) -> None:
    assert presentation.money(fen) == shown


def test_a_moment_is_told_in_the_stations_time_with_its_weekday() -> None:
    assert presentation.moment(datetime.datetime(2026, 11, 25, 1, 0, tzinfo=UTC)) == "11月25日 周三 上午9:00"
    assert presentation.moment(datetime.datetime(2026, 11, 25, 6, 30, tzinfo=UTC)) == "11月25日 周三 下午2:30"


def test_noon_and_evening() -> None:
    assert presentation.time_of_day(datetime.datetime(2026, 11, 25, 4, 5, tzinfo=UTC)) == "下午12:05"
    assert presentation.time_of_day(datetime.datetime(2026, 11, 25, 11, 0, tzinfo=UTC)) == "晚上7:00"


def test_another_year_is_told() -> None:
    today = datetime.date(2026, 11, 25)
    assert presentation.day(datetime.date(2027, 1, 4), today) == "2027年1月4日 周一"
    assert presentation.short_moment(datetime.datetime(2025, 3, 1, 0, 0, tzinfo=UTC), today) == "2025年3月1日 08:00"
