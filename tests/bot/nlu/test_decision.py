from __future__ import annotations

from bot.nlu.decision import decide, only_facts


def test_a_sure_intent_is_acted_on() -> None:
    assert decide([{"name": "greet", "confidence": 0.9}], sure=0.5) == {"name": "greet", "confidence": 0.9}


def test_an_unsure_one_falls_back_with_its_real_score() -> None:
    assert decide([{"name": "greet", "confidence": 0.4}], sure=0.5) == {"name": "nlu_fallback", "confidence": 0.4}


def test_nothing_falls_back() -> None:
    assert decide([], sure=0.5) == {"name": "nlu_fallback", "confidence": 0.0}


def entity(kind: str, start: int, end: int) -> dict:
    return {"entity": kind, "start": start, "end": end}


def test_a_road_or_a_plate_alone_is_a_fact() -> None:
    assert only_facts("75省道", [entity("road", 0, 4)])
    assert only_facts("浙JA1234，明天上午。", [entity("plate_number", 0, 7), entity("time", 8, 12)])


def test_a_question_about_a_road_is_not() -> None:
    assert not only_facts("75省道堵吗", [entity("road", 0, 4)])


def test_an_offense_alone_is_a_question() -> None:
    assert not only_facts("闯红灯", [entity("offense", 0, 3)])
    assert not only_facts("", [])
