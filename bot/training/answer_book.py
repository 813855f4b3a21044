"""The answer book as people read and change it: questions, answers, law, dates and owners."""

from __future__ import annotations

import dataclasses
import datetime
import functools
import pathlib
import re
from typing import Any, Dict, List, Mapping, Sequence, Tuple

import yaml

from bot.training.errors import Refused
from bot.training.sentences import Sentence, read_sentences, squeezed
from bot.training.write_back import Files, as_line

LEAST_OF_QUESTION = 3
"""Sentences that a new question needs before it is learnt and not guessed."""
REMIND = datetime.timedelta(days=30)


@dataclasses.dataclass(frozen=True)
class Entry:
    """One question; `example` is its first sentence, `review` an ISO date or ""."""

    label: str
    example: str
    text: str
    law: str
    in_force: str
    review: str
    owner: str

    def due(self, today: datetime.date) -> bool:
        """Whether its owner is to look at it within a month, or should have."""
        return bool(self.review) and self.review <= (today + REMIND).isoformat()

    def mentions(self, words: str) -> bool:
        """Whether the words stand in the question, the answer, its law or its owner."""
        whole = " ".join((self.label, self.example, self.text, self.law, self.owner)).lower()
        return all(word in whole for word in words.lower().split())

    def touched_by(self, law: str) -> bool:
        """Whether a change of this law, or of one of its articles, touches the answer."""
        name, article = _of_law(law)
        each = (_of_law(one) for one in re.split("[;；]", self.law))  # 第90条 of which law?
        return bool(name or article) and any(
            one.endswith(name) and its.startswith(article) for one, its in each)


def _of_law(said: str) -> Tuple[str, str]:
    """(the law's name, 第…条 or ""); 道路交通安全法 is no beginning of 道路交通安全法实施条例."""
    name, found, article = "".join(said.lower().split()).strip("《》").replace("》", "").partition("第")
    return name, found + article


def entries(data: pathlib.Path) -> List[Entry]:
    """All of them, topic by topic; read again only when a file changed."""
    newest = max((path.stat().st_mtime_ns for path in (data / "faq").glob("*.yml")), default=0)
    return list(_entries(data, newest))


@functools.lru_cache(maxsize=2)  # twelve long files, and a page asks for all
def _entries(data: pathlib.Path, newest: int) -> Sequence[Entry]:
    return [entry for path in sorted((data / "faq").glob("*.yml")) for entry in _of_file(path)]


def _of_file(path: pathlib.Path) -> List[Entry]:
    content: Dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    first: Dict[str, str] = {}
    for sentence in read_sentences(path):
        first.setdefault(sentence.label, sentence.text)
    return [_entry(name.removeprefix("utter_"), first, variants[0])
            for name, variants in (content.get("responses") or {}).items() if "/" in name]


def _entry(label: str, first: Mapping[str, str], said: Mapping[str, Any]) -> Entry:
    about = said.get("metadata") or {}
    return Entry(label, first.get(label, ""), str(said.get("text") or "").strip(),
                 *(str(about.get(name) or "") for name in ("law", "in_force", "review", "owner")))


def change(files: Files, label: str, text: str, about: Mapping[str, str]) -> str:
    """Writes an answer into its file; returns the diff. Raises Refused for no text and for a date that is none."""
    _check(text, about)
    files.set_answer(label, text, about)
    diff = files.diff()
    files.write()
    return diff


def bring_forward(files: Files, law: str, until: str, today: datetime.date) -> int:
    """A law has changed: the answers it touches are to be read again by `until`; returns how many. Raises Refused."""
    _check("-", {"review": until})
    if not law.strip() or until < today.isoformat():
        raise Refused("date")
    touched = [entry for entry in entries(files.data) if entry.touched_by(law) and (entry.review or "9999") > until]
    for entry in touched:
        files.set_answer(entry.label, entry.text, {"review": until})
    files.write()
    return len(touched)


def add(files: Files, label: str, sentences: Sequence[str], text: str, about: Mapping[str, str],
        held_out: Sequence[Sentence] = ()) -> str:
    """A new question with its sentences; returns the diff. Raises Refused, also where a sentence has a meaning."""
    _check(text, about)
    if any(entry.label == label for entry in entries(files.data)):
        raise Refused("there already")
    taken = {squeezed(each.text): each for each in (*held_out, *read_sentences(files.data))}
    for sentence in sentences:
        if (other := taken.get(squeezed(sentence))) is not None:
            raise Refused(f"taken {other.label} {sentence}")
    lines = list(dict.fromkeys(as_line(sentence, ()) for sentence in sentences if sentence.strip()))
    if len(lines) < LEAST_OF_QUESTION:
        raise Refused("few sentences")
    files.add_sentences(label, lines)
    return change(files, label, text, about)


def _check(text: str, about: Mapping[str, str]) -> None:
    if not text.strip():
        raise Refused("no text")
    for name in ("review", "in_force"):
        try:
            datetime.date.fromisoformat(about.get(name) or "2000-01-01")
        except ValueError:
            raise Refused("date") from None
