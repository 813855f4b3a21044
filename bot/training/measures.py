"""What is measured on labelled sentences: accuracy, F1, fallbacks, wrong services, entities, honesty, speed."""

from __future__ import annotations

import collections
import dataclasses
from typing import Any, Dict, List, Mapping, Sequence, Tuple

import numpy as np

from bot.nlu.calibration import expected_calibration_error
from bot.training.sentences import Sentence

CONVERSATION = frozenset({"greet", "goodbye", "thank", "affirm", "deny", "stop", "help", "inform", "chitchat",
                          "bot_challenge"})
SILENT = frozenset({"out_of_scope", "nlu_fallback"}) | CONVERSATION
"""Intents after which the bot neither serves nor informs."""
EXACT = frozenset({"plate_number", "phone", "license_number", "ticket_number", "road", "place", "time"})


@dataclasses.dataclass(frozen=True)
class Share:
    """Precision, recall and their harmonic mean."""

    right: int
    found: int
    wanted: int

    @property
    def f1(self) -> float:
        """1.0 when nothing was wanted and nothing found."""
        return 2 * self.right / (self.found + self.wanted) if self.found + self.wanted else 1.0


@dataclasses.dataclass(frozen=True)
class Measures:
    """All figures of one run; shares lie between 0 and 1, times are milliseconds."""

    sentences: int
    accuracy: float
    second_best: float
    fallback: float
    wrong_service: float
    served_out_of_scope: float
    calibration_error: float
    p50: float
    p99: float
    intents: Dict[str, Share]
    entities: Dict[str, Share]


def is_right(label: str, intent: str) -> bool:
    """A sentence that is not ours is right with out_of_scope as with a fallback; smalltalk is any conversation."""
    if label == "out_of_scope":
        return intent in {"out_of_scope", "nlu_fallback"}
    return intent == label


def measure(sentences: Sequence[Sentence], parsed: Sequence[Mapping[str, Any]]) -> Measures:
    """Figures of what `bot.parse` made of the sentences, in the same order."""
    labels, intents = [s.intent for s in sentences], [str(p["intent"]) for p in parsed]
    right = np.array([is_right(label, intent) for label, intent in zip(labels, intents, strict=True)])
    inside = [i for i, label in enumerate(labels) if label != "out_of_scope"]
    outside = [i for i, label in enumerate(labels) if label == "out_of_scope"]
    first = np.array([is_right(label, p["ranking"][0]["intent"]) for label, p in zip(labels, parsed, strict=True)])
    times = np.array([p["ms"] for p in parsed])
    return Measures(
        sentences=len(labels), accuracy=float(right.mean()),
        second_best=_share(_among_two(label, p) for label, p in zip(labels, parsed, strict=True)),
        fallback=_share(intents[i] in {"nlu_fallback", "out_of_scope"} for i in inside),
        wrong_service=_share(not right[i] and intents[i] not in SILENT for i in inside),
        served_out_of_scope=_share(intents[i] not in SILENT for i in outside),
        calibration_error=expected_calibration_error(np.array([p["confidence"] for p in parsed]), first),
        p50=float(np.percentile(times, 50)), p99=float(np.percentile(times, 99)),
        intents=intent_shares(labels, intents), entities=entity_shares(sentences, parsed))


def _share(found: Any) -> float:
    values = [bool(value) for value in found]
    return sum(values) / len(values) if values else 0.0


def _among_two(label: str, parsed: Mapping[str, Any]) -> bool:
    return any(is_right(label, one["intent"]) for one in [parsed, *parsed["ranking"][:2]])


def intent_shares(labels: Sequence[str], intents: Sequence[str]) -> Dict[str, Share]:
    """Per intent of the sentences; a fallback counts as out_of_scope."""
    said = ["out_of_scope" if intent == "nlu_fallback" else intent for intent in intents]
    right = collections.Counter(label for label, intent in zip(labels, said, strict=True) if label == intent)
    found, wanted = collections.Counter(said), collections.Counter(labels)
    return {label: Share(right[label], found[label], wanted[label]) for label in sorted(wanted)}


def entity_shares(sentences: Sequence[Sentence], parsed: Sequence[Mapping[str, Any]]) -> Dict[str, Share]:
    """Per kind of entity: one is right where kind, start and end are the marked ones.

    Roads, places and times are marked only in sentences that carry a mark; the others don't count against precision.
    """
    counts = {kind: [0, 0, 0] for kind in sorted(EXACT)}
    for sentence, answer in zip(sentences, parsed, strict=True):
        wanted = {(m.entity, m.start, m.end) for m in sentence.marks}
        found = {(e["entity"], e["start"], e["end"]) for e in answer["entities"] if e["entity"] in EXACT}
        for number, spans in enumerate((wanted & found, found if wanted else set(), wanted)):
            for kind, _, _ in spans:
                counts[kind][number] += 1
    return {kind: Share(*numbers) for kind, numbers in counts.items() if numbers[2]}


def reliability(
    parsed: Sequence[Mapping[str, Any]], right: Sequence[bool], bins: int = 10
) -> List[Tuple[float, float, int]]:
    """(mean confidence, share right, sentences) of each non-empty bin of confidence."""
    confidence, hit = np.array([p["confidence"] for p in parsed]), np.array(right, dtype=bool)
    at = np.minimum((confidence * bins).astype(int), bins - 1)
    return [(float(confidence[at == b].mean()), float(hit[at == b].mean()), int((at == b).sum()))
            for b in range(bins) if (at == b).any()]
