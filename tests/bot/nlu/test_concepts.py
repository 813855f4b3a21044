from __future__ import annotations

import pathlib

from bot.nlu.concepts import Concepts, read_concepts
from bot.nlu.longest_match import LongestMatch
from bot.nlu.text_features import features, plain


def test_longer_words_win() -> None:
    assert Concepts({"红灯": ["灯"], "闯红灯": ["闯"]}).find("闯红灯和红灯") == [["闯"], ["灯"]]


def test_a_name_does_not_end_inside_a_number() -> None:
    assert LongestMatch(["g15"]).find("g1523和g15") == [(6, 9)]


def test_the_projects_concepts_can_be_read() -> None:
    concepts = read_concepts(pathlib.Path(__file__).resolve().parents[3] / "data" / "dictionary" / "concepts.yml")
    assert concepts.find("吃牌") == concepts.find("罚单")


def test_plates_and_long_numbers_are_not_learnt_by_heart() -> None:
    assert plain("浙j12345扣12分电话13800001234") == "▲扣12分电话◇"


def test_kinds_of_features_are_told_by_their_first_character() -> None:
    found = features("查违章", ["查", "违章"], Concepts({"违章": ["违章"], "查": ["查"]}))
    assert {"c违章", "w违章", "pca wei", "k违章", "k查_违章", "q查&违章", "L0"} <= set(found)
