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
