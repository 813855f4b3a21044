from __future__ import annotations

import datetime
import pathlib
from typing import Any, Dict

import pytest
from sqlalchemy.engine import Engine

from bot.settings import ROOT
from bot.training.comparison import Comparison, Conversations, compare, read_tolerances, said_since
from bot.training.comparison_page import write_comparison
from bot.training.sentences import Sentence
from messages.database import reading
from tests.bot.training.conftest import NOW, Say, mask

HELD_OUT = [Sentence(text, label, (), "h:1") for text, label in (
    ("救命", "emergency"), ("有人受伤", "emergency"), ("转人工", "request_human"), ("查违章", "query_violations"))]
ALL_WELL = Conversations(12, [])


class Model:
    """Understands what it is told to."""

    def __init__(self, **other: str) -> None:
        self.other = other

    def parse(self, text: str) -> Dict[str, Any]:
        right = {s.text: s.intent for s in HELD_OUT}
        intent = self.other.get(text, right.get(text, "chitchat"))
        return {"text": text, "intent": intent, "confidence": 0.97, "answer": None, "entities": [], "ms": 1.0,
                "ranking": [{"intent": intent, "confidence": 0.97}]}


def compared(candidate: Model, conversations: Conversations | None = ALL_WELL, **said: int) -> Comparison:
    tolerances = read_tolerances(ROOT / "tests/nlu/tolerances.yml")
    return compare(Model(), candidate, HELD_OUT, list(said.items()), mask, conversations,  # type: ignore[arg-type]
                   tolerances)


def test_an_equal_candidate_goes_through() -> None:
    assert compared(Model()).passed


def test_one_emergency_less_closes_the_gate() -> None:
    reasons = compared(Model(有人受伤="query_violations")).reasons
    assert any(reason.startswith("emergency fell from 1.00 to 0.67") for reason in reasons)


@pytest.mark.parametrize(("conversations", "word"), [
    (Conversations(11, ["a greeting"]), "a greeting"), (None, "did not run"),
    (Conversations(0, []), "no conversation")])
def test_conversation_tests_must_run_and_pass(conversations: Conversations | None, word: str) -> None:
    assert word in compared(Model(), conversations).reasons[0]


def test_changed_answers_are_listed_masked_and_most_frequent_first(tmp_path: pathlib.Path) -> None:
    found = compared(Model(浙JK88N9在哪="query_violations", 啊啊="greet"), 浙JK88N9在哪=2, 啊啊=5, 哦=9)
    assert [(c.text, c.times, c.before, c.after) for c in found.changed] == [
        ("啊啊", 5, "chitchat", "greet"), ("浙JA12B3在哪", 2, "chitchat", "query_violations")]
    page = write_comparison(tmp_path, found, "old", "new").read_text(encoding="utf-8")
    assert "浙JA12B3在哪" in page
    assert "K88N9" not in page


def test_what_drivers_said_is_replayed_and_what_they_tapped_is_not(engine: Engine, say: Say) -> None:
    for driver in ("d-1", "d-2"):
        say("查违章", driver)
    say("1", "d-1")
    say("处理违章", "d-2", tap="t-1")
    say("太久以前", "d-3", seconds=-8 * 86400)
    with reading(engine) as session:
        assert said_since(session, NOW - datetime.timedelta(days=7)) == [("查违章", 2)]
