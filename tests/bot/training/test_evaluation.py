from __future__ import annotations

import json
import pathlib
from typing import Any

import pytest

from bot.training.evaluation import evaluate
from bot.training.floors import broken, read_floors
from bot.training.measures import Share, is_right, measure, reliability
from bot.training.sentences import Mark, Sentence

FLOORS = """
at_least: {accuracy: 0.9}
at_most: {wrong_service: 0.1}
lost_by_a_mistake: 0.5
intents: {default: 0.5}
entities: {default: 0.5}
"""
SENTENCES = [
    Sentence("查违章", "query_violations", (), "a:1"),
    Sentence("75省道堵吗", "query_road_conditions", (Mark("road", 0, 4),), "a:2"),
    Sentence("红烧肉", "out_of_scope", (), "a:3"),
    Sentence("转人工", "request_human", (), "a:4"),
]


def parsed(text: str, intent: str, confidence: float = 0.9, *entities: dict[str, Any]) -> dict[str, Any]:
    return {"text": text, "intent": intent, "confidence": confidence, "entities": list(entities), "ms": 2.0,
            "ranking": [{"intent": intent, "confidence": confidence}, {"intent": "request_human", "confidence": 0.05}]}


ROAD = {"entity": "road", "value": "75省道", "start": 0, "end": 4}
ANSWERS = [parsed("查违章", "query_violations"), parsed("75省道堵吗", "query_road_conditions", 0.9, ROAD),
           parsed("红烧肉", "nlu_fallback", 0.2), parsed("转人工", "query_violations", 0.6)]


class Recorded:
    def parse(self, text: str) -> dict[str, Any]:
        return next((answer for answer in ANSWERS if answer["text"] == text), parsed(text, "nlu_fallback", 0.1))


def test_every_figure_is_what_it_says() -> None:
    m = measure(SENTENCES, ANSWERS)
    assert (m.accuracy, m.second_best, m.fallback) == (0.75, 1.0, 0.0)
    assert m.wrong_service == pytest.approx(1 / 3)
    assert m.served_out_of_scope == 0.0
    assert m.intents["query_violations"] == Share(right=1, found=2, wanted=1)
    assert m.entities == {"road": Share(1, 1, 1)}
    assert (m.p50, m.p99) == (2.0, 2.0)


def test_f1_is_the_harmonic_mean() -> None:
    assert Share(right=1, found=2, wanted=1).f1 == pytest.approx(2 / 3)
    assert Share(0, 0, 0).f1 == 1.0


def test_a_fallback_is_right_only_for_what_is_not_ours() -> None:
    assert is_right("out_of_scope", "nlu_fallback")
    assert not is_right("pay_fine", "nlu_fallback")


def test_bins_hold_every_sentence() -> None:
    assert sum(count for _, _, count in reliability(ANSWERS, [True] * 4)) == 4


def test_an_evaluation_names_broken_floors_and_writes_its_page(tmp_path: pathlib.Path) -> None:
    (tmp_path / "floors.yml").write_text(FLOORS, encoding="utf-8")
    done = evaluate(Recorded(), SENTENCES, tmp_path / "floors.yml", tmp_path / "report")  # type: ignore[arg-type]
    assert "accuracy is 0.750, at least 0.9 is asked" in done.broken
    assert "转人工" in done.page.read_text(encoding="utf-8")
    assert {path.name for path in done.page.parent.iterdir()} == {
        "report.html", "figures.json", "confusion.png", "reliability.png"}
    assert json.loads((done.page.parent / "figures.json").read_text())["held_out"]["accuracy"] == 0.75


def test_floors_that_hold_say_nothing(tmp_path: pathlib.Path) -> None:
    (tmp_path / "floors.yml").write_text(FLOORS, encoding="utf-8")
    assert broken(measure(SENTENCES[:3], ANSWERS[:3]), read_floors(tmp_path / "floors.yml")) == []
