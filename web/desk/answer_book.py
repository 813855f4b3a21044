"""The answer book as officers use it: the answers that fit a driver's question, with the station's words."""

from __future__ import annotations

import dataclasses
import datetime
import functools
import logging
import pathlib
import re
from typing import Any, Dict, Iterable, List, Mapping, Tuple

import yaml

from bot.settings import ROOT
from web.desk.sentences import Sentences

logger = logging.getLogger(__name__)

DATA = ROOT / "data"
MOST = 3
TITLE = "utter_title_"
MARKED = re.compile(r"\[([^\]]*)\](?:\([^)]*\)|\{[^}]*\})")
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclasses.dataclass(frozen=True)
class Proposal:
    """An answer of the book; `asked` is how drivers ask for it."""

    question: str
    asked: str
    text: str


@dataclasses.dataclass(frozen=True)
class Book:
    """What the files say: the answers, how drivers ask for each, titles of intents and topics."""

    answers: Mapping[str, Mapping[str, str]]
    asked: Mapping[str, str]
    titles: Mapping[str, str]


class AnswerBook:
    """The files of the book, read again when one changed. What is due for review is not proposed."""

    def __init__(self, sentences: Sentences, data: pathlib.Path = DATA) -> None:
        self._sentences, self._data = sentences, data

    def proposals(self, questions: Iterable[str], today: datetime.date) -> List[Proposal]:
        """The answers to the likeliest questions (`<topic>/<question>`), best first."""
        book = self._book()
        found = (book.answers.get(question) for question in questions)
        return [Proposal(each["question"], self.title(each["question"]), self._sentences.filled(each["text"]))
                for each in found if each and each["review"] >= today.isoformat()][:MOST]

    def title(self, name: str) -> str:
        """What an intent or a question of the book is about, in words; the name itself where nobody wrote any."""
        book = self._book()
        return book.asked.get(name) or book.titles.get(name.split("/")[0]) or name

    def _book(self) -> Book:
        paths = (self._data / "replies.yml", *sorted((self._data / "faq").glob("*.yml")))
        return _read_book(paths, max(path.stat().st_mtime_ns for path in paths))


@functools.lru_cache(maxsize=2)  # long files, and every page of the desk asks
def _read_book(paths: Tuple[pathlib.Path, ...], newest: int) -> Book:
    replies, *faq = (read for path in paths if (read := _read(path)) is not None)
    said = [item for file in (replies, *faq) for item in (file.get("responses") or {}).items()]
    blocks = [block for file in faq for block in file.get("nlu") or [] if "/" in block.get("intent", "")]
    return Book({name.removeprefix("utter_"): _answer(name.removeprefix("utter_"), variants[0])
                 for name, variants in said if "/" in name and variants and variants[0].get("text")},
                {block["intent"]: _first(block.get("examples") or "") for block in blocks},
                {name.removeprefix(TITLE): variants[0]["text"] for name, variants in said if name.startswith(TITLE)})


def _read(path: pathlib.Path) -> Mapping[str, Any] | None:
    """A file of the book; one that somebody is just editing is left out, for the desk must go on."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader)  # noqa: S506 - a safe loader
    except yaml.YAMLError as error:
        logger.error("%s is not read: %s", path.name, str(error).splitlines()[0])
        return None


def _answer(question: str, variant: Mapping[str, Any]) -> Dict[str, str]:
    review = str((variant.get("metadata") or {}).get("review") or "9999-12-31")
    return {"question": question, "text": str(variant["text"]), "review": review}


def _first(examples: str) -> str:
    line = examples.strip().splitlines()[0] if examples.strip() else ""
    return MARKED.sub(r"\1", line.lstrip("- ").strip())
