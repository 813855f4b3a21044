from __future__ import annotations

import random

import pytest

from bot.nlu.misspelling import Misspeller
from bot.nlu.pinyin import sounds_alike

FREQUENCIES = dict.fromkeys("章张帐违围为维查茶", 9999)


def test_the_same_randomness_makes_the_same_mistakes() -> None:
    one, other = (Misspeller(FREQUENCIES, random.Random(7)) for _ in range(2))
    assert [one("查违章") for _ in range(20)] == [other("查违章") for _ in range(20)]


def test_a_mistake_changes_one_place_only() -> None:
    misspell = Misspeller(FREQUENCIES, random.Random(1))
    for _ in range(100):
        form = misspell("查违章")
        assert form != "查违章"
        assert 2 <= len(form) <= 3


def test_homophones_sound_the_same() -> None:
    misspell = Misspeller(FREQUENCIES, random.Random(2))
    forms = {form for form in (misspell("违章") for _ in range(100)) if len(form) == 2 and set(form) != set("违章")}
    assert forms
    assert all(sounds_alike(form, "违章") for form in forms)


@pytest.mark.parametrize("text", ["12123", "", "ok"])
def test_what_is_not_chinese_stays(text: str) -> None:
    assert Misspeller(FREQUENCIES, random.Random(3))(text) == text
