from __future__ import annotations

from bot.nlu.decision import decide


def test_a_sure_intent_is_acted_on() -> None:
    assert decide([{"name": "greet", "confidence": 0.9}], sure=0.5) == {"name": "greet", "confidence": 0.9}


def test_an_unsure_one_falls_back_with_its_real_score() -> None:
    assert decide([{"name": "greet", "confidence": 0.4}], sure=0.5) == {"name": "nlu_fallback", "confidence": 0.4}


def test_nothing_falls_back() -> None:
    assert decide([], sure=0.5) == {"name": "nlu_fallback", "confidence": 0.0}
