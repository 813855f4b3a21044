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
from bot.training.measures import Measures, is_right, measure
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
class Turned:
    """A held-out sentence that one model understands and the other doesn't; `better` where it is the candidate."""

    text: str
    label: str
    before: str
    after: str
    better: bool


@dataclasses.dataclass(frozen=True)
class Refusal:
    """One reason of the gate: `kind` is fell, accuracy, calibration, conversation, not_run or no_test."""

    kind: str
    name: str = ""
    before: float = 0.0
    after: float = 0.0
    allowed: float = 0.0

    def __str__(self) -> str:
        fell = f"{self.name} fell from {self.before:.2f} to {self.after:.2f} (at most {self.allowed} is allowed)"
        return {"fell": fell,
                "accuracy": f"all in all {self.after:.3f} are understood, {self.before:.3f} before",
                "calibration": f"confidences are no longer honest: error {self.after:.3f}, {self.before:.3f} before",
                "conversation": f"conversation test failed: {self.name}",
                "not_run": "the conversation tests did not run",
                "no_test": "there was no conversation test"}[self.kind]


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
    turned: List[Turned]
    changed: List[Changed]
    replayed: int
    conversations: Optional[Conversations]
    refusals: List[Refusal]

    @property
    def passed(self) -> bool:
        """Whether the candidate may go live."""
        return not self.refusals

    @property
    def reasons(self) -> List[str]:
        """Why not, a line each."""
        return [str(refusal) for refusal in self.refusals]


def compare(live: Parser, candidate: Parser, held_out: Sequence[Sentence], said: Sequence[Tuple[str, int]],
            mask: Mask, conversations: Optional[Conversations], tolerances: Mapping[str, Any]) -> Comparison:
    """Both models on the same sentences; `said` are drivers' words and how often they came."""
    texts = [sentence.text for sentence in held_out]
    parsed = [parse_lines(model, texts) for model in (live, candidate)]
    before, after = (measure(held_out, each) for each in parsed)
    steps = sorted((Step(name, before.intents[name].f1, share.f1, share.wanted)
                    for name, share in after.intents.items()), key=lambda step: step.gain)
    refused = [*refusals(before, after, steps, tolerances), *_of_conversations(conversations)]
    return Comparison(before, after, steps, turned(held_out, *parsed), changes(live, candidate, said, mask), len(said),
                      conversations, refused)


def with_conversations(found: Comparison, conversations: Conversations) -> Comparison:
    """The same with the conversation tests, which ran beside it."""
    others = [refusal for refusal in found.refusals if refusal.kind != "not_run"]
    refused = [*others, *_of_conversations(conversations)]
    return dataclasses.replace(found, conversations=conversations, refusals=refused)


def turned(held_out: Sequence[Sentence], before: Sequence[Mapping[str, Any]],
           after: Sequence[Mapping[str, Any]]) -> List[Turned]:
    """The held-out sentences that were right and are wrong, then those that were wrong and are right."""
    found = [Turned(s.text, s.label, str(old["intent"]), str(new["intent"]), is_right(s.intent, str(new["intent"])))
             for s, old, new in zip(held_out, before, after, strict=True)
             if is_right(s.intent, str(old["intent"])) != is_right(s.intent, str(new["intent"]))]
    return sorted(found, key=lambda each: each.better)


def refusals(before: Measures, after: Measures, steps: Sequence[Step], tolerances: Mapping[str, Any]) -> List[Refusal]:
    """Why the gate refuses."""
    allowed = tolerances["intents"]
    found = [Refusal("fell", step.intent, step.before, step.after, limit) for step in steps
             if -step.gain > (limit := allowed.get(step.intent, allowed["default"])) + 1e-9]
    if before.accuracy - after.accuracy > tolerances["accuracy"]:
        found.append(Refusal("accuracy", "", before.accuracy, after.accuracy, tolerances["accuracy"]))
    limits, old, new = tolerances["calibration_error"], before.calibration_error, after.calibration_error
    if new > limits["at_most"] and new - old > limits["rise"]:
        found.append(Refusal("calibration", "", old, new, limits["at_most"]))
    return found


def _of_conversations(conversations: Optional[Conversations]) -> List[Refusal]:
    if conversations is None:
        return [Refusal("not_run")]
    if not conversations.passed and not conversations.failed:
        return [Refusal("no_test")]
    return [Refusal("conversation", name) for name in conversations.failed]


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
