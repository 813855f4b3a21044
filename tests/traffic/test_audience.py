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
    ("所有摩托车手", {"rider", "both"}),
])
def test_words_mean_subscribers(town: Session, words: str, meant: set[str]) -> None:
    audience = read_audience(town, words)
    assert audience.unknown == ()
    assert members(town, audience, NOW) == meant


def test_everyone_is_said_in_words_and_never_by_saying_nothing(town: Session) -> None:
    assert members(town, read_audience(town, "所有关注的人"), NOW) is None
    assert read_audience(town, " ").unknown == ("",)
    assert not read_audience(town, " ").everyone


def test_what_nobody_understands_is_named(town: Session) -> None:
    audience = read_audience(town, "摩托车车主，开飞机的")
    assert audience.unknown == ("开飞机的",)
    assert not audience.everyone
