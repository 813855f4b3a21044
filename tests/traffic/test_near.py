from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from tests.traffic.conftest import NOW
from traffic.near import cameras_near, conditions_near, distance_m, distance_to_line_m
from traffic.road_conditions import BulletinRow
from traffic.roads import Place, Road, Segment
from traffic.speed_cameras import SpeedCamera

HERE = (28.76, 121.53)


def test_a_hundredth_of_a_degree_is_about_a_kilometre() -> None:
    assert distance_m(HERE, (28.77, 121.53)) == pytest.approx(1113, abs=5)
    assert distance_m(HERE, (28.76, 121.54)) == pytest.approx(976, abs=5)
    assert distance_m(HERE, HERE) == 0


def test_a_line_is_as_near_as_its_nearest_point() -> None:
    assert distance_to_line_m(HERE, (28.77, 121.40), (28.77, 121.70)) == pytest.approx(1113, abs=5)
    assert distance_to_line_m(HERE, (28.77, 121.53), (28.79, 121.53)) == pytest.approx(1113, abs=5)
    assert distance_to_line_m(HERE, (28.77, 121.53), (28.77, 121.53)) == pytest.approx(1113, abs=5)


@pytest.fixture
def road(session: Session) -> Road:
    road = Road(name="北路", kind="town")
    session.add_all([road, Place(name="西", latitude=28.77, longitude=121.40),
                     Place(name="东", latitude=28.77, longitude=121.70)])
    session.flush()
    session.add(Segment(road_id=road.id, position=0, from_place_id=1, to_place_id=2, length_m=29_000))
    session.flush()
    return road


def test_a_section_passes_by_though_both_its_ends_are_far(session: Session, road: Road) -> None:
    session.add(BulletinRow(road_id=road.id, from_place_id=1, to_place_id=2, kind="jam", cause="测试", starts_at=NOW))
    session.add(BulletinRow(road_id=road.id, from_place_id=1, kind="works", cause="远", starts_at=NOW))
    session.flush()
    near = conditions_near(session, NOW, HERE)
    assert [bulletin.cause for bulletin, _ in near] == ["测试"]
    assert near[0][1] == pytest.approx(1113, abs=5)


def test_cameras_come_nearest_first_and_none_from_far(session: Session, road: Road) -> None:
    for spot, latitude in (("远", 29.5), ("近", 28.761), ("中", 28.78)):
        session.add(SpeedCamera(road_id=road.id, spot=spot, kind="fixed", limit_kmh=70, latitude=latitude,
                                longitude=121.53))
    session.flush()
    assert [camera.spot for camera, _ in cameras_near(session, HERE)] == ["近", "中"]
