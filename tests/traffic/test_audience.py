from __future__ import annotations

import datetime

import pytest
from sqlalchemy.orm import Session

from tests.traffic.conftest import NOW, add_vehicle
from traffic.audience import members, read_audience
from traffic.bindings import bind_vehicle
from traffic.demo.town import build_town
from traffic.road_subscriptions import subscribe_road
from traffic.subscriber_wishes import set_tag

PEOPLE = ("rider", "both", "trucker", "owner", "stranger")
DAY = datetime.timedelta(days=1)


@pytest.fixture
def town(session: Session) -> Session:
    build_town(session, NOW.date())
    set_tag(session, "rider", "motorcycle", now=NOW)
    set_tag(session, "both", "motorcycle", now=NOW)
    set_tag(session, "both", "town", now=NOW)
    set_tag(session, "trucker", "lorry", now=NOW)
    subscribe_road(session, "rider", "75省道", now=NOW)
    subscribe_road(session, "trucker", None, now=NOW)
    add_vehicle(session, kind="lorry", inspected_until=NOW.date() + 20 * DAY)
    bind_vehicle(session, "owner", "浙JA1234", "123456", NOW)
    return session


@pytest.mark.parametrize(("words", "meant"), [
    ("摩托车车主", {"rider", "both"}), ("摩托车和货车车主", {"rider", "both", "trucker", "owner"}),
    ("摩托车车主，本镇居民", {"both"}), ("订了S75的", {"rider", "trucker"}), ("订了224省道的", {"trucker"}),
    ("年检30天内到期的", {"owner"}), ("年检7天内到期的", set()), ("绑了车的", {"owner"}),
    ("所有摩托车手", {"rider", "both"}), ("杜桥的摩托车", {"both"}), ("本地的摩托车和货车司机", {"both"}),
    ("年检一个月内到期的货车", {"owner"}), ("骑摩托车没住在镇上的", {"rider"}), ("货车司机，除了绑了车的", {"trucker"}),
    ("年检过期的", set()), ("违章三条以上的", set()), ("外地牌照的车主", set()),
])
def test_words_mean_subscribers(town: Session, words: str, meant: set[str]) -> None:
    audience = read_audience(town, words)
    assert audience.unknown == ()
    found = members(town, audience, NOW)
    assert {driver for driver in PEOPLE if driver in found} == meant


@pytest.mark.parametrize(("words", "meant"), [
    ("没绑车的人", {"rider", "both", "trucker", "stranger"}), ("除了货车司机", {"rider", "both", "stranger"}),
    ("除摩托车和货车以外的所有人", {"stranger"}), ("没有违章的人", {"rider", "both", "trucker", "owner", "stranger"}),
    ("没订路况的", {"both", "owner", "stranger"}), ("关注但没绑定的", {"rider", "both", "trucker", "stranger"}),
])
def test_all_others_are_meant_too(town: Session, words: str, meant: set[str]) -> None:
    audience = read_audience(town, words)
    assert audience.unknown == ()
    found = members(town, audience, NOW)
    assert {driver for driver in PEOPLE if driver in found} == meant


def test_everyone_is_said_in_words_and_never_by_saying_nothing(town: Session) -> None:
    assert all(driver in members(town, read_audience(town, "所有关注的人"), NOW) for driver in PEOPLE)
    assert read_audience(town, " ").unknown == ("",)
    assert not read_audience(town, " ").everyone


@pytest.mark.parametrize("words", ["75省道附近的人", "记分9分以上的", "今天预约了年检的", "出租车司机", "除了所有人",
                                   "老年人", "三天内的货车"])
def test_half_understood_is_not_understood(town: Session, words: str) -> None:
    assert read_audience(town, words).unknown


def test_what_nobody_understands_is_named(town: Session) -> None:
    audience = read_audience(town, "摩托车车主，开飞机的")
    assert audience.unknown == ("开飞机的",)
    assert not audience.everyone
