from __future__ import annotations

import datetime
import zoneinfo
from typing import Any, Dict, List

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions import records
from actions.fallback import ActionChitchat
from actions.opening_days import ActionTellOpeningDays, tell_opening_days
from actions.turn import Turn
from tests.actions.acting import Said, act
from tests.actions.trackers import Event, entity, heard, tracker

HERE = zoneinfo.ZoneInfo("Asia/Shanghai")


@pytest.fixture(autouse=True)
def _monday_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, "2026-09-21T12:30")


def at(monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    monkeypatch.setattr(records, "now", lambda: datetime.datetime.fromisoformat(moment).replace(tzinfo=HERE))


def asked(text: str, said: str = "", first: str = "", last: str = "", grain: str = "day",
          intent: str = "out_of_scope") -> Event:
    span = {"from": f"{first}:00+08:00", "to": f"{last}:00+08:00", "grain": grain, "text": said}
    return heard(text, intent, [entity("time", span, text, said)] if said else [])


def told(event: Event, **more: Any) -> Said:
    dispatcher = CollectingDispatcher()
    tell_opening_days(dispatcher, Turn.of(tracker(event)), **more)
    return Said(dispatcher, [])


@pytest.mark.parametrize(("event", "words"), [
    (asked("明天下午开门吗", "明天下午", "2026-09-22T12:00", "2026-09-22T18:00", "half_day"),
     "9月22日 周二14:00—17:00上班"),
    (asked("这周六开门吗", "这周六", "2026-09-26T00:00", "2026-09-27T00:00"),
     "9月25日 周五到9月27日 周日放假，不上班，9月28日 周一开始上班，08:30—11:30"),
    (asked("周六下午有人吗", "周六下午", "2026-10-17T12:00", "2026-10-17T18:00", "half_day"),
     "那个时候不上班，当天是08:30—11:30"),
    (asked("国庆几号上班", "国庆", "2026-10-01T00:00", "2026-10-02T00:00"),
     "10月1日 周四到10月7日 周三放假，不上班，10月8日 周四开始上班"),
    (asked("10月10号上班吗", "10月10号", "2026-10-10T00:00", "2026-10-11T00:00"), "10月10日 周六调休，照常上班"),
    (asked("周日开不开门", "周日", "2026-10-11T00:00", "2026-10-12T00:00"),
     "10月11日 周日休息，不上班。最近的是10月12日 周一"),
    (asked("元旦放假上班吗", "元旦", "2027-01-01T00:00", "2027-01-02T00:00"),
     "2027年1月1日 周五放假，不上班。后面哪天开始上班还没公布"),
    (asked("2月14号上班吗", "2月14号", "2027-02-14T00:00", "2027-02-15T00:00"), "2月14号的放假安排还没公布"),
    (asked("1月1号窗口上班吗", "1月1号", "2026-01-01T00:00", "2026-01-02T00:00"), "2027年1月1日 周五放假"),
    (asked("五一上班吗", "五一", "2026-05-01T00:00", "2026-05-02T00:00"), "五一的放假安排还没公布"),
    (asked("周五周六上班不", "周五周六", "2026-10-16T00:00", "2026-10-18T00:00"),
     "· 10月16日 周五上班，08:30—11:30、14:00—17:00\n· 10月17日 周六上班，08:30—11:30"),
    (asked("周日早上九点有人吗", "周日早上九点", "2026-10-18T09:00", "2026-10-18T10:00", "hour"), "10月18日 周日休息"),
    (asked("明早九点开门没", "明早九点", "2026-09-22T09:00", "2026-09-22T10:00", "hour"),
     "9月22日 周二上班，08:30—11:30、14:00"),
])
def test_the_day_that_was_named_is_told_from_the_calendar(event: Event, words: str) -> None:
    assert words in told(event).text


@pytest.mark.parametrize(("moment", "words"), [
    ("2026-09-21T09:00", "现在上班，到11:30"), ("2026-09-21T12:30", "现在没上班，今天14:00—17:00上班"),
    ("2026-09-21T18:00", "现在下班了，9月22日 周二上班"), ("2026-10-03T09:00", "现在下班了，10月8日 周四上班"),
])
def test_now_is_told_by_the_clock(moment: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, moment)
    assert words in told(asked("你们现在开门吗")).text


@pytest.mark.parametrize("event", [
    asked("银行明天开门吗", "明天", "2026-09-22T00:00", "2026-09-23T00:00"),
    asked("明天下雨吗", "明天", "2026-09-22T00:00", "2026-09-23T00:00"), asked("你们几点上班"),
    asked("昨天上班吗", "昨天", "2026-09-20T00:00", "2026-09-21T00:00"),
    asked("中午休息吗", "中午", "2026-09-21T11:00", "2026-09-21T14:00", "half_day"),
])
def test_other_things_and_no_day_are_left_to_others(event: Event) -> None:
    assert told(event).names == []


def test_what_the_answer_book_takes_for_its_hours_needs_no_plain_words() -> None:
    question = asked("礼拜天能去处理违章吗", "礼拜天", "2026-10-18T00:00", "2026-10-19T00:00", intent="pay_fine")
    assert told(question).names == []
    assert told(question, about_hours=True).names == ["utter_opening_closed_weekly"]


def answered(question: str, *events: Event) -> List[Dict[str, Any]]:
    """What the action asks Rasa to do next."""
    seen = tracker(*events)
    seen.latest_message = {"intent": {"name": "pay_fine"}, "response_selector": {
        "pay_fine": {"response": {"intent_response_key": question}}}}
    import asyncio
    return list(asyncio.run(ActionTellOpeningDays().run(CollectingDispatcher(), seen, {})) or [])


def test_the_general_answer_is_left_out_only_when_the_day_was_told() -> None:
    event = asked("礼拜天能去处理违章吗", "礼拜天", "2026-10-18T00:00", "2026-10-19T00:00", intent="pay_fine")
    assert [e.get("name") for e in answered("pay_fine/window_hours", event)] == ["action_listen"]
    assert answered("pay_fine/how", event) == []


def test_words_taken_for_chat_are_heard_all_the_same() -> None:
    event = asked("明天开门吗", "明天", "2026-09-22T00:00", "2026-09-23T00:00", intent="chitchat")
    assert act(ActionChitchat(), event).names == ["utter_opening_on"]
    assert act(ActionChitchat(), heard("今天天气真好", "chitchat")).names == ["utter_chitchat"]
