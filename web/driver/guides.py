"""Tutorials of `data/articles/`: they belong to the program and not to a station's records, so they are files."""

from __future__ import annotations

import datetime
import functools
import pathlib
import re
from typing import Any, Dict, List

import pydantic
import yaml

from bot.settings import ROOT, Station

FOLDER = ROOT / "data" / "articles"
PLACEHOLDER = re.compile(r"\{(\w+)\}")


class Section(pydantic.BaseModel):
    """A step or a note."""

    title: str
    text: str


class Guide(pydantic.BaseModel):
    """One tutorial; after `review` somebody has to read it again, and the page says so."""

    title: str
    topic: str
    changed: datetime.date
    review: datetime.date
    owner: str
    law: str
    lead: str
    steps: List[Section]
    notes: List[Section] = []


@functools.cache
def guides(folder: pathlib.Path = FOLDER) -> Dict[str, Guide]:
    """Name in the address → tutorial; the files are read once."""
    return {path.stem: Guide(**yaml.safe_load(path.read_text(encoding="utf-8")))
            for path in sorted(folder.glob("*.yml"))}


def in_words_of(guide: Guide, station: Station) -> Dict[str, Any]:
    """The tutorial with the station's words filled in."""
    words = station.words()

    def filled(text: str) -> str:
        return PLACEHOLDER.sub(lambda found: words.get(found[1], found[0]), text)

    def of(sections: List[Section]) -> List[Section]:
        return [Section(title=filled(each.title), text=filled(each.text)) for each in sections]

    return {**guide.dict(), "lead": filled(guide.lead), "steps": of(guide.steps), "notes": of(guide.notes)}
