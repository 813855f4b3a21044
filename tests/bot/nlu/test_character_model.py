from __future__ import annotations

import math
import pathlib

import pytest

from bot.nlu.character_model import BEGIN, END, CharacterModel

TEXTS = ["查违章", "违章查询", "违章怎么处理", "怎么处理违章"]


@pytest.fixture(scope="module")
def model() -> CharacterModel:
    return CharacterModel.learn(TEXTS)


def total(model: CharacterModel, text: str) -> float:
    return sum(model.surprises(BEGIN + text + END))


def test_what_was_learnt_surprises_less_than_what_was_not(model: CharacterModel) -> None:
    assert total(model, "查违章") < total(model, "查章违") < total(model, "猫狗鸟")


def test_what_may_follow_two_characters_has_together_a_probability_of_one(model: CharacterModel) -> None:
    known = {run for run in model.runs if len(run) == 1}
    shares = [math.exp(-model.surprises("违章" + one)[2]) for one in known]
    unknown = math.exp(-model.surprises("违章猫")[2])
    assert sum(shares) + 5000 * unknown == pytest.approx(1)


def test_every_character_has_a_surprise_and_the_context_before_it_none(model: CharacterModel) -> None:
    found = model.surprises(BEGIN + "违猫" + END)
    assert found[:2] == [0.0, 0.0]
    assert len(found) == 5
    assert all(one > 0 for one in found[2:])


def test_a_saved_model_is_surprised_alike(model: CharacterModel, tmp_path: pathlib.Path) -> None:
    model.save(tmp_path / "runs.json")
    loaded = CharacterModel.load(tmp_path / "runs.json")
    assert loaded.surprises(BEGIN + "违章处里" + END) == model.surprises(BEGIN + "违章处里" + END)
