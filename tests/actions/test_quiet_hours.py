from __future__ import annotations

import datetime
from typing import Any, Tuple

import pytest

from actions.quiet_hours import QuietWish, completed, quiet_wish
from actions.turn import Turn
from actions.wishes import wish_in
from tests.actions.trackers import entity, heard, tracker


def hours(begins: float, ends: float) -> Tuple[datetime.time, datetime.time]:
    first, last = (datetime.time(int(hour), round(hour % 1 * 60)) for hour in (begins, ends))
    return first, last


def wished(text: str, time: Any = None) -> QuietWish | None:
    entities = [entity("time", time, text, time["text"])] if time else []
    wish = wish_in(Turn.of(tracker(heard(text, "unsubscribe_road", entities))))
    return wish.quiet if wish else None


@pytest.mark.parametrize(("text", "begins", "ends"), [
    ("晚上十点以后别吵我", 22, 7), ("十点以后别给我发了", 22, 7), ("晚上10点半后不要发消息", 22.5, 7),
    ("别在晚上十一点之后给我推送", 23, 7), ("十二点以后别发", 0, 7),
    ("下午六点以后别打扰", 18, 7), ("22:00以后勿扰", 22, 7),
    ("每天晚上九点以后别发消息", 21, 7), ("中午12点以后别吵", 12, 14),
])
def test_what_begins_at_night_ends_in_the_morning(text: str, begins: float, ends: float) -> None:
    assert wished(text) == QuietWish(hours(begins, ends), "ends")


@pytest.mark.parametrize(("text", "begins", "ends"), [
    ("早上八点前别发", 0, 8), ("七点半之前别吵我", 0, 7.5),
    ("早上8点以前不要给我发消息", 0, 8), ("下午两点前别吵", 12, 14),
])
def test_what_only_ends_begins_at_midnight_or_noon(text: str, begins: float, ends: float) -> None:
    assert wished(text) == QuietWish(hours(begins, ends), "begins")


@pytest.mark.parametrize(("text", "begins", "ends"), [
    ("中午别吵", 12, 14), ("午休时间别打扰我", 12, 14),
    ("晚上别给我发消息", 21, 7), ("夜里别吵", 21, 7), ("半夜别推消息", 22, 7),
    ("睡觉的时候别发", 21, 7), ("一大早别吵我", 0, 8),
])
def test_a_part_of_the_day_is_its_usual_hours(text: str, begins: float, ends: float) -> None:
    assert wished(text) == QuietWish(hours(begins, ends))


def test_a_rush_hour_is_the_recognised_span() -> None:
    time = {"from": "2026-08-03T07:00:00+08:00", "to": "2026-08-03T09:00:00+08:00",
            "grain": "half_day", "text": "早高峰"}
    assert wished("早高峰别发", time) == QuietWish(hours(7, 9))


@pytest.mark.parametrize("text", [
    "每天早上七点告诉我路况，晚上别发", "明天早上七点别忘了提醒我", "别吵", "每天七点发路况，周末别发",
])
def test_a_subscription_is_no_quiet(text: str) -> None:
    assert wished(text) is None


def test_hours_without_a_part_of_the_day_are_a_night_when_they_end_in_the_morning() -> None:
    assert wished("十点到七点别发") == QuietWish(hours(22, 7))
    assert wished("九点到十一点别发") == QuietWish(hours(9, 11))


def test_the_end_that_was_not_said_stays() -> None:
    since, until = quiet_wish("晚上十点以后别发", None), quiet_wish("早上八点前别发", None)
    assert since
    assert until
    assert completed(since, hours(0, 8)) == hours(22, 8)
    assert completed(until, hours(22, 7)) == hours(22, 8)
    assert completed(since, hours(12, 14)) == hours(22, 7)
    assert completed(until, None) == hours(0, 8)
