from __future__ import annotations

import itertools

import pytest

from bot.settings import ROOT
from bot.training.data_check import Problem, check, check_project, known_roads
from bot.training.sentences import Mark, Sentence, read_sentences

NUMBERS = itertools.count(1)


def said(text: str, label: str = "query_violations", *marks: Mark) -> Sentence:
    return Sentence(text, label, marks, f"test.yml:{next(NUMBERS)}")


def kinds(*sentences: Sentence, held_out: tuple[Sentence, ...] = (), roads: tuple[str, ...] = ()) -> list[str]:
    return [p.kind for p in check(sentences, held_out, roads) if p.kind != "too few sentences"]


def test_a_sentence_that_stands_twice_is_found_in_spite_of_its_punctuation() -> None:
    assert kinds(said("查违章"), said("查违章！")) == ["twice"]


def test_a_sentence_under_two_labels_is_found() -> None:
    assert kinds(said("查违章"), said("查违章", "pay_fine/how")) == [
        "under two labels, query_violations and pay_fine/how"]


def test_a_sentence_of_the_held_out_set_is_found() -> None:
    assert kinds(said("查违章"), held_out=(said("查违章"),)) == ["stands in the held-out set"]


@pytest.mark.parametrize(("marks", "found"), [((), ["unmarked plate"]), ((Mark("plate_number", 1, 8),), [])])
def test_a_plate_must_be_marked(marks: tuple[Mark, ...], found: list[str]) -> None:
    assert kinds(said("查浙JA1234", "query_violations", *marks)) == found


@pytest.mark.parametrize(("label", "found"), [("query_road_conditions", ["unmarked road"]), ("chitchat", [])])
def test_a_known_road_must_be_marked_where_a_service_needs_it(label: str, found: list[str]) -> None:
    assert kinds(said("杜桥大道堵吗", label), roads=("杜桥大道",)) == found


def test_a_thin_intent_is_found() -> None:
    (problem,) = check([said("查违章")], [])
    assert problem == Problem("too few sentences", "query_violations", "1, at least 100 are needed")


def test_the_projects_own_sentences_have_no_problem() -> None:
    assert [str(problem) for problem in check_project()] == []


def test_the_project_has_sentences_enough() -> None:
    sentences = read_sentences(ROOT / "data")
    assert len({sentence.text for sentence in sentences}) >= 10_000
    assert len({sentence.label for sentence in sentences if "/" in sentence.label}) >= 220
    assert len(read_sentences(ROOT / "tests" / "nlu" / "held_out.yml")) >= 600


def test_roads_are_read_from_the_word_lists() -> None:
    assert all(isinstance(name, str) and name for name in known_roads())
