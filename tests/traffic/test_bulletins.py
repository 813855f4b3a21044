from __future__ import annotations

import dataclasses
import datetime
import itertools

import pytest
from sqlalchemy.orm import Session

from tests.traffic.conftest import NOW
from traffic import bulletins
from traffic.bulletins import Draft
from traffic.demo.town import build_town
from traffic.errors import BulletinError
from traffic.opening_days import local_day, local_moment
from traffic.road_conditions import conditions
from traffic.road_lines import road_lines, stretch

HOUR = datetime.timedelta(hours=1)
DRAFT = Draft("金沙路", "杜桥", "文化公园", None, "closed", "路面塌陷", NOW, NOW + 2 * HOUR, "解放路")


@pytest.fixture
def town(session: Session) -> Session:
    build_town(session, NOW.date())
    return session


def of_road(town: Session, at: datetime.datetime) -> list[str]:
    return [bulletin.cause for bulletin in conditions(town, at, road="金沙路")]


def test_a_published_bulletin_is_told_to_drivers_and_ends_by_itself(town: Session) -> None:
    bulletins.publish(town, DRAFT, "wang", "金沙路封闭", NOW)
    assert of_road(town, NOW + HOUR) == ["路面塌陷"]
    assert of_road(town, NOW + 2 * HOUR) == []


def test_it_can_be_prolonged_and_ended_early_and_each_change_counts(town: Session) -> None:
    number = bulletins.publish(town, DRAFT, "wang", "", NOW).id
    bulletins.prolong(town, number, NOW + 5 * HOUR, "li", NOW)
    assert of_road(town, NOW + 4 * HOUR) == ["路面塌陷"]
    bulletins.end_early(town, number, "li", NOW + HOUR)
    assert of_road(town, NOW + HOUR) == []
    origin = bulletins.origin_of(town, number)
    assert origin is not None
    assert (origin.revision, origin.ended_early, origin.officer) == (3, True, "li")


def test_a_button_pressed_twice_publishes_once(town: Session) -> None:
    first, second = (bulletins.publish(town, DRAFT, "wang", "", NOW + n * HOUR / 3600) for n in (0, 2))
    assert first.id == second.id
    assert bulletins.publish(town, dataclasses.replace(DRAFT, cause="水管爆裂"), "wang", "", NOW).id != first.id
    assert bulletins.publish(town, DRAFT, "li", "", NOW).id != first.id


@pytest.mark.parametrize(("field", "value"), [
    ("road", "没有路"), ("from_place", "火星"), ("kind", "party"), ("cause", " "), ("ends", NOW - HOUR),
    ("ends", NOW + datetime.timedelta(days=400))])
def test_what_cannot_be_is_refused_by_its_field(town: Session, field: str, value: object) -> None:
    with pytest.raises(BulletinError) as refused:
        bulletins.publish(town, dataclasses.replace(DRAFT, **{field: value}), "wang", "", NOW)
    assert refused.value.field == field


def test_the_map_marks_the_stretch_between_the_places(town: Session) -> None:
    row = bulletins.publish(town, DRAFT, "wang", "", NOW)
    line = next(line for line in road_lines(town) if line.name == "金沙路")
    assert stretch(town, row) == tuple(itertools.pairwise(p.id for p in line.points))


@pytest.mark.parametrize(("hour", "told"), [(6.9, False), (7, True), (9, False), (31.5, True), (72, False)])
def test_hours_of_every_day_hold_at_those_hours_alone(town: Session, hour: float, told: bool) -> None:
    midnight = local_moment(local_day(NOW) + datetime.timedelta(days=1), datetime.time())
    draft = dataclasses.replace(DRAFT, starts=midnight, ends=midnight + datetime.timedelta(days=3), hours="7:00-9:00")
    bulletins.publish(town, draft, "wang", "", NOW)
    assert of_road(town, midnight + hour * HOUR) == ["路面塌陷，每天7:00到9:00"] * told


def test_a_day_to_come_has_it_only_when_it_is_one_of_its_days(town: Session) -> None:
    monday = local_moment(datetime.date(2026, 11, 30), datetime.time())
    draft = dataclasses.replace(DRAFT, starts=NOW, ends=None, days="6", hours="22:00-05:00")
    bulletins.publish(town, draft, "wang", "", NOW)
    asked = [bool(conditions(town, monday + day * 24 * HOUR, road="金沙路", until=monday + (day + 1) * 24 * HOUR))
             for day in range(7)]
    assert asked == [False] * 5 + [True, True]  # the night from Saturday lasts into Sunday
