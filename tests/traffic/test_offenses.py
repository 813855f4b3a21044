from __future__ import annotations

import pytest

from traffic.offenses import OFFENSES, said_as


@pytest.mark.parametrize(("recorded", "said"), [
    ("驾驶机动车不按交通信号灯指示通行的", "闯红灯"),
    ("驾驶小型汽车在普通道路上行驶超过规定时速20%以上未达到50%的", "超速20%—50%"),
    ("驾驶小型汽车在高速公路上行驶超过规定时速20%以上未达到50%的", "高速上超速20%—50%"),
    ("驾驶小型汽车在普通道路上行驶超过规定时速50%以上的", "超速50%以上"),
    ("驾驶机动车时驾驶人未按规定系安全带的", "没系安全带"),
    ("驾驶机动车在高速公路上违法停车的", "在高速公路上违法停车"),
    ("超限运输", "超限运输"), ("驾驶机动车的", "驾驶机动车的")])
def test_a_recorded_name_as_one_says_it(recorded: str, said: str) -> None:
    assert said_as(recorded) == said


def test_no_two_offenses_are_said_alike_and_none_is_longer_than_it_was() -> None:
    said = [said_as(offense.name) for offense in OFFENSES]
    assert len(set(said)) == len(said)
    assert all(0 < len(short) <= len(offense.name) for short, offense in zip(said, OFFENSES, strict=True))
