from __future__ import annotations

import pytest

from bot.nlu.pinyin import sounds_alike, spelled, syllables


@pytest.mark.parametrize(("one", "other"), [
    ("违章", "围章"), ("年检", "年捡"), ("复议", "负义"), ("四川", "市川"), ("蓝牌", "南牌"),
])
def test_homophones_sound_alike(one: str, other: str) -> None:
    assert sounds_alike(one, other)


def test_different_words_do_not() -> None:
    assert not sounds_alike("违章", "驾照")


def test_positions_stay() -> None:
    assert len(syllables("浙J1违章")) == 5
    assert len(spelled("浙J1违章")) == 3
