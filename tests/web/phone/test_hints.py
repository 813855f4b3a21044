from __future__ import annotations

import pathlib

import pytest

import traffic.migrations
from connectors.wechat.coordinates import wgs84_of
from traffic.database import open_engine, writing
from traffic.demo.examples import VEHICLES
from traffic.roads import Place
from web.phone.hints import town_of


def test_without_records_there_are_counters_and_examples_but_no_places(tmp_path: pathlib.Path) -> None:
    town = town_of(f"sqlite:///{tmp_path / 'empty.db'}")()
    assert town["places"] == []
    assert {"scene": "violation_window", "name": "违法处理窗口"} in town["counters"]
    assert town["examples"][0]["say"] == f"{VEHICLES[0].plate} {VEHICLES[0].frame_tail}"


def test_places_are_offered_where_wechats_map_has_them(tmp_path: pathlib.Path) -> None:
    url = f"sqlite:///{tmp_path / 'town.db'}"
    traffic.migrations.upgrade(url)
    with writing(open_engine(url)) as session:
        session.add(Place(name="中心小学", latitude=28.76, longitude=121.53))
    [place] = town_of(url)()["places"]
    sent = (place["latitude"], place["longitude"])
    assert sent != pytest.approx((28.76, 121.53), abs=1e-3)
    assert wgs84_of(sent) == pytest.approx((28.76, 121.53), abs=2e-6)
