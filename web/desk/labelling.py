"""What the labelling pages need besides the inbox itself: all labels with their titles, and marks from a form."""

from __future__ import annotations

import dataclasses
import datetime
import functools
import json
import pathlib
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

from pypinyin import Style, lazy_pinyin
from sqlalchemy.engine import Connection

from bot.settings import DATA, DOMAIN, ROOT
from bot.training import labels
from bot.training.answer_book import LEAST_OF_QUESTION
from bot.training.applying import LEAST_OF_TOPIC, least_of
from bot.training.errors import Refused
from bot.training.masking import mask_personal
from bot.training.sentences import Sentence, read_sentences
from bot.training.titles import titles
from bot.training.write_back import INTENT, Files

ENTITIES = {"plate_number": "号牌", "road": "道路", "place": "地点", "time": "时间", "phone": "电话",
            "license_number": "证号", "ticket_number": "单号", "offense": "违法行为"}
LEAST = {"question": LEAST_OF_QUESTION, "topic": LEAST_OF_TOPIC}
FOR_COLLEAGUES = ("waiting_second", "disagreed")
FIRST = "overview"
"""The question with which a topic begins: what is said to who names the topic only."""


@dataclasses.dataclass(frozen=True)
class Choice:
    """A label as one looks for it: by its title or by the first letters of its title's pinyin."""

    label: str
    title: str
    initials: str


def choices(waiting: Mapping[str, str]) -> Tuple[Choice, ...]:
    """All labels of the data, and those that wait to be written (label → title)."""
    newest = max((path.stat().st_mtime_ns for path in DATA.rglob("*.yml")), default=0)
    called = titles(DATA)
    fresh = tuple(_choice(label, _title(called, label, title)) for label, title in waiting.items())
    return (*_choices(DATA, newest), *fresh)


def _title(called: Mapping[str, str], label: str, title: str) -> str:
    """Of a new question: behind its topic's, where that is there."""
    topic = called.get(labels.intent_of(label))
    return f"{topic}：{title or label}" if topic else title or label


@functools.lru_cache(maxsize=1)  # reading all sentences takes longer than a page may
def _choices(data: pathlib.Path, newest: int) -> Tuple[Choice, ...]:
    called = titles(data)
    there = sorted({sentence.label for sentence in read_sentences(data)})
    return tuple(_choice(label, called.get(label, label)) for label in there)


def _choice(label: str, title: str) -> Choice:
    letters = "".join(lazy_pinyin(title, style=Style.FIRST_LETTER))
    return Choice(label, title, "".join(each for each in letters if each.isalnum()).lower())


def topics() -> Dict[str, str]:
    """Topics of the answer book with their titles."""
    called = titles(DATA)
    names = sorted({each.label.split("/")[0] for each in choices({}) if "/" in each.label})
    return {name: called.get(name, name) for name in names}


def files() -> Files:
    """The data as it is now."""
    return Files(DATA, DOMAIN)


def held_out() -> List[Sentence]:
    """The sentences that models are measured with."""
    return read_sentences(ROOT / "tests" / "nlu" / "held_out.yml")


def chosen_in(form: Optional[Mapping[str, Any]]) -> Dict[int, List[Tuple[str, int, int]]]:
    """Sentence id → marks, of the sentences that are ticked. Raises Refused for marks that are none."""
    found: Dict[int, List[Tuple[str, int, int]]] = {}
    for name in form or {}:
        kind, _, number = name.partition("_")
        if kind == "take" and number.isdigit():
            found[int(number)] = _marks((form or {}).get(f"marks_{number}") or "[]")
    return found


def _marks(written: str) -> List[Tuple[str, int, int]]:
    try:
        marks = [(str(kind), int(start), int(end)) for kind, start, end in json.loads(written)]
    except (TypeError, ValueError):
        raise Refused("the marks are not readable") from None
    if any(kind not in ENTITIES or not 0 <= start < end for kind, start, end in marks):
        raise Refused("the marks are not readable")
    return marks


def new_label(topic: str, title: str) -> str:
    """The name of a question; without a topic that of a topic's first question, from its title. Raises Refused."""
    spelled = "_".join(word.lower() for word in lazy_pinyin(title) if word.isascii() and word.isalnum())
    if not topic and not INTENT.fullmatch(spelled[:38].rstrip("_")):
        raise Refused("title")
    label = f"{topic}/{spelled[:50]}" if topic else f"{spelled[:38].rstrip('_')}/{FIRST}"
    if not labels.QUESTION.fullmatch(label):
        raise Refused("title")
    return label


def lines_of(text: str) -> List[str]:
    """Sentences that somebody wrote, one a line, personal numbers masked as in drivers' own."""
    written = (" ".join(line.split())[:200] for line in text.splitlines())
    return [mask_personal(line, lambda _: []).text for line in written if line]


@dataclasses.dataclass(frozen=True)
class Draft:
    """A new question as the page sends it: `topic` is "" for one that begins a topic; `about`: law, owner, review."""

    topic: str
    title: str
    text: str
    about: Mapping[str, str]
    also: List[str]


def decide(session: Connection, officer: str, number: int, label: str, form: Optional[Mapping[str, Any]],
           now: datetime.datetime) -> str:
    """One press of a button: what is ticked gets a label that is known. Returns it. Raises Refused."""
    there = {each.label for each in choices(labels.proposed(session))}
    if label not in (labels.IGNORED, labels.OUT_OF_SCOPE) and label not in there:
        raise Refused("unknown")
    labels.decide(session, officer, number, label, now, chosen_in(form))
    return label


def begin_question(session: Connection, officer: str, number: int, draft: Draft, form: Optional[Mapping[str, Any]],
                   now: datetime.datetime) -> str:
    """A new question of what is ticked and written, with its answer. Returns its label. Raises Refused."""
    label = new_label(draft.topic, draft.title)
    if any(each.label == label for each in choices(labels.proposed(session))):
        raise Refused("there already")
    batch = labels.decide(session, officer, number, label, now, chosen_in(form))
    labels.add_written(session, officer, number, label, draft.also, batch, now)
    labels.propose_answer(session, officer, label, draft.text, {**draft.about, "title": draft.title}, batch, now)
    return label


def for_colleagues(session: Connection, names: Sequence[str]) -> Dict[str, int]:
    """How many sentences of each label wait for a colleague's opinion."""
    return labels.ready_of(session, names, FOR_COLLEAGUES)


def needed(session: Connection) -> Dict[str, Tuple[int, int]]:
    """New questions that wait → how many sentences they have, those for a colleague to read too, and need."""
    waiting = labels.proposed(session)
    have = labels.ready_of(session, list(waiting), ("ready", *FOR_COLLEAGUES))
    known = topics()
    return {label: (have.get(label, 0), least_of(label, known)) for label in waiting}
