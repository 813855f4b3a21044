from __future__ import annotations

import datetime
from typing import Any, Dict

import pytest

from actions import records
from actions.turn import Turn
from actions.wanted_times import has_choice_words, is_bygone, time_heard, time_named, why_not
from tests.actions.trackers import entity, heard, tracker

OFFERED = [{"id": n, "starts": f"2026-11-25T{clock}+08:00", "site": "s", "address": "a"}
           for n, clock in ((1, "08:30:00"), (2, "09:00:00"), (3, "09:30:00"))]


@pytest.fixture(autouse=True)
def _monday_morning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "now", lambda: datetime.datetime(2026, 11, 23, 1, tzinfo=datetime.timezone.utc))


def span(first: str, last: str, grain: str = "day") -> Dict[str, Any]:
    return {"from": f"{first}+08:00", "to": f"{last}+08:00", "grain": grain}


def turn(text: str, time: Dict[str, Any] | None = None, part: str = "") -> Turn:
    entities = [entity("time", time, text, part or text)] if time else []
    return Turn.of(tracker(heard(text, "inform", entities)))


def test_another_part_of_the_day_keeps_the_days() -> None:
    wish = span("2026-11-25T00:00:00", "2026-11-26T00:00:00")
    changed = time_heard(turn("换下午"), wish, OFFERED)
    assert changed["chosen_slot"] is None
    assert (changed["wanted_time"]["part"], changed["wanted_time"]["from"]) == ("afternoon", wish["from"])


def test_another_part_of_the_day_forgets_the_hour() -> None:
    morning = span("2026-11-25T09:00:00", "2026-11-25T10:00:00", "hour")
    changed = time_heard(turn("有下午的吗"), morning, OFFERED)["wanted_time"]
    assert (changed["from"], changed["to"]) == ("2026-11-25T00:00:00+08:00", "2026-11-26T00:00:00+08:00")


def test_another_day_comes_after_those_offered() -> None:
    assert time_heard(turn("换一天吧"), {}, OFFERED)["wanted_time"] == {"from": "2026-11-26T00:00:00+08:00"}


def test_a_bare_hour_in_words_picks_it_too() -> None:
    assert time_heard(turn("九点半那个"), {}, OFFERED) == {"chosen_slot": 3}


def test_days_and_a_part_of_them_are_one_wish() -> None:
    text = "下周找个上午"
    week = span("2026-11-30T00:00:00", "2026-12-07T00:00:00")
    part = span("2026-11-23T06:00:00", "2026-11-23T12:00:00", "half_day")
    entities = [entity("time", week, text, "下周"), entity("time", part, text, "上午")]
    named = time_named(Turn.of(tracker(heard(text, "inform", entities))))
    assert named is not None
    assert (named["from"], named["part"]) == (week["from"], "morning")


def test_other_times_come_after_those_offered() -> None:
    assert time_heard(turn("还有别的时间吗"), {}, OFFERED)["wanted_time"]["after"] == OFFERED[-1]["starts"]


def test_any_time_is_the_first() -> None:
    assert time_heard(turn("随便"), {}, OFFERED) == {"chosen_slot": 1}


def test_an_hour_of_those_offered_picks_it() -> None:
    today_at_nine = span("2026-11-23T09:00:00", "2026-11-23T10:00:00", "hour")
    assert time_heard(turn("9点那个", today_at_nine, "9点"), {}, OFFERED) == {"chosen_slot": 2}


def test_an_hour_not_offered_is_looked_for() -> None:
    at_ten = span("2026-11-23T10:00:00", "2026-11-23T11:00:00", "hour")
    assert time_heard(turn("10点有吗", at_ten, "10点"), {}, OFFERED)["wanted_time"]["at"] == "10:00"


def test_another_day_is_another_wish() -> None:
    friday = span("2026-11-27T00:00:00", "2026-11-28T00:00:00")
    assert time_heard(turn("周五呢", friday, "周五"), {}, OFFERED)["wanted_time"]["from"] == friday["from"]


def test_words_that_choose_nothing_change_nothing() -> None:
    assert time_heard(turn("这是什么意思"), {}, OFFERED) == {}
    assert not has_choice_words("换挡有异响，年检能过吗，要不要先修一下再去换")


@pytest.mark.parametrize(("first", "last", "reason"), [
    ("2026-11-22T08:00:00", "2026-11-22T12:00:00", "past"),
    ("2026-11-29T00:00:00", "2026-11-30T00:00:00", "weekday_closed"),
    ("2027-01-01T00:00:00", "2027-01-02T00:00:00", "too_far"), ("2026-11-25T00:00:00", "2026-11-26T00:00:00", None),
    ("2026-11-28T00:00:00", "2026-11-30T00:00:00", None),
    ("2026-11-28T12:00:00", "2026-11-28T18:00:00", "outside_hours"),
    ("2026-11-25T12:00:00", "2026-11-25T13:00:00", "outside_hours"),
    ("2026-11-25T11:00:00", "2026-11-25T12:00:00", None)])
def test_why_a_wanted_time_is_impossible(first: str, last: str, reason: str | None) -> None:
    assert why_not(span(first, last)) == reason


def test_a_holiday_is_impossible(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "now", lambda: datetime.datetime(2026, 12, 20, tzinfo=datetime.timezone.utc))
    assert why_not(span("2027-01-01T00:00:00", "2027-01-02T00:00:00")) == "holiday"


def test_a_day_that_is_over_is_no_wish_and_a_part_of_today_is_one() -> None:
    assert is_bygone(span("2026-11-22T00:00:00", "2026-11-23T00:00:00"))
    assert not is_bygone(span("2026-11-23T00:00:00", "2026-11-23T08:00:00", "half_day"))


def test_no_wish_is_always_possible() -> None:
    assert why_not({}) is None


@pytest.mark.parametrize(("text", "part"), [
    ("不要早上的", "afternoon"), ("上午没空", "afternoon"), ("太早了", "afternoon"), ("有没有晚一点的", "afternoon"),
    ("下午不行", "morning"), ("别太晚", "morning"), ("最早的", None), ("早点的有吗", "morning"),
    ("不要下午的", "morning"),
])
def test_what_is_not_wanted_leaves_the_other_half(text: str, part: str | None) -> None:
    wish = span("2026-11-25T00:00:00", "2026-11-26T00:00:00")
    changed = time_heard(turn(text), wish, OFFERED)
    assert changed.get("wanted_time", {}).get("part") == part
    assert has_choice_words(text)


def test_the_last_one_is_the_last_that_was_offered() -> None:
    assert time_heard(turn("最晚的那个"), {}, OFFERED) == {"chosen_slot": 3}
    assert has_choice_words("最后一个吧")
