"""The week for maintainers: topics that move, new words, confused intents, coverage, what labelling brought."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import json
import pathlib
import re
from typing import Any, Callable, Dict, List, Optional, Sequence, Set, Tuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.settings import VAR
from bot.training.errors import Refused
from bot.training.masking import Masked
from bot.training.tables import training_labels
from messages.tables import inbox, understandings

WEEK, TAUGHT = datetime.timedelta(days=7), datetime.timedelta(days=28)
NOT_OURS = "out_of_scope"
UNSERVED = ("nlu_fallback", NOT_OURS)
"""Where a topic hides that nobody taught yet."""
CLOSE = 0.2
"""Two best intents nearer than this were nearly taken for each other."""
SHOWN, TOPICS, DRIVERS, EXAMPLE = 15, 8, 3, 40
MOVED = 0.005
"""A topic whose share changed by less stands still."""
SMALL = frozenset("的地得了着过吗呢吧啊呀哦嘛么能会要可以不没有是在到去来和跟就都也还又很太我你他她它您这那哪个怎什多少"
                  "被把给让")
RUN = re.compile(r"[\u4e00-\u9fff]+")
Mask = Callable[[str], Masked]


@dataclasses.dataclass(frozen=True)
class Week:
    """Figures of seven days beside the seven before; shares lie between 0 and 1, times are ISO, UTC.

    `answered`, `missed` (not understood, or asked back) and `handed` (to a person) as (before, now), of all messages,
    those that are not ours among them; `moved`: (topic,
    share before, share now); `confused`: (intent, other, how often, an example); `words`: (word, drivers, an
    example); `labelled` is how many sentences went into the data; `brought`: (label, its sentences of the last four
    weeks, messages understood so before, and now); `topics`: what was asked most, how often. Examples are masked.
    """

    since: str
    until: str
    messages: Tuple[int, int]
    answered: Tuple[float, float]
    missed: Tuple[float, float]
    handed: Tuple[float, float]
    moved: List[Tuple[str, float, float]]
    confused: List[Tuple[str, str, int, str]]
    words: List[Tuple[str, int, str]]
    labelled: int
    brought: List[Tuple[str, int, int, int]]
    topics: List[Tuple[str, int]] = dataclasses.field(default_factory=list)


def week_of(session: Connection, until: datetime.datetime, known: Callable[[str], bool], mask: Mask) -> Week:
    """The seven days before `until`, beside the seven before them; `known` says whether the dictionary has a word."""
    now, before = (_read(session, until - WEEK * n, until - WEEK * (n - 1)) for n in (1, 2))
    missed = [(row.driver, mask(row.text).text) for row in now if row.intent in UNSERVED]
    taught = _labelled(session, until - TAUGHT, until)
    brought = [(label, count, _times(before, label), _times(now, label)) for label, count in taught.items()]
    return Week((until - WEEK).isoformat(timespec="seconds"), until.isoformat(timespec="seconds"),
                (len(before), len(now)), _both(before, now, "answered"), _both(before, now, "fallback", "asked_back"),
                _both(before, now, "handed_over"), _moved(before, now), _confused(now, mask),
                [(word, count, _example(word, missed)) for word, count in new_words(missed, known)],
                sum(_labelled(session, until - WEEK, until).values()),
                sorted(brought, key=lambda each: (each[2] - each[3], each[0]))[:SHOWN],
                collections.Counter(row.intent for row in now).most_common(TOPICS))


def keep_week(week: Week) -> pathlib.Path:
    """Keeps it for the page, one file a week; returns the file."""
    folder = VAR / "weekly"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{datetime.datetime.fromisoformat(week.until):%G-W%V}.json"
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(dataclasses.asdict(week), ensure_ascii=False), encoding="utf-8")
    draft.replace(path)
    return path


def weeks() -> List[str]:
    """Names of the reports that are kept, newest first, like 2027-W05."""
    return sorted((path.stem for path in (VAR / "weekly").glob("*-W*.json")), reverse=True)


def read_week(name: str) -> Optional[Week]:
    """A kept report, or None; `name` as in weeks()."""
    path = VAR / "weekly" / f"{name}.json"
    return Week(**json.loads(path.read_text(encoding="utf-8"))) if name in weeks() else None


def add_word(data: pathlib.Path, word: str) -> None:
    """Puts a new word behind the others in the dictionary; the next training cuts it no more. Raises Refused."""
    path = data / "dictionary" / "words.txt"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    if not RUN.fullmatch(word) or not 2 <= len(word) <= 8:
        raise Refused("a word has two to eight Chinese characters")
    if word in text.split():
        raise Refused(f"{word} stands in the dictionary already")
    draft = path.with_suffix(".draft")
    draft.write_text(text.rstrip("\n") + f"\n{word}\n", encoding="utf-8")
    draft.replace(path)


def _read(session: Connection, since: datetime.datetime, until: datetime.datetime) -> List[Any]:
    query = (sa.select(inbox.c.driver, inbox.c.text, understandings.c.intent, understandings.c.confidence,
                       understandings.c.intents, understandings.c.outcome, understandings.c.answer)
             .join(understandings, understandings.c.inbox_id == inbox.c.id)
             .where(inbox.c.received_at >= since, inbox.c.received_at < until, inbox.c.text.is_not(None),
                    inbox.c.payload.is_(None), inbox.c.tap.is_(None)))
    return list(session.execute(query))


def _both(before: Sequence[Any], now: Sequence[Any], *outcomes: str) -> Tuple[float, float]:
    one, other = (sum(row.outcome in outcomes and row.intent != NOT_OURS for row in rows) / len(rows) if rows else 0.0
                  for rows in (before, now))
    return one, other


def _times(rows: Sequence[Any], label: str) -> int:
    return sum((row.answer if "/" in label else row.intent) == label for row in rows)


def _example(word: str, said: Sequence[Tuple[str, str]]) -> str:
    return next((text for _, text in said if word in text), "")[:EXAMPLE]


def _shares(rows: Sequence[Any]) -> Dict[str, float]:
    return {name: count / len(rows) for name, count in collections.Counter(row.intent for row in rows).items()}


def _moved(before: Sequence[Any], now: Sequence[Any]) -> List[Tuple[str, float, float]]:
    if not before:
        return []
    old, new = _shares(before), _shares(now)
    moves = [(name, old.get(name, 0.0), new.get(name, 0.0)) for name in {*old, *new}
             if abs(new.get(name, 0.0) - old.get(name, 0.0)) >= MOVED]
    return sorted(moves, key=lambda move: (-abs(move[2] - move[1]), move[0]))[:SHOWN]


def _confused(rows: Sequence[Any], mask: Mask) -> List[Tuple[str, str, int, str]]:
    found: Dict[Tuple[str, str], List[str]] = collections.defaultdict(list)
    for row in rows:
        best = (row.intents or [])[:2]
        if len(best) == 2 and best[0][1] - best[1][1] < CLOSE:
            found[min(best[0][0], best[1][0]), max(best[0][0], best[1][0])].append(row.text)
    most = sorted(found.items(), key=lambda each: (-len(each[1]), each[0]))[:SHOWN]
    return [(one, other, len(texts), mask(texts[0]).text[:EXAMPLE]) for (one, other), texts in most]


def new_words(said: Sequence[Tuple[str, str]], known: Callable[[str], bool]) -> List[Tuple[str, int]]:
    """Runs of 2 to 4 characters that several drivers used, that no dictionary has, longest first of equal ones.

    A word stands between different neighbours; what always has the same one is a piece of something longer.
    """
    drivers: Dict[str, Set[str]] = collections.defaultdict(set)
    beside: Dict[str, Tuple[Set[str], Set[str]]] = collections.defaultdict(lambda: (set(), set()))
    for driver, text in said:
        for run in RUN.findall(text.replace("某", " ")):
            for length in (2, 3, 4):
                for at in range(len(run) - length + 1):
                    word = run[at:at + length]
                    drivers[word].add(driver)
                    beside[word][0].add(run[at - 1:at])
                    beside[word][1].add(run[at + length:at + length + 1])
    common = [(word, len(who)) for word, who in drivers.items() if len(who) >= DRIVERS and _may_be_one(word, known)
              and all(len(neighbours) > 1 for neighbours in beside[word])]
    common.sort(key=lambda one: (-one[1], -len(one[0]), one[0]))
    kept: List[Tuple[str, int]] = []
    for word, count in common:
        if not any(word in longer or longer in word for longer, _ in kept):
            kept.append((word, count))
    return kept[:SHOWN]


def _may_be_one(word: str, known: Callable[[str], bool]) -> bool:
    """Not where a word of the dictionary is in it, or where small words end it: then it is a piece of a sentence."""
    inside = any(known(word[at:end]) for at in range(len(word)) for end in range(at + 2, len(word) + 1))
    return not inside and word[0] not in SMALL and word[-1] not in SMALL


def _labelled(session: Connection, since: datetime.datetime, until: datetime.datetime) -> Dict[str, int]:
    query = sa.select(training_labels.c.label).where(
        training_labels.c.state == "applied", training_labels.c.applied_at >= since,
        training_labels.c.applied_at < until)
    return dict(collections.Counter(session.execute(query).scalars()))
