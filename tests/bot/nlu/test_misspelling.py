from __future__ import annotations

import pytest

from bot.nlu.misspelling import Misspeller
from bot.nlu.pinyin import sounds_alike

FREQUENCIES = dict.fromkeys("章张帐违围为维查茶", 9999)


def test_a_text_has_the_same_mistakes_whatever_was_misspelt_before() -> None:
    one, other = (Misspeller(FREQUENCIES) for _ in range(2))
    other("围为维", 0)
    forms = [one("查违章", seed) for seed in range(20)]
    assert forms == [other("查违章", seed) for seed in range(20)]
    assert len(set(forms)) > 3


def test_a_mistake_changes_one_place_only() -> None:
    misspell = Misspeller(FREQUENCIES)
    for seed in range(100):
        form = misspell("查违章", seed)
        assert form != "查违章"
        assert 2 <= len(form) <= 3


def test_homophones_sound_the_same() -> None:
    misspell = Misspeller(FREQUENCIES)
    mistakes = {misspell("违章", seed) for seed in range(100)}
    forms = {form for form in mistakes if len(form) == 2 and set(form) != set("违章")}
    assert forms
    assert all(sounds_alike(form, "违章") for form in forms)


@pytest.mark.parametrize("text", ["12123", "", "ok"])
def test_what_is_not_chinese_stays(text: str) -> None:
    assert Misspeller(FREQUENCIES)(text, 3) == text
