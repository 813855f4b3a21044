"""What a driver reads from the desk: `data/desk.yml`, with the station's words."""

from __future__ import annotations

import pathlib
import re
from typing import Any, Mapping

import yaml

from bot.settings import ROOT, Station
from web.desk.errors import BadText

SENTENCES = ROOT / "data" / "desk.yml"
PLACEHOLDER = re.compile(r"\{(\w+)\}")
MOST_CHARACTERS = 600
MOST_BYTES = 2000  # one message of WeChat; an answer costs one of the few that may be sent


class Sentences:
    """The desk's sentences to drivers."""

    def __init__(self, station: Station, path: pathlib.Path = SENTENCES) -> None:
        self._words = station.words()
        self._texts: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))

    @property
    def words(self) -> Mapping[str, str]:
        """Placeholder → text, as canned answers may use them."""
        return self._words

    def say(self, name: str, **more: str) -> str:
        """The sentence of this name. Raises BadText when it got too long for one message."""
        text = self.filled(self._texts[name], **more)
        if len(text.encode()) > MOST_BYTES:
            raise BadText("long")
        return text

    def several(self, name: str) -> list[str]:
        """The titles of this name, in their order."""
        return [self.filled(text) for text in self._texts[name]]

    def filled(self, text: str, **more: str) -> str:
        """The text with its placeholders filled in; an unknown one stays as it is."""
        known = {**self._words, **more}
        return PLACEHOLDER.sub(lambda found: known.get(found[1], found[0]), text)

    def unknown(self, text: str) -> list[str]:
        """Placeholders that the station has no words for."""
        return [name for name in PLACEHOLDER.findall(text) if name not in self._words]


def canned_to_begin_with(path: pathlib.Path = SENTENCES) -> list[dict[str, str]]:
    """Title and text of the canned answers that a new desk has."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))["canned_answers"]


def written(text: str) -> str:
    """What an officer wrote, without blank ends. Raises BadText: empty, or longer than one message."""
    text = text.replace("\r\n", "\n").replace("\0", "").strip()
    if not text:
        raise BadText("empty")
    if len(text) > MOST_CHARACTERS:
        raise BadText("long")
    return text
