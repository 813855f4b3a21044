from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.wechat.coordinates import Place, gcj02_of, wgs84_of

ON_LAND = st.tuples(st.floats(3, 54), st.floats(73.5, 136))


def metres(here: Place, there: Place) -> float:
    east = (there[1] - here[1]) * math.cos(math.radians(here[0]))
    return math.hypot(there[0] - here[0], east) * 111_320


@given(ON_LAND)
def test_there_and_back_is_the_same_place_within_a_metre(place: Place) -> None:
    assert metres(wgs84_of(gcj02_of(place)), place) < 1
    assert metres(gcj02_of(wgs84_of(place)), place) < 1


@given(ON_LAND)
def test_in_china_the_maps_are_some_hundred_metres_apart(place: Place) -> None:
    assert 10 < metres(place, gcj02_of(place)) < 1500


@pytest.mark.parametrize(("wgs84", "gcj02"), [
    ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
    ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657))])
def test_published_examples_come_out_the_same(wgs84: Place, gcj02: Place) -> None:
    assert gcj02_of(wgs84) == pytest.approx(gcj02, abs=1e-9)
    assert wgs84_of(gcj02) == pytest.approx(wgs84, abs=1e-8)


@pytest.mark.parametrize("place", [(48.85, 2.35), (-33.9, 151.2), (0.0, 0.0), (40.7, -74.0), (91.0, 500.0)])
def test_abroad_nothing_is_shifted(place: Place) -> None:
    assert gcj02_of(place) == wgs84_of(place) == place
