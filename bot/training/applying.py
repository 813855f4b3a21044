"""Carries agreed labels into the files: conflicts are refused with their reason, the rest is one readable change."""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import datetime
import fcntl
from typing import Any, Collection, Dict, Iterator, List, Sequence, Set, Tuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.settings import VAR
from bot.training import labels
from bot.training.answer_book import LEAST_OF_QUESTION
from bot.training.database import log
from bot.training.labels import Label
from bot.training.sentences import Sentence, read_sentences, squeezed
from bot.training.tables import training_answers, training_labels
from bot.training.write_back import Files, as_line

REVIEW_AFTER = datetime.timedelta(days=365)
LEAST_OF_TOPIC = 10
"""Sentences that the first question of a new topic needs: nothing else tells the topic from others."""


@dataclasses.dataclass(frozen=True)
class Change:
    """What would be written, what is refused (label id → why), and new questions that wait for more sentences
    (label → how many it has, how many it needs); `ready` are all labels that it was made of."""

    files: Files
    taken: List[Label]
    answers: List[Any]
    refused: Dict[int, str]
    thin: Dict[str, Tuple[int, int]]
    ready: List[Label]


def planned(session: Connection, files: Files, held_out: Sequence[Sentence], now: datetime.datetime) -> Change:
    """The change that all ready labels make; nothing is written."""
    ready = labels.of_state(session, training_labels.c.state == "ready", limit=100_000)
    answers = session.execute(sa.select(training_answers).where(training_answers.c.state == "ready").order_by(
        training_answers.c.id)).all()
    known = read_sentences(files.data)
    refused = conflicts(ready, known, held_out, {answer.label for answer in answers})
    taken = [label for label in ready if label.id not in refused]
    topics = {sentence.intent for sentence in known}
    thin = too_thin(answers, taken, topics)
    taken, answers = ([each for each in some if each.label not in thin] for some in (taken, answers))
    for answer in answers:
        _add_answer(files, answer, topics, now)
    by_label: Dict[str, List[str]] = {}
    for label in taken:
        by_label.setdefault(label.label, []).append(as_line(label.text, label.marks))
    for name, lines in by_label.items():
        files.add_sentences(name, lines)
    return Change(files, taken, list(answers), refused, thin, ready)


def too_thin(answers: Sequence[Any], taken: Sequence[Label], topics: Set[str]) -> Dict[str, Tuple[int, int]]:
    """New questions with too few sentences: label → (has, needs)."""
    counted = collections.Counter(label.label for label in taken)
    return {answer.label: (counted[answer.label], least) for answer in answers
            if counted[answer.label] < (least := least_of(answer.label, topics))}


def least_of(label: str, topics: Collection[str]) -> int:
    """How many sentences a new question needs; more where its topic is new, too."""
    return LEAST_OF_QUESTION if labels.intent_of(label) in topics else LEAST_OF_TOPIC


def conflicts(ready: Sequence[Label], known: Sequence[Sentence], held_out: Sequence[Sentence],
              new: set[str]) -> Dict[int, str]:
    """Label id → why it can't go in."""
    stands = {squeezed(s.text): s for s in known}
    measured = {squeezed(s.text) for s in held_out}
    there = {s.label for s in known} | new
    found: Dict[int, str] = {}
    for label in ready:
        key = squeezed(label.text)
        other = stands.get(key)
        if label.label not in there:
            found[label.id] = f"there is no {label.label}: give it an answer first"
        elif other is not None and other.label != label.label:
            found[label.id] = f"stands under {other.label} already ({other.place})"
        elif other is not None:
            found[label.id] = f"is there already ({other.place})"
        elif key in measured:
            found[label.id] = "stands in the held-out set, with which models are measured"
        else:
            stands[key] = Sentence(label.text, label.label, (), "the inbox")
    return found


def apply(session: Connection, files: Files, held_out: Sequence[Sentence], who: str,
          now: datetime.datetime) -> Change:
    """Writes the change and remembers who did so; what is refused is kept with its reason."""
    with alone():
        change = planned(session, files, held_out, now)
        for number, why in change.refused.items():
            session.execute(sa.update(training_labels).where(training_labels.c.id == number).values(
                state="refused", refused=why[:255]))
        if not change.taken and not change.answers:
            return change
        session.execute(sa.update(training_labels).where(
            training_labels.c.id.in_([label.id for label in change.taken])).values(
            state="applied", applied_at=now, applied_by=who))
        session.execute(sa.update(training_answers).where(
            training_answers.c.id.in_([answer.id for answer in change.answers])).values(state="applied"))
        log(session, who, "applied", {"sentences": len(change.taken), "answers": len(change.answers),
                                      "files": files.changed()}, now)
        files.write()
    return change


def _add_answer(files: Files, answer: Any, topics: Set[str], now: datetime.datetime) -> None:
    topic = labels.intent_of(answer.label)
    if topic not in topics:
        files.add_topic(topic, answer.title or topic)
        topics.add(topic)
    review = answer.review or (now + REVIEW_AFTER).date().isoformat()
    files.set_answer(answer.label, answer.text, {"law": answer.law, "in_force": now.date().isoformat(),
                                                 "review": review, "owner": answer.owner})


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """One writer of the data at a time, whichever process."""
    VAR.mkdir(parents=True, exist_ok=True)
    with (VAR / "data.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
