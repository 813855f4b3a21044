"""Sentences of `data/` and of the held-out set, with their marks, as plain objects; no Rasa needed."""

from __future__ import annotations

import dataclasses
import json
import pathlib
import re
from typing import Any, Dict, Iterator, List

import yaml

MARK = re.compile(r"\[(?P<text>[^\]]+)\](?:\((?P<entity>[^)]+)\)|(?P<details>\{[^}]+\}))")


LETTERS = re.compile(r"[^\w]")


def squeezed(text: str) -> str:
    """What is left of a text when punctuation, blanks and case are ignored."""
    return LETTERS.sub("", text).lower()


@dataclasses.dataclass(frozen=True)
class Mark:
    """A marked entity; offsets count characters of the sentence without marks."""

    entity: str
    start: int
    end: int


@dataclasses.dataclass(frozen=True)
class Sentence:
    """One example; `label` is an intent or `<topic>/<question>`; `place` is file:number for messages to people."""

    text: str
    label: str
    marks: tuple[Mark, ...]
    place: str

    @property
    def intent(self) -> str:
        """Intent or topic."""
        return self.label.split("/")[0]


class SentencesUnreadable(Exception):
    """A file of sentences is not what Rasa's format asks for; the message names file and cure."""


def read_sentences(path: pathlib.Path) -> List[Sentence]:
    """Sentences of a YAML file in Rasa's format, or of all such files below a folder."""
    files = sorted(path.rglob("*.yml")) if path.is_dir() else [path]
    return [sentence for file in files for sentence in _of_file(file)]


def _of_file(file: pathlib.Path) -> Iterator[Sentence]:
    try:
        content = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        reason = str(error).splitlines()[0]
        raise SentencesUnreadable(f"{file.name} is not YAML: {reason}; mind the indentation") from None
    blocks: List[Dict[str, Any]] = (content.get("nlu") or []) if isinstance(content, dict) else []
    for block in blocks:
        if "intent" in block:
            lines = [line.strip()[2:] for line in block["examples"].splitlines() if line.strip().startswith("- ")]
            yield from (_sentence(line.strip(), block["intent"], f"{file.name}:{n}") for n, line in enumerate(lines, 1))


def _sentence(line: str, label: str, place: str) -> Sentence:
    text, marks, position = "", [], 0
    for found in MARK.finditer(line):
        text += line[position:found.start()]
        entity = found["entity"] or json.loads(found["details"])["entity"]
        marks.append(Mark(entity, len(text), len(text) + len(found["text"])))
        text += found["text"]
        position = found.end()
    return Sentence(text + line[position:], label, tuple(marks), place)
