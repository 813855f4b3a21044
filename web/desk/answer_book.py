"""The answer book as officers use it: the answers that fit a driver's question, with the station's words."""

from __future__ import annotations

import dataclasses
import datetime
import functools
import logging
import pathlib
import re
from typing import Any, Dict, Iterable, List, Mapping

import yaml

from bot.settings import ROOT
from web.desk.sentences import Sentences

logger = logging.getLogger(__name__)

DATA = ROOT / "data"
MOST = 3
MARKED = re.compile(r"\[([^\]]*)\](?:\([^)]*\)|\{[^}]*\})")
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclasses.dataclass(frozen=True)
class Proposal:
    """An answer of the book; `asked` is how drivers ask for it."""

    question: str
    asked: str
    text: str


class AnswerBook:
    """Reads `data/faq` once, when it is first asked. What is due for review is not proposed."""

    def __init__(self, sentences: Sentences, data: pathlib.Path = DATA) -> None:
        self._sentences, self._data = sentences, data

    def proposals(self, questions: Iterable[str], today: datetime.date) -> List[Proposal]:
        """The answers to the likeliest questions (`<topic>/<question>`), best first."""
        found = (self._answers.get(question) for question in questions)
        return [Proposal(each["question"], self.title(each["question"]), self._sentences.filled(each["text"]))
                for each in found if each and each["review"] >= today.isoformat()][:MOST]

    def title(self, name: str) -> str:
        """What an intent or a question of the book is about, in words; the name itself where nobody wrote any."""
        return self._asked.get(name) or self._titles.get(name.split("/")[0]) or name

    @functools.cached_property
    def _files(self) -> List[Mapping[str, Any]]:
        return [read for path in sorted((self._data / "faq").glob("*.yml")) if (read := _read(path))]

    @functools.cached_property
    def _answers(self) -> Dict[str, Dict[str, str]]:
        every = (item for file in self._files for item in (file.get("responses") or {}).items())
        return {name.removeprefix("utter_"): _answer(name.removeprefix("utter_"), variants[0])
                for name, variants in every if variants and variants[0].get("text")}

    @functools.cached_property
    def _asked(self) -> Dict[str, str]:
        blocks = (block for file in self._files for block in file.get("nlu") or [] if "/" in block.get("intent", ""))
        return {block["intent"]: _first(block.get("examples") or "") for block in blocks}

    @functools.cached_property
    def _titles(self) -> Dict[str, str]:
        said = yaml.load((self._data / "replies.yml").read_text(encoding="utf-8"), Loader)["responses"]  # noqa: S506
        return {name.removeprefix("utter_title_"): variants[0]["text"] for name, variants in said.items()
                if name.startswith("utter_title_")}


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
