from __future__ import annotations

import asyncio
import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.engine import Engine

from actions.quiet_hours import QuietWish
from actions.road_subscriptions import (
    THAT_ROAD,
    ActionSubscribeRoad,
    ActionUnsubscribeRoad,
    ValidateUnsubscribeRoadForm,
    road_just_named,
)
from actions.turn import Turn
from actions.wishes import Wish, subscription_in, wish_in
from tests.actions.acting import Said, act
from tests.actions.trackers import entity, heard, opened, tracker
from traffic.database import reading
from traffic.road_subscriptions import road_subscriptions
from traffic.subscriber_wishes import quiet_hours, reminders_off, tags_of

TEN_TO_SEVEN = {"from": "2026-08-03T22:00:00+08:00", "to": "2026-08-04T07:00:00+08:00", "grain": "hour", "text": "x"}
SEVEN = {"from": "2026-08-03T07:00:00+08:00", "to": "2026-08-03T08:00:00+08:00", "grain": "hour", "text": "早上七点"}


def turn(text: str, time: Any = None) -> Turn:
    entities = [entity("time", time, text, "早上七点" if "早上七点" in text else text)] if time else []
    return Turn.of(tracker(heard(text, "subscribe_road", entities)))


@pytest.mark.parametrize(("text", "wish"), [
    ("我订了什么", Wish("list")), ("看看我的订阅", Wish("list")),
    ("别再提醒我年检了", Wish("reminders", "inspection", False)),
    ("别再提醒", Wish("reminders", "all", False)), ("恢复违章提醒", Wish("reminders", "violation")),
    ("我是骑摩托的", Wish("tag", "motorcycle")), ("我不开货车了", Wish("tag", "lorry", False)),
    ("提醒都打开", Wish("reminders", "all")), ("年检快到了提醒我", Wish("reminders", "inspection")),
    ("只要封路的，堵车别告诉我", Wish("closures")), ("封路了提醒我", None),
    ("我订的都有啥", Wish("list")), ("哪些提醒关了", Wish("list")), ("现在还会给我发什么", Wish("list")),
    ("有摩托车的新规定也告诉我", Wish("tag", "motorcycle")), ("驾照的还是要提醒", Wish("reminders", "license")),
    ("镇上封路通知我", None), ("货车那个留着，提醒都恢复", Wish("reminders", "all")),
    ("礼拜天别报", Wish("days", how="without", days="7")),
    ("货车的通知别发", Wish("tag", "lorry", False)), ("别打扰我", Wish("cannot", "utter_which_quiet_hours")),
    ("明天早上七点告诉我路况", Wish("cannot", "utter_no_single_news")),
    ("取消免打扰", Wish("loud")), ("免打扰关掉吧", Wish("loud")), ("周末别发", Wish("days", how="without", days="67")),
    ("周末不用告诉我", Wish("days", how="without", days="67")),
    ("节假日别给我发路况", Wish("days", how="only", days="w")), ("周末也告诉我", Wish("days", how="with", days="67")),
    ("只要周一到周五发就行", Wish("days", how="only", days="12345")),
    ("工作日发就行", Wish("days", how="only", days="w")),
    ("周一到周五发，周末别发", Wish("days", how="only", days="12345")),
    ("周日晚上9点到10点别发", Wish("cannot", "utter_no_hours_of_days")),
    ("这个周末别吵我", Wish("cannot", "utter_no_single_days")),
    ("国庆这几天别发了", Wish("cannot", "utter_no_single_days")),
    ("每天7点告诉我75省道路况，周末别发", None), ("订阅路况", None), ("别再发了", None), ("75省道封路了告诉我", None),
])
def test_a_wish_is_told_from_a_subscription(text: str, wish: Wish | None) -> None:
    assert wish_in(turn(text)) == wish


