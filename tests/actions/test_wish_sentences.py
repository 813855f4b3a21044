from __future__ import annotations

import re
from typing import List

import pytest

from actions.sentence_parts import parts
from actions.turn import Turn
from actions.wish_sentences import wishes_in
from actions.wishes import Wish
from tests.actions.trackers import Event, heard, tracker

ROAD = re.compile(r"(?:75|82|224)省道|沿海高速")


def turn(text: str) -> Turn:
    roads: List[Event] = [{"entity": "road", "value": m[0], "start": m.start(), "end": m.end()}
                          for m in ROAD.finditer(text)]
    return Turn.of(tracker(heard(text, "subscribe_road", roads)))


def shown(wish: Wish) -> str:
    """kind what! (off) roads wanted days hours, what there is of it."""
    quiet = wish.quiet.hours if wish.quiet else ()
    wanted = ["+".join(f"{name}={value}" if value is not True else name for name, value in wish.wanted.items())]
    said = [wish.kind, wish.what + ("" if wish.on else "!"), *wish.roads, *wanted, wish.how, wish.days,
            "-".join(f"{hour:%H:%M}" for hour in quiet)]
    return " ".join(word for word in said if word)


@pytest.mark.parametrize(("text", "wishes"), [
    ("以后75省道封路告诉我，晚上十点以后别吵我", ["subscribe 75省道 closures", "quiet 22:00-07:00"]),
    ("晚上十点以后别吵我，75省道封路告诉我", ["quiet 22:00-07:00", "subscribe 75省道 closures"]),
    ("每天七点告诉我路况，晚上别发", ["subscribe daily=07:00", "quiet 21:00-07:00"]),
    ("75省道封路告诉我晚上十点以后别吵我", ["subscribe 75省道 closures", "quiet 22:00-07:00"]),
    ("晚上十点以后别吵我每天七点告诉我75省道的路况", ["quiet 22:00-07:00", "subscribe 75省道 daily=07:00"]),
    ("晚上九点到早上八点免打扰，另外帮我订224省道", ["quiet 21:00-08:00", "subscribe 224省道"]),
    ("以后有封路通知我，堵车不用，晚上别吵", ["subscribe closures", "quiet 21:00-07:00"]),
    ("把免打扰取消，周末也发", ["loud", "days with 67"]),
    ("取消免打扰，每天七点发75省道路况", ["loud", "subscribe 75省道 daily=07:00"]),
])
def test_news_of_a_road_and_quiet_hours_are_both_heard(text: str, wishes: List[str]) -> None:
    assert [shown(wish) for wish in wishes_in(turn(text))] == wishes


@pytest.mark.parametrize(("text", "wishes"), [
    ("75省道和82省道封路都告诉我", ["subscribe 75省道 82省道 closures"]),
    ("75省道只要封路，224省道每天七点发", ["subscribe 75省道 closures", "subscribe 224省道 daily=07:00"]),
    ("75省道封路告诉我，224省道也要", ["subscribe 75省道 closures", "subscribe 224省道 closures"]),
    ("75省道的别发了，82省道的留着", ["unsubscribe 75省道", "keep 82省道"]),
    ("退订75省道，以后224省道封路告诉我", ["unsubscribe 75省道", "subscribe 224省道 closures"]),
    ("别再发75省道，改成82省道", ["replace 75省道! 82省道"]),
    ("75省道换成224省道", ["replace 75省道 224省道"]),
    ("只留75省道，别的都退了", ["others 75省道"]),
    ("除了75省道别的都别发了", ["others 75省道"]),
    ("75省道封路告诉我，别的都别发", ["subscribe 75省道 closures", "others 75省道"]),
    ("恢复75省道的路况", ["resume 75省道"]),
    ("所有路封路都告诉我，除了75省道", ["subscribe closures", "cannot utter_no_road_left_out"]),
])
def test_each_road_gets_what_is_wanted_of_it(text: str, wishes: List[str]) -> None:
    assert [shown(wish) for wish in wishes_in(turn(text))] == wishes


@pytest.mark.parametrize(("text", "wishes"), [
    ("年检提醒别发了，晚上也别吵我", ["reminders inspection!", "quiet 21:00-07:00"]),
    ("年检和违章的提醒都别发了", ["reminders inspection!", "reminders violation!"]),
    ("年检提醒关掉，违章提醒打开", ["reminders inspection!", "reminders violation"]),
    ("只要违章提醒，其他的都关掉", ["reminders violation", "no_other_reminders violation"]),
    ("路况和年检提醒都不要了", ["unsubscribe", "reminders inspection!"]),
    ("除了年检提醒都别发", ["unsubscribe", "reminders inspection", "no_other_reminders inspection"]),
    ("都别给我发了，除了年检提醒", ["unsubscribe", "reminders inspection", "no_other_reminders inspection"]),
    ("取消全部订阅和提醒", ["unsubscribe", "reminders all!"]),
    ("提醒都关了，路况留着", ["reminders all!", "keep"]),
    ("帮我订224省道，顺便把年检提醒关了", ["subscribe 224省道", "reminders inspection!"]),
    ("周末别发，年检提醒也关了", ["days without 67", "reminders inspection!"]),
])
def test_reminders_are_heard_beside_all_else(text: str, wishes: List[str]) -> None:
    assert [shown(wish) for wish in wishes_in(turn(text))] == wishes


