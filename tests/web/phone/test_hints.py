from __future__ import annotations

import pathlib

from traffic.demo.examples import VEHICLES
from web.phone.hints import town_of


def test_without_records_there_are_counters_and_examples_but_no_places(tmp_path: pathlib.Path) -> None:
    town = town_of(f"sqlite:///{tmp_path / 'empty.db'}")()
    assert town["places"] == []
    assert {"scene": "violation_window", "name": "违法处理窗口"} in town["counters"]
    assert town["examples"][0]["say"] == f"{VEHICLES[0].plate} {VEHICLES[0].frame_tail}"
