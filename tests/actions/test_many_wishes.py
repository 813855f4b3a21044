from __future__ import annotations

import datetime
import re
from typing import List

import pytest
from sqlalchemy.engine import Engine

from actions.road_subscriptions import ActionSubscribeRoad, ActionUnsubscribeRoad
from tests.actions.acting import Said, act
from tests.actions.trackers import Event, heard
from traffic.database import reading
from traffic.road_subscriptions import road_subscriptions
from traffic.subscriber_wishes import REMINDERS, quiet_hours, reminders_off, tags_of

ROAD = re.compile(r"(?:75|82|224)省道|沿海高速")
ACTIONS = (ActionSubscribeRoad, ActionUnsubscribeRoad)


def say(text: str, which: int = 0) -> Said:
    roads: List[Event] = [{"entity": "road", "value": m[0], "start": m.start(), "end": m.end()}
                          for m in ROAD.finditer(text)]
    return act(ACTIONS[which](), heard(text, "subscribe_road", roads), road_name="wish")


def kept(town: Engine) -> List[str]:
    with reading(town) as session:
        rows = [(row.road.name if row.road else "all") + (f" {row.daily_at:%H:%M}" if row.daily_at else "")
                + (" closures" if row.only_closures else "") + (f" {row.days}" if row.days != "1234567" else "")
                for row in road_subscriptions(session, "driver-1")]
        quiet = quiet_hours(session, "driver-1")
        return rows + [f"{quiet[0]:%H}-{quiet[1]:%H}" for _ in [1] if quiet] + tags_of(session, "driver-1")


@pytest.mark.parametrize("which", [0, 1])
def test_both_wishes_are_done_and_said_whichever_was_recognised(town: Engine, which: int) -> None:
    told = say("以后75省道封路告诉我，晚上十点以后别吵我", which)
    assert told.text == "好的，记下了：\n· 75省道封路了告诉您\n· 每天22:00到07:00不打扰您，有事过后再说"
    assert kept(town) == ["75省道 closures", "22-07"]


@pytest.mark.parametrize("which", [0, 1])
def test_the_road_is_asked_for_when_the_other_wish_is_done(town: Engine, which: int) -> None:
    told = say("每天七点告诉我路况，晚上别发", which)
    assert told.names == ["utter_wishes_done"]
    assert told.slot("subscription") == {"daily": "07:00"}
    assert [e["name"] for e in told.events if e["event"] == "followup"] == ["subscribe_road_form"]
    assert kept(town) == ["21-07"]


def test_a_road_that_there_is_not_is_told_beside_the_one_that_there_is(town: Engine) -> None:
    told = say("75省道和82省道封路都告诉我").text
    assert "· 75省道封路了告诉您" in told
    assert "“82省道”不在我这儿的路名里" in told
    assert kept(town) == ["75省道 closures"]


def test_one_road_ends_and_the_other_stays(town: Engine) -> None:
    say("75省道、224省道每天七点告诉我")
    told = say("75省道的别发了，224省道的留着").text
    assert "· 75省道的路况不再发给您\n· 每天07:00告诉您224省道的路况" in told
    assert kept(town) == ["224省道 07:00"]


def test_another_road_is_heard_of_as_the_one_before(town: Engine) -> None:
    say("每个工作日早上七点告诉我75省道，周末别发")
    say("75省道换成224省道")
    assert kept(town) == ["224省道 07:00 w"]
    assert "不再发" not in say("224省道换成224省道").text


def test_a_road_stays_when_there_is_none_to_take_its_place(town: Engine) -> None:
    say("75省道和224省道封路都告诉我")
    say("75省道换成82省道")
    assert kept(town) == ["75省道 closures", "224省道 closures"]
    say("别再发75省道，改成82省道")
    assert kept(town) == ["224省道 closures"]


def test_all_but_one_end(town: Engine) -> None:
    say("75省道、224省道每天七点告诉我")
    told = say("沿海高速封路告诉我，别的都别发").text
    assert "75省道的路况不再发给您" in told
    assert "没有订" not in told
    assert kept(town) == ["沿海高速 closures"]
    say("只留82省道，别的都退了")
    assert kept(town) == ["沿海高速 closures"]


def test_who_hears_of_all_roads_and_keeps_one_hears_of_it_as_before(town: Engine) -> None:
    say("有封路告诉我，周末除外")
    say("只留75省道，别的都退了")
    assert kept(town) == ["75省道 closures 12345"]


def test_one_road_of_all_is_not_left_out_in_silence(town: Engine) -> None:
    say("以后有封路通知我，晚上别吵")
    assert "没法单独去掉75省道" in say("75省道别发了，晚上可以发了", 1).text
    assert kept(town) == ["all closures"]


def test_the_hour_changes_in_its_half_of_the_day(town: Engine) -> None:
    assert "还没有订路况" in say("改成八点").text
    say("75省道、224省道每天晚上七点发")
    say("改成八点")
    say("75省道改成早上六点")
    assert kept(town) == ["75省道 06:00", "224省道 20:00"]
    say("不要每天发了，封路再告诉我")
    assert kept(town) == ["75省道 closures", "224省道 closures"]


def test_what_ended_begins_again_as_it_was(town: Engine) -> None:
    say("75省道每天七点，224省道每天八点")
    say("路况都别发了，晚上也别吵")
    say("恢复75省道的路况")
    assert kept(town) == ["75省道 07:00", "21-07"]
    say("路况都别发了，晚上可以发了")
    assert "75省道" in say("重新给我发").text


def test_daily_news_in_the_quiet_hours_is_told_to_be_late(town: Engine) -> None:
    told = say("每天早上七点告诉我75省道，晚上十点到早上八点别发").text
    assert "07:00的路况正好在免打扰的时间里，要等到08:00才发" in told


def test_reminders_but_one_are_switched_off(town: Engine) -> None:
    told = say("只要违章提醒，其他的都关掉", 1).text
    assert "· 有新违章会提醒您\n· 其余的提醒都关了" in told
    with reading(town) as session:
        assert reminders_off(session, "driver-1") == set(REMINDERS) - {"violation"}


def test_what_one_drives_is_kept_beside_the_road(town: Engine) -> None:
    say("我开货车，75省道封路告诉我")
    assert kept(town) == ["75省道 closures", "lorry"]


def test_the_list_that_is_asked_for_comes_behind_what_was_done(town: Engine) -> None:
    say("75省道、224省道每天七点告诉我")
    told = say("75省道的别发了，我还订了什么", 1)
    assert told.names == ["utter_wishes_done", "utter_subscriptions"]
    assert told.text.count("75省道的路况") == 2  # once as ended, once in the example


def test_only_hours_that_can_be_had_are_kept(town: Engine) -> None:
    told = say("晚上十点到七点别发，中午也别吵我").text
    assert "免打扰一天只能设一段" in told
    with reading(town) as session:
        assert quiet_hours(session, "driver-1") == (datetime.time(22), datetime.time(7))


def test_closures_end_where_daily_news_is_wanted(town: Engine) -> None:
    say("75省道封路告诉我，224省道有情况告诉我")
    say("封路的别发了，年检提醒也关了")
    assert kept(town) == ["224省道"]
    say("封路的别发了，每天七点报一次就好")
    assert kept(town) == ["224省道 07:00"]