@pytest.mark.parametrize(("text", "wishes"), [
    ("每个工作日早上七点告诉我75省道，周末别发", ["subscribe 75省道 days=w+daily=07:00"]),
    ("有封路告诉我，周末除外", ["subscribe days=12345+closures"]),
    ("工作日早上七点告诉我75省道，周六也要", ["subscribe 75省道 days=123456+daily=07:00"]),
    ("改成八点", ["change daily=08:00+either_half"]), ("改到早上八点吧", ["change daily=08:00"]),
    ("傍晚改成六点半", ["change daily=18:30"]),
    ("7:20太早了，改到7:50", ["change daily=07:50+either_half"]),
    ("75省道改成晚上六点", ["change 75省道 daily=18:00"]),
    ("我上班走75省道，下班走224省道，有封路都说一声", ["subscribe 75省道 224省道 closures"]),
    ("75省道只要周一到周五，224省道只要周末，都是早上七点",
     ["subscribe 75省道 days=12345+daily=07:00", "subscribe 224省道 days=67+daily=07:00"]),
    ("封路的别发了，每天七点报一次就好", ["change daily=07:00+either_half"]),
    ("早上别发了，改晚上发", ["change daily=17:00"]),
    ("不要每天发了，封路再告诉我", ["change closures"]), ("早上那条路况别发了", ["unsubscribe daily"]),
    ("每天七点和下午五点告诉我75省道路况", ["subscribe 75省道 daily=07:00", "cannot utter_one_hour_a_day"]),
    ("晚上十点到七点别发，中午也别吵我", ["quiet 22:00-07:00", "cannot utter_one_quiet_span"]),
    ("周六晚上别发，75省道封路告诉我", ["cannot utter_no_hours_of_days", "subscribe 75省道 closures"]),
])
def test_hours_and_days_belong_to_what_they_stand_by(text: str, wishes: List[str]) -> None:
    assert [shown(wish) for wish in wishes_in(turn(text))] == wishes


@pytest.mark.parametrize(("text", "wishes"), [
    ("我开货车，75省道封路告诉我", ["tag lorry", "subscribe 75省道 closures"]),
    ("我开货车也骑摩托车", ["tag motorcycle", "tag lorry"]),
    ("我不开货车了，货车通知别发，我现在骑摩托", ["tag lorry!", "tag motorcycle"]),
    ("我住镇上，镇里有通知告诉我，晚上别发", ["tag town", "quiet 21:00-07:00"]),
])
def test_what_one_drives_is_heard_beside_what_one_wants(text: str, wishes: List[str]) -> None:
    assert [shown(wish) for wish in wishes_in(turn(text))] == wishes


@pytest.mark.parametrize("text", [
    "75省道封路告诉我", "别再发了", "晚上十点以后别吵我", "周末别发", "周一到周五发，周末别发",
    "我订了什么", "每天7点告诉我75省道路况", "只要封路的，堵车别告诉我", "我每天走沿海高速，封路了告诉我一声",
    "订阅路况", "年检快到了提醒我", "75省道封路告诉我，堵车就不用了", "夜里不要发，其他时间可以",
    "晚上免打扰，白天照发", "224省道恢复通行了发个消息给我",
])
def test_one_wish_is_left_to_who_hears_one(text: str) -> None:
    assert wishes_in(turn(text)) == []


@pytest.mark.parametrize(("text", "wishes"), [
    ("75省道的取消", ["unsubscribe 75省道"]), ("看看订阅，75省道的取消", ["list", "unsubscribe 75省道"]),
    ("75省道封了跟我说一声，其它消息别发", ["subscribe 75省道 closures", "others 75省道"]),
    ("75省道堵了喊我一声，半夜就算了", ["subscribe 75省道", "quiet 22:00-07:00"]),
    ("晚上十点到早上七点别发，封路除外", ["quiet 22:00-07:00", "cannot utter_no_exception_of_quiet"]),
    ("一三五早上七点发75省道和224省道", ["subscribe 75省道 224省道 days=135+daily=07:00"]),
])
def test_the_words_count_more_than_what_they_were_taken_for(text: str, wishes: List[str]) -> None:
    assert [shown(wish) for wish in wishes_in(turn(text))] == wishes


def test_a_sentence_is_cut_where_the_next_wish_begins() -> None:
    assert [part.text for part in parts(turn("75省道封路告诉我晚上别吵，顺便订224省道"))] == [
        "75省道封路告诉我", "晚上别吵", "顺便订224省道"]
