"""Fills the maintainers' inbox anew from the log: masked, grouped, with suggestions, what teaches most first."""

from __future__ import annotations

import collections
import dataclasses
import datetime
from typing import Any, Callable, Dict, List, Sequence, Set, Tuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bot.training.grouping import Sentences, grouped
from bot.training.masking import Masked
from bot.training.message_log import Logged, read_log
from bot.training.sentences import Sentence, squeezed
from bot.training.tables import training_groups, training_labels, training_sentences
from messages.database import reading, writing

GROUPS, SHOWN, NEAREST, SUGGESTED = 2000, 40, 5, 5
SHORTEST = 2
MARKED = frozenset({"plate_number", "license_number", "phone", "ticket_number", "road", "place", "time"})
Mask = Callable[[str], Masked]
Report = Callable[[int, int, str], None]


@dataclasses.dataclass
class Wording:
    """What several drivers wrote in the same words, masked."""

    text: str
    marks: List[Tuple[str, int, int]]
    messages: List[Logged]

    @property
    def unsureness(self) -> float:
        """Mean over its messages."""
        return sum(m.unsureness for m in self.messages) / len(self.messages)

    @property
    def weight(self) -> float:
        """How many drivers, and how unsure the bot was."""
        return len({m.key for m in self.messages}) * (0.1 + self.unsureness)


def gather(engine: Engine, mask: Mask, known: Sequence[Sentence], since: datetime.datetime,
           report: Report = lambda done, total, what: None) -> int:
    """Reads the log since then and replaces the open groups; returns how many there are now.

    `known` are the training sentences. What was labelled, or stands in the training data, does not come again.
    """
    report(0, 4, "reading")
    with reading(engine) as session:
        log, settled = read_log(session, since), _settled(session)
    report(1, 4, "masking")
    wordings = _wordings(log, mask, settled | {squeezed(s.text) for s in known})
    report(2, 4, "grouping")
    groups = _heaviest(wordings, [s.text for s in known])
    report(3, 4, "suggesting")
    rows = _suggested(groups, known, mask)
    with writing(engine) as session:
        _replace(session, rows)
    report(4, 4, "done")
    return len(rows)


def _settled(session: Connection) -> Set[str]:
    done = sa.select(training_labels.c.key).where(training_labels.c.state != "undone")
    return set(session.execute(done).scalars())


def _wordings(log: Sequence[Logged], mask: Mask, settled: Set[str]) -> List[Wording]:
    masks: Dict[str, Masked] = {}
    found: Dict[str, Wording] = {}
    for message in log:
        masked = masks.get(message.text) or masks.setdefault(message.text, mask(message.text))
        key = squeezed(masked.text)
        if len(key) >= SHORTEST and key not in settled:
            found.setdefault(key, Wording(masked.text, _marks(masked, message), [])).messages.append(message)
    return list(found.values())


def _marks(masked: Masked, message: Logged) -> List[Tuple[str, int, int]]:
    """What stands in for personal data, and what the bot found besides."""
    marks = list(masked.marks)
    for kind, start, end in message.entities:
        free = not any(start < e and s < end for _, s, e in marks)
        if kind in MARKED and free and 0 <= start < end <= len(masked.text) and "某" not in masked.text[start:end]:
            marks.append((kind, start, end))
    return sorted(marks, key=lambda mark: mark[1])


def _heaviest(wordings: Sequence[Wording], background: Sequence[str]) -> List[List[Wording]]:
    groups = [[wordings[i] for i in group]
              for group in grouped([w.text for w in wordings], [w.weight for w in wordings], background)]
    return sorted(groups, key=_teaches, reverse=True)[:GROUPS]


def _teaches(group: Sequence[Wording]) -> float:
    """Drivers, times how unsure the bot was of them: what a label for the group is worth."""
    drivers = {m.key for w in group for m in w.messages}
    return len(drivers) * (0.1 + sum(w.unsureness for w in group) / len(group))


def _suggested(groups: Sequence[Sequence[Wording]], known: Sequence[Sentence], mask: Mask) -> List[Dict[str, Any]]:
    if not groups:
        return []
    nearest = Sentences([s.text for s in known]).nearest([g[0].text for g in groups], NEAREST) if known else \
        [[] for _ in groups]
    return [_row(group, [(known[i], likeness) for i, likeness in near], mask)
            for group, near in zip(groups, nearest, strict=True)]


def _row(group: Sequence[Wording], near: Sequence[Tuple[Sentence, float]], mask: Mask) -> Dict[str, Any]:
    messages = [m for w in group for m in w.messages]
    reasons = collections.Counter(reason for m in messages for reason in set(m.reasons))
    answers = [m.answer for m in messages if m.answer]
    return {
        "head": group[0].text, "drivers": len({m.key for m in messages}), "messages": len(messages),
        "teach": _teaches(group), "confidence": sum(m.confidence for m in messages) / len(messages),
        "reasons": dict(reasons.most_common()), "suggestions": suggestions(messages, near),
        "nearest": [[s.text, s.label, round(likeness, 3)] for s, likeness in near],
        "answer": mask(answers[0]).text if answers else None, "open": True,
        "sentences": [{"text": w.text, "marks": [list(mark) for mark in w.marks], "messages": len(w.messages),
                       "confidence": sum(m.confidence for m in w.messages) / len(w.messages),
                       "intent": w.messages[0].intent} for w in list(group)[:SHOWN]]}


def suggestions(messages: Sequence[Logged], near: Sequence[Tuple[Sentence, float]]) -> List[List[Any]]:
    """[label, score] from what the model ranked, what drivers picked when asked back, and the nearest sentences."""
    scores: Dict[str, float] = collections.defaultdict(float)
    questions = {question.split("/")[0]: question for m in reversed(messages) for question in reversed(m.questions)}
    questions.update({s.intent: s.label for s, _ in reversed(near) if "/" in s.label})
    for message in messages:
        for intent, confidence in message.ranking:
            scores[questions.get(intent, intent)] += 0.5 * confidence / len(messages)
        if message.picked:
            scores[questions.get(message.picked, message.picked)] += 1 / len(messages)
    together = sum(likeness for _, likeness in near) or 1.0
    for sentence, likeness in near:
        scores[sentence.label] += 0.5 * likeness * likeness / together
    best = sorted(scores.items(), key=lambda one: -one[1])[:SUGGESTED]
    return [[label, round(min(score, 1.0), 3)] for label, score in best]


def _replace(session: Connection, rows: Sequence[Dict[str, Any]]) -> None:
    session.execute(sa.delete(training_sentences))
    session.execute(sa.delete(training_groups))
    sentences: List[Dict[str, Any]] = []
    for row in rows:
        values = {name: value for name, value in row.items() if name != "sentences"}
        number = session.execute(sa.insert(training_groups).values(values)).inserted_primary_key[0]
        sentences += [{**sentence, "group_id": number} for sentence in row["sentences"]]
    if sentences:
        session.execute(sa.insert(training_sentences), sentences)
