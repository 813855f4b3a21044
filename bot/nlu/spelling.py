"""Undoes slips of typing: what was meant is what makes the text likely and the slip small.

The noisy channel of Kernighan, Church and Gale (1990): a homophone, two exchanged characters, or a lost one.
"""

from __future__ import annotations

import collections
from typing import Dict, Iterator, List, NamedTuple, Set, Tuple

from bot.nlu.character_model import BEGIN, END, CharacterModel
from bot.nlu.pinyin import syllable

REPLACED = EXCHANGED = 6.0
"""Nats that a correction must win to be believed: one of 400 characters is a slip; a lost one has more ways to be put
back and must win more."""
LOST = 8.0
SUSPICIOUS = 10.0
"""Surprise (nats, of a character and the two behind it) below which nobody slipped there."""
PLACES = 8
"""The most surprising places are looked at; a long story is not read letter by letter."""


class Edit(NamedTuple):
    """`put` instead of the characters from `start` to `end`."""

    start: int
    end: int
    put: str
    price: float


class Speller:
    """Corrects one slip of a text by what it has learnt from sentences of the field; undoing a second one was wrong
    more often than right."""

    def __init__(self, model: CharacterModel) -> None:
        self.model = model
        # Texts of characters, not lists: 400,000 lists make the garbage collector stop the process for half a second.
        self._behind: Dict[Tuple[str, str], str] = collections.defaultdict(str)
        self._before: Dict[Tuple[str, str], str] = collections.defaultdict(str)
        self._between: Dict[Tuple[str, str], str] = collections.defaultdict(str)
        for run in sorted(model.runs):
            if len(run) == 2:
                self._remember(*run)
            elif len(run) == 3 and _is_han(run[1]):
                self._between[run[0], run[2]] += run[1]

    def _remember(self, one: str, other: str) -> None:
        if _is_han(other):
            self._behind[one, syllable(other)] += other
        if _is_han(one):
            self._before[other, syllable(one)] += one

    def __call__(self, text: str) -> str:
        """The text without its likeliest slip; the text itself where none is likely."""
        whole = BEGIN + text + END
        surprises, best, most = self.model.surprises(whole), None, 0.0
        for at in _places(surprises):
            for edit in self._edits(whole, at, sum(surprises[at:at + 2]) - most):
                gain = self._gain(whole, surprises, edit, most)
                if gain > most:
                    best, most = edit, gain
        return text if best is None else (whole[:best.start] + best.put + whole[best.end:])[len(BEGIN):-len(END)]

    def _gain(self, whole: str, surprises: List[float], edit: Edit, least: float) -> float:
        """Nats by which the text is likelier, less the price of the slip; reckoned no further once below `least`."""
        around = whole[edit.start - 2:edit.start] + edit.put + whole[edit.end:edit.end + 2]
        gain = sum(surprises[edit.start:edit.end + 2]) - edit.price
        for end in range(3, len(around) + 1):
            if gain <= least:
                break
            gain -= self.model.surprise(around[end - 3:end])
        return gain

    def _edits(self, whole: str, at: int, at_stake: float) -> Iterator[Edit]:
        """`at_stake`: nats that a character put before this place can win at most."""
        yield from (Edit(at, at + 1, put, REPLACED) for put in self._homophones(whole, at))
        for start in (at - 1, at):
            pair = whole[start:start + 2]
            if start >= len(BEGIN) and all(map(_is_han, pair)) and len(set(pair)) == 2:
                yield Edit(start, start + 2, pair[::-1], EXCHANGED)
        if at_stake > LOST:
            yield from (Edit(at, at, put, LOST) for put in self._between.get((whole[at - 1], whole[at]), ()))

    def _homophones(self, whole: str, at: int) -> Set[str]:
        """Characters that sound like this one and have stood beside one of its neighbours."""
        if not _is_han(whole[at]):
            return set()
        sound = syllable(whole[at])
        found = {*self._behind.get((whole[at - 1], sound), ()), *self._before.get((whole[at + 1], sound), ())}
        return found - {whole[at]}


def _places(surprises: List[float]) -> List[int]:
    """Where a slip may be, the most surprising first."""
    around = [sum(surprises[at:at + 3]) for at in range(len(surprises))]
    places = [at for at in range(len(BEGIN), len(surprises)) if around[at] >= SUSPICIOUS]
    return sorted(places, key=lambda at: -around[at])[:PLACES]


def _is_han(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"