def test_quiet_hours_are_the_span_that_is_said() -> None:
    said = wish_in(turn("晚上10点到早上7点别发", TEN_TO_SEVEN))
    assert said == Wish("quiet", quiet=QuietWish((datetime.time(22), datetime.time(7))))


@pytest.mark.parametrize(("text", "begins", "ends"), [
    ("晚上10点到早上7点别发消息给我", 22, 7), ("中午十二点到两点别打扰我", 12, 14), ("晚上十二点到六点别发", 0, 6),
    ("下午1点到3点免打扰", 13, 15),
])
def test_the_last_hour_said_is_the_end_not_the_hour_after(text: str, begins: int, ends: int) -> None:
    until_eight = {**TEN_TO_SEVEN, "to": "2026-08-04T08:00:00+08:00"}
    hours = (datetime.time(begins), datetime.time(ends))
    assert wish_in(turn(text, until_eight)) == Wish("quiet", quiet=QuietWish(hours))


@pytest.mark.parametrize(("text", "time", "wanted"), [
    ("每天早上七点告诉我75省道的路况", SEVEN, {"daily": "07:00"}), ("每天晚上告诉我路况", None, {"daily": "17:00"}),
    ("工作日早上七点告诉我75省道的路况", SEVEN, {"daily": "07:00", "days": "w"}),
    ("周一到周五每天早上七点发", None, {"daily": "07:00", "days": "12345"}),
    ("每天7点告诉我75省道路况，周末别发", None, {"daily": "07:00", "days": "12345"}),
    ("除了周末每天早上7点告诉我路况", None, {"daily": "07:00", "days": "12345"}),
    ("每周一三五早上六点半告诉我", None, {"daily": "06:30", "days": "135"}),
    ("早上七点告诉我75省道的路况", None, {"daily": "07:00"}),
    ("我每天走75省道，封路了告诉我", None, {"closures": True}),
    ("天天早上六点四十报全镇的路况", None, {"daily": "06:40"}), ("每天七点一刻报一下", None, {"daily": "07:15"}),
    ("每天8点05报路况", None, {"daily": "08:05"}), ("每天七点零五分报路况", None, {"daily": "07:05"}),
    ("一三五早上七点发75省道", None, {"daily": "07:00", "days": "135"}),
    ("每周五六点告诉我", None, {"daily": "06:00", "days": "5"}),
    ("周六封路告诉我", None, {"closures": True, "days": "6"}),
    ("以后有封路通知我", None, {"closures": True}), ("75省道有情况告诉我", None, {}),
])
def test_the_hour_and_what_is_wanted_are_heard(text: str, time: Any, wanted: dict[str, Any]) -> None:
    assert subscription_in(turn(text, time)) == wanted


def subscribe(text: str, name: str, **wanted: Any) -> Said:
    return act(ActionSubscribeRoad(), heard(text, "subscribe_road"), road_name=name, subscription=wanted)


def test_giving_up_is_heard_while_a_road_is_asked_for(town: Engine) -> None:
    subscribe("75省道有情况告诉我", "75省道")
    assert "75省道的路况不再发给您" in subscribe("退订75省道", "75省道").text


def test_only_closures_changes_what_is_there(town: Engine) -> None:
    subscribe("75省道有情况告诉我", "75省道")
    assert "堵车、施工不打扰您" in subscribe("只要封路的，堵车别告诉我", "wish").text
    assert "75省道封路了告诉您" in subscribe("我订了什么", "wish").text


def test_only_closures_means_what_comes_daily_too(town: Engine) -> None:
    subscribe("x", "75省道", daily="07:00")
    subscribe("以后只要封路才说", "wish")
    listed = subscribe("我订了什么", "wish").text
    assert "75省道封路了告诉您" in listed
    assert "一带封路" not in listed


