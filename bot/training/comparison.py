"""A candidate beside the live model: held-out sentences, drivers' messages of the last days, and the gate."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import pathlib
import re
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple

import sqlalchemy as sa
import yaml
from sqlalchemy.engine import Connection

from bot.parse import Parser, parse_lines
from bot.training.masking import Masked
from bot.training.measures import Measures, measure
from bot.training.sentences import Sentence
from messages.tables import inbox

REPLAYED = 2000
Mask = Callable[[str], Masked]


@dataclasses.dataclass(frozen=True)
class Step:
    """An intent's F1 before and after, on how many held-out sentences."""

    intent: str
    before: float
    after: float
    sentences: int

    @property
    def gain(self) -> float:
        """Above zero where the candidate is better."""
        return self.after - self.before


@dataclasses.dataclass(frozen=True)
class Changed:
    """A message of drivers (masked) that the candidate answers differently, and how often it came."""

    text: str
    times: int
    before: str
    after: str


@dataclasses.dataclass(frozen=True)
class Conversations:
    """The conversation tests with the candidate: how many passed, and the names of those that failed."""

    passed: int
    failed: List[str]


@dataclasses.dataclass(frozen=True)
class Comparison:
    """All of it, and why the gate refuses the candidate, if it does."""

    before: Measures
    after: Measures
    steps: List[Step]
    changed: List[Changed]
    replayed: int
    conversations: Optional[Conversations]
    reasons: List[str]

    @property
    def passed(self) -> bool:
        """Whether the candidate may go live."""
        return not self.reasons


def compare(live: Parser, candidate: Parser, held_out: Sequence[Sentence], said: Sequence[Tuple[str, int]],
            mask: Mask, conversations: Optional[Conversations], tolerances: Mapping[str, Any]) -> Comparison:
    """Both models on the same sentences; `said` are drivers' words and how often they came."""
    texts = [sentence.text for sentence in held_out]
    before, after = (measure(held_out, parse_lines(model, texts)) for model in (live, candidate))
    steps = sorted((Step(name, before.intents[name].f1, share.f1, share.wanted)
                    for name, share in after.intents.items()), key=lambda step: step.gain)
    reasons = [*refusals(before, after, steps, tolerances), *_of_conversations(conversations)]
    return Comparison(before, after, steps, changes(live, candidate, said, mask), len(said), conversations, reasons)


def refusals(before: Measures, after: Measures, steps: Sequence[Step], tolerances: Mapping[str, Any]) -> List[str]:
    """Why the gate refuses, a line each."""
    allowed = tolerances["intents"]
    lines = [f"{step.intent} fell from {step.before:.2f} to {step.after:.2f} (at most "
             f"{allowed.get(step.intent, allowed['default'])} is allowed)" for step in steps
             if -step.gain > allowed.get(step.intent, allowed["default"]) + 1e-9]
    if before.accuracy - after.accuracy > tolerances["accuracy"]:
        lines.append(f"all in all {after.accuracy:.3f} are understood, {before.accuracy:.3f} before")
    limits, error = tolerances["calibration_error"], after.calibration_error
    if error > limits["at_most"] and error - before.calibration_error > limits["rise"]:
        lines.append(f"confidences are no longer honest: error {error:.3f}, {before.calibration_error:.3f} before")
    return lines


def _of_conversations(conversations: Optional[Conversations]) -> List[str]:
    if conversations is None:
        return ["the conversation tests did not run"]
    if not conversations.passed and not conversations.failed:
        return ["there was no conversation test"]
    return [f"conversation test failed: {name}" for name in conversations.failed]


def changes(live: Parser, candidate: Parser, said: Sequence[Tuple[str, int]], mask: Mask) -> List[Changed]:
    """What the candidate would have answered differently, most frequent first."""
    found: List[Changed] = []
    for text, times in said:
        before, after = _outcome(live.parse(text)), _outcome(candidate.parse(text))
        if before != after:
            found.append(Changed(mask(text).text, times, before, after))
    return sorted(found, key=lambda change: -change.times)


def _outcome(parsed: Mapping[str, Any]) -> str:
    return str(parsed["answer"] or parsed["intent"])


def said_since(session: Connection, since: datetime.datetime, most: int = REPLAYED) -> List[Tuple[str, int]]:
    """What drivers wrote in own words since then, and how often; the most frequent ones."""
    query = (sa.select(inbox.c.text).where(inbox.c.received_at >= since, inbox.c.text.is_not(None),
                                           inbox.c.payload.is_(None), inbox.c.tap.is_(None)))
    words = (text.strip()[:300] for text in session.execute(query).scalars())
    counted = collections.Counter(text for text in words if not re.fullmatch(r"[\s\d０-９.、]*", text))
    return counted.most_common(most)


def read_tolerances(path: pathlib.Path) -> Dict[str, Any]:
    """`intents` (name → how much its F1 may fall, `default`), `accuracy`, `calibration_error`."""
    tolerances: Dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return tolerances
