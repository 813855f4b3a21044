from __future__ import annotations

from typing import Any, Callable

import pytest

from bot.nlu.answer_selector import AnswerSelector
from bot.nlu.decision import Decision
from bot.nlu.intent_classifier import IntentClassifier

PAIRS = [(f"{a}{b}", label) for label, heads in {
    "query_violations": ["查违章", "违章查询", "有没有罚单"], "request_human": ["人工客服", "转人工", "找真人"],
    "pay_fine/how": ["罚款怎么交", "在哪交罚款", "罚款交钱"],
    "pay_fine/late": ["罚款逾期", "罚款没交会怎样", "滞纳金多少"],
}.items() for a in heads for b in ["", "吗", "啊", "谢谢", "你好"]]


@pytest.fixture
def understood(
    make: Callable[..., Any], read: Callable[[str], Any], examples: Callable[..., Any]
) -> Callable[[str], Any]:
    for kind in (IntentClassifier, AnswerSelector):
        make(kind).train(examples(PAIRS))
    steps = [make(IntentClassifier, load=True), make(AnswerSelector, load=True), make(Decision)]

    def parsed(text: str) -> Any:
        message = read(text)
        for step in steps:
            step.process([message])
        return message

    return parsed


def test_a_trained_model_loads_and_understands(understood: Callable[[str], Any]) -> None:
    assert understood("帮我查违章").get("intent")["name"] == "query_violations"


def test_a_homophone_is_understood(understood: Callable[[str], Any]) -> None:
    assert understood("查围章").get("intent")["name"] == "query_violations"


def test_confidences_are_a_distribution(understood: Callable[[str], Any]) -> None:
    ranking = understood("人工").get("intent_ranking")
    assert sum(one["confidence"] for one in ranking) == pytest.approx(1, abs=1e-4)
    assert ranking == sorted(ranking, key=lambda one: -one["confidence"])


def test_a_topics_question_is_what_rasa_will_answer(understood: Callable[[str], Any]) -> None:
    selector = understood("罚款逾期了滞纳金").get("response_selector")
    assert selector["all_retrieval_intents"] == ["pay_fine"]
    assert selector["pay_fine"]["response"]["utter_action"] == "utter_pay_fine/late"


def test_a_service_has_no_answer(understood: Callable[[str], Any]) -> None:
    assert set(understood("查违章").get("response_selector")) == {"all_retrieval_intents"}