def test_daily_and_closures_are_kept_listed_and_given_up(town: Engine) -> None:
    assert "每天07:00告诉您75省道的路况" in subscribe("每天", "75省道", daily="07:00").text
    assert "封路我就告诉您，别的不打扰" in subscribe("封路", "all", closures=True).text
    listed = subscribe("我订了什么", "wish").text
    assert "每天07:00告诉您75省道的路况" in listed
    assert "一带封路了告诉您" in listed
    gone = act(ActionUnsubscribeRoad(), heard("别再发了", "unsubscribe_road"), road_name="all")
    assert gone.names == ["utter_all_roads_unsubscribed"]
    with reading(town) as session:
        assert road_subscriptions(session, "driver-1") == []
    assert subscribe("我订了什么", "wish").names == ["utter_no_subscriptions"]


def test_reminders_tags_and_quiet_hours_are_kept(town: Engine) -> None:
    assert subscribe("别再提醒我年检了", "wish").text == "好的，年检不再提醒您。想恢复，说“恢复年检提醒”。"
    assert "摩托车" in subscribe("我是骑摩托的", "wish").text
    act(ActionSubscribeRoad(), heard("晚上10点到早上7点别发", "subscribe_road",
                                     [entity("time", TEN_TO_SEVEN, "晚上10点到早上7点别发", "晚上10点到早上7点")]),
        road_name="wish")
    with reading(town) as session:
        who = session.execute(sa.text("SELECT subscriber FROM quiet_hours")).scalar()
        assert (reminders_off(session, who), tags_of(session, who)) == ({"inspection"}, ["motorcycle"])
        assert quiet_hours(session, who) == (datetime.time(22), datetime.time(7))
    assert "年检提醒已关" in subscribe("我订了什么", "wish").text
    assert "年检到时候提醒您" in subscribe("恢复年检提醒", "wish").text


def test_days_of_the_week_are_kept_changed_and_listed(town: Engine) -> None:
    assert "好的，周一到周五07:00告诉您75省道" in subscribe("x", "75省道", daily="07:00", days="12345").text
    assert "好的，周末224省道封路了我就告诉您" in subscribe("x", "224省道", closures=True, days="67").text
    told = subscribe("周末也告诉我", "wish").text
    assert "· 每天07:00告诉您75省道的路况" in told
    assert "· 周末224省道封路了告诉您" in told
    told = subscribe("周六别发", "wish").text
    assert "· 周一到周五、周日" not in told
    assert "· 周日224省道封路了告诉您" in told
    told = act(ActionUnsubscribeRoad(), heard("周末别发", "unsubscribe_road"), road_name="wish").text
    assert "· 周一到周五07:00告诉您75省道的路况" in told
    assert "224省道" not in told
    assert "周一到周五07:00" in subscribe("我订了什么", "wish").text


def test_days_left_out_of_nothing_are_answered(town: Engine) -> None:
    assert subscribe("周末别发", "wish").names == ["utter_no_days_to_change"]
    assert subscribe("这个周末别发", "wish").names == ["utter_no_single_days"]


def test_who_wants_to_hear_when_it_is_open_again_means_the_road_just_named() -> None:
    before = heard("75省道堵不堵", "query_road_conditions", [entity("road", "75省道", "75省道堵不堵", "75省道")])
    assert road_just_named(tracker(before, heard("通了告诉我", "subscribe_road"))) == "75省道"
    assert THAT_ROAD.search("通了告诉我")
    assert not THAT_ROAD.search("封路了告诉我")


def test_a_question_ends_no_subscription(town: Engine) -> None:
    subscribe("75省道有情况告诉我", "75省道")
    asked = [heard("路况是啥意思", "unsubscribe_road"), opened("unsubscribe_road_form")]
    form = ValidateUnsubscribeRoadForm()
    found = asyncio.run(form.extract_road_name(CollectingDispatcher(), tracker(*asked), {}))
    assert found == {"road_name": "wish"}
    asked[0] = heard("烦死了吗", "unsubscribe_road")
    found = asyncio.run(form.extract_road_name(CollectingDispatcher(), tracker(*asked), {}))
    assert found == {"road_name": "75省道"}
