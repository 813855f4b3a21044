"""The week for maintainers: topics that move, new words, confused intents, coverage, what labelling brought."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import re
from typing import Any, Callable, Dict, List, Sequence, Set, Tuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.training.masking import Masked
from bot.training.tables import training_labels
from messages.tables import inbox, understandings

WEEK = datetime.timedelta(days=7)
FALLBACK = "nlu_fallback"
CLOSE = 0.2
"""Two best intents nearer than this were nearly taken for each other."""
SHOWN, DRIVERS = 15, 3
RUN = re.compile(r"[\u4e00-\u9fff]+")
Mask = Callable[[str], Masked]


@dataclasses.dataclass(frozen=True)
class Week:
    """Figures of seven days. `moved`: (topic, share before, share now); `confused`: (intent, other, how often);
    `words`: (word, drivers); `labelled` is how many sentences went into the data."""

    messages: int
    answered: float
    answered_before: float
    moved: List[Tuple[str, float, float]]
    confused: List[Tuple[str, str, int]]
    words: List[Tuple[str, int]]
    labelled: int
    helped: List[Tuple[str, float, float]]


def week_of(session: Connection, until: datetime.datetime, known: Callable[[str], bool], mask: Mask) -> Week:
    """The seven days before `until`, beside the seven before them; `known` says whether the dictionary has a word."""
    now, before = (_read(session, until - WEEK * n, until - WEEK * (n - 1)) for n in (1, 2))
    labelled = _labelled(session, until - WEEK, until)
    confident = {name: (_confidence(before, name), _confidence(now, name)) for name in labelled}
    return Week(len(now), _answered(now), _answered(before), _moved(before, now), _confused(now),
                new_words([(row.driver, mask(row.text).text) for row in now if row.intent == FALLBACK], known),
                sum(labelled.values()), [(name, *pair) for name, pair in sorted(confident.items()) if all(pair)])


def _read(session: Connection, since: datetime.datetime, until: datetime.datetime) -> List[Any]:
    query = (sa.select(inbox.c.driver, inbox.c.text, understandings.c.intent, understandings.c.confidence,
                       understandings.c.intents, understandings.c.outcome)
             .join(understandings, understandings.c.inbox_id == inbox.c.id)
             .where(inbox.c.received_at >= since, inbox.c.received_at < until, inbox.c.text.is_not(None),
                    inbox.c.payload.is_(None), inbox.c.tap.is_(None)))
    return list(session.execute(query))


def _answered(rows: Sequence[Any]) -> float:
    """Share that needed no person and was understood."""
    return sum(row.outcome == "answered" for row in rows) / len(rows) if rows else 0.0


def _shares(rows: Sequence[Any]) -> Dict[str, float]:
    return {name: count / len(rows) for name, count in collections.Counter(row.intent for row in rows).items()}


def _moved(before: Sequence[Any], now: Sequence[Any]) -> List[Tuple[str, float, float]]:
    old, new = _shares(before), _shares(now)
    moves = [(name, old.get(name, 0.0), new.get(name, 0.0)) for name in {*old, *new}]
    return sorted(moves, key=lambda move: (-abs(move[2] - move[1]), move[0]))[:SHOWN]


def _confused(rows: Sequence[Any]) -> List[Tuple[str, str, int]]:
    pairs: collections.Counter[Tuple[str, str]] = collections.Counter()
    for row in rows:
        best = (row.intents or [])[:2]
        if len(best) == 2 and best[0][1] - best[1][1] < CLOSE:
            pairs[min(best[0][0], best[1][0]), max(best[0][0], best[1][0])] += 1
    return [(one, other, count) for (one, other), count in pairs.most_common(SHOWN)]


def new_words(said: Sequence[Tuple[str, str]], known: Callable[[str], bool]) -> List[Tuple[str, int]]:
    """Runs of 2 to 4 characters that several drivers used, that no dictionary has, longest first of equal ones."""
    drivers: Dict[str, Set[str]] = collections.defaultdict(set)
    for driver, text in said:
        for run in RUN.findall(text.replace("某", " ")):
            for length in (2, 3, 4):
                for at in range(len(run) - length + 1):
                    drivers[run[at:at + length]].add(driver)
    common = [(word, len(who)) for word, who in drivers.items() if len(who) >= DRIVERS and not _has_known(word, known)]
    common.sort(key=lambda one: (-one[1], -len(one[0]), one[0]))
    kept: List[Tuple[str, int]] = []
    for word, count in common:
        if not any(word in longer or longer in word for longer, _ in kept):
            kept.append((word, count))
    return kept[:SHOWN]


def _has_known(word: str, known: Callable[[str], bool]) -> bool:
    """Whether a word of the dictionary is in it: then it is a piece of a sentence."""
    return any(known(word[at:end]) for at in range(len(word)) for end in range(at + 2, len(word) + 1))


def _labelled(session: Connection, since: datetime.datetime, until: datetime.datetime) -> Dict[str, int]:
    query = sa.select(training_labels.c.label).where(
        training_labels.c.state == "applied", training_labels.c.applied_at >= since,
        training_labels.c.applied_at < until)
    return dict(collections.Counter(label.split("/")[0] for label in session.execute(query).scalars()))


def _confidence(rows: Sequence[Any], intent: str) -> float:
    found = [float(row.confidence) for row in rows if row.intent == intent]
    return sum(found) / len(found) if found else 0.0
