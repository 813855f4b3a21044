from __future__ import annotations

import datetime

import pytest

from traffic.weekdays import days_in, is_one_of, name_of, next_of, with_days, without_days

SATURDAY = datetime.date(2026, 10, 10)  # a shifted working day
HOLIDAY = datetime.date(2026, 10, 1)  # a Thursday


@pytest.mark.parametrize(("text", "days"), [
    ("周末别发", "67"), ("双休日不用告诉我", "67"), ("周一到周五每天早上七点发", "12345"), ("星期一至五", "12345"),
    ("礼拜天", "7"), ("周六、周日", "67"), ("周六日", "67"), ("每周一三五早上六点", "135"), ("周一，周四和周六", "146"),
    ("周六一早告诉我", "6"), ("周五六点", "5"), ("周三七点半", "3"), ("每周二晚上8点", "2"), ("工作日七点", "w"),
    ("周五到周一", "1567"), ("下周一封路吗", ""), ("这个周末堵不堵", ""), ("今天", ""), ("每天", ""),
])
def test_days_are_heard_as_people_say_them(text: str, days: str) -> None:
    assert days_in(text) == days


@pytest.mark.parametrize(("days", "name"), [
    ("1234567", "每天"), ("67", "周末"), ("w", "工作日"), ("12345", "周一到周五"), ("135", "周一、周三、周五"),
    ("456", "周四到周六"), ("7", "周日"), ("12", "周一、周二")])
def test_days_are_named_shortly(days: str, name: str) -> None:
    assert name_of(days) == name


def test_working_days_mind_holidays_and_shifted_days() -> None:
    assert is_one_of(SATURDAY, "w")
    assert not is_one_of(HOLIDAY, "w")
    assert is_one_of(HOLIDAY, "4")
    assert next_of(HOLIDAY, "w") == datetime.date(2026, 10, 8)
    assert next_of(datetime.date(2026, 11, 28), "12345") == datetime.date(2026, 11, 30)


@pytest.mark.parametrize(("days", "more", "together"), [("12345", "67", "1234567"), ("w", "67", "1234567"),
                                                        ("w", "3", "w"), ("13", "5", "135")])
def test_days_are_added(days: str, more: str, together: str) -> None:
    assert with_days(days, more) == together


@pytest.mark.parametrize(("days", "fewer", "left"), [("1234567", "67", "12345"), ("w", "67", "w"), ("w", "1", "2345"),
                                                     ("67", "67", ""), ("w", "w", "")])
def test_days_are_taken_away(days: str, fewer: str, left: str) -> None:
    assert without_days(days, fewer) == left


def test_all_but_one_day_and_working_days_with_another_have_their_names() -> None:
    assert name_of("134567") == "除了周二每天"
    assert name_of("123456") == "周一到周六"
    assert (days_in("工作日发，周六也要"), days_in("一三五发"), days_in("第一三五号")) == ("123456", "135", "")
