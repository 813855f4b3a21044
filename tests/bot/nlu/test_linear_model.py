from __future__ import annotations

import pathlib

import numpy as np
import pytest

from bot.nlu.linear_model import LinearModel
from bot.nlu.linear_training import Recipe, encode_examples, train_linear_model

RECIPE = Recipe({"w": 1.0}, 1, 1.0, 5, {})
DOCUMENTS = [["w查", "w违章"], ["w违章"], ["w人工"], ["w转", "w人工"], ["w你好"], ["w您好", "w你好"]] * 5
LABELS = ["violations", "violations", "human", "human", "greet", "greet"] * 5


def trained(recipe: Recipe = RECIPE, labels: list[str] = LABELS) -> LinearModel:
    return train_linear_model(encode_examples(DOCUMENTS, [], labels, recipe), recipe)


def test_a_saved_model_answers_as_before(tmp_path: pathlib.Path) -> None:
    model = trained()
    model.save(tmp_path, "intents")
    again = LinearModel.load(tmp_path, "intents")
    assert again.ranked(["w违章"]) == model.ranked(["w违章"])
    assert again.ranked(["w违章"])[0][0] == "violations"


def test_nothing_in_the_saved_files_is_pickled(tmp_path: pathlib.Path) -> None:
    trained().save(tmp_path, "intents")
    with np.load(tmp_path / "intents.npz", allow_pickle=False) as arrays:
        assert sorted(arrays.files) == ["coefficients", "idf", "intercepts"]


def test_an_unknown_document_has_confidences_still() -> None:
    assert trained().confidences(["w没见过"]).sum() == pytest.approx(1)


def test_two_labels_are_told_apart() -> None:
    labels = ["greet" if label == "greet" else "other" for label in LABELS]
    model = trained(labels=labels)
    assert (model.ranked(["w你好"])[0][0], model.ranked(["w人工"])[0][0]) == ("greet", "other")


def test_one_label_is_always_right() -> None:
    assert trained(labels=["only"] * len(LABELS)).ranked(["w你好"]) == [("only", 1.0)]


def test_a_prior_makes_a_label_likelier() -> None:
    likelier = trained(Recipe({"w": 1.0}, 1, 1.0, 5, {"greet": 5.0}))
    assert dict(likelier.ranked(["w没见过"]))["greet"] > dict(trained().ranked(["w没见过"]))["greet"]
