from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.character_model import CharacterModel
from bot.nlu.spelling import Speller

ALPHABET = "查违章处理罚款驾照年检怎么办围张发款家找 ab,▲5𠮷😀\x02\x03"
ASKED = ["怎么办", "怎么处理", "怎么查询", "在哪里办", "要带什么材料", "可以网上办吗", "多少钱", "多久能办好"]
THINGS = ["违章", "罚款", "驾驶证丢了", "驾照到期换证", "车辆年检", "行政复议", "预约事故处理", "临时号牌"]
SENTENCES = [f"{lead}{thing}{ask}" for lead in ("", "请问", "我要问一下", "我的") for thing in THINGS for ask in ASKED]


@pytest.fixture(scope="module")
def speller() -> Speller:
    return Speller(CharacterModel.learn(SENTENCES))


@pytest.mark.parametrize(("typed", "meant"), [
    ("请问围章怎么处理", "请问违章怎么处理"),
    ("驾照到期换正要带什么材料", "驾照到期换证要带什么材料"),
    ("行政付议多久能办好", "行政复议多久能办好"),
    ("发款在哪里办", "罚款在哪里办"),
])
def test_homophones_are_undone(speller: Speller, typed: str, meant: str) -> None:
    assert speller(typed) == meant


def test_exchanged_characters_are_put_in_order(speller: Speller) -> None:
    assert speller("驾驶丢证了要带什么材料") == "驾驶证丢了要带什么材料"


def test_a_lost_character_is_put_back(speller: Speller) -> None:
    assert speller("我要问一下预约事处理多少钱") == "我要问一下预约事故处理多少钱"


@pytest.mark.parametrize("text", ["", "a", "罚", "▲违章怎么查询", "请问罚款多少钱", "天气真好", "12123登不上去"])
def test_what_is_right_or_unknown_stays(speller: Speller, text: str) -> None:
    assert speller(text) == text


@given(st.text(ALPHABET, max_size=30))
def test_at_most_one_slip_is_undone_whatever_was_typed(text: str) -> None:
    speller = Speller(CharacterModel.learn(["查违章", "违章怎么处理", "罚款怎么办", "驾照年检"] * 5))
    assert abs(len(speller(text)) - len(text)) <= 1
