"""Signs in a driver's own words that a person is needed: word groups of `data/hand_over.yml`."""

from __future__ import annotations

import dataclasses
import pathlib
from typing import Optional

import yaml

from bot.settings import ROOT

SIGNS = ROOT / "data" / "hand_over.yml"
ANY_LENGTH = 10_000


@dataclasses.dataclass(frozen=True)
class Sign:
    """A message shows it: a word of every group in `words`, none of `never`, at most `longest` characters."""

    reason: str
    words: tuple[tuple[str, ...], ...]
    never: tuple[str, ...]
    longest: int

    def shows_in(self, text: str) -> bool:
        """Whether the text shows it."""
        every = all(any(word in text for word in group) for group in self.words)
        return every and len(text) <= self.longest and not any(word in text for word in self.never)


class Signs:
    """All of them, the most urgent first."""

    def __init__(self, path: pathlib.Path = SIGNS) -> None:
        known = yaml.safe_load(path.read_text(encoding="utf-8"))
        self._signs = [Sign(reason, tuple(tuple(map(str, group)) for group in sign["words"]),
                            tuple(map(str, sign.get("never", ()))), int(sign.get("longest", ANY_LENGTH)))
                       for reason, sign in known.items()]

    def reason_in(self, text: str) -> Optional[str]:
        """The reason to hand over that the words give, or None."""
        plain = "".join(text.split())
        return next((sign.reason for sign in self._signs if sign.shows_in(plain)), None)
