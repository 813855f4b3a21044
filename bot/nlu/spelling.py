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
SEEN = 3
"""Neighbours of a character that may be lost between them have been seen so often."""


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
        self._behind: Dict[Tuple[str, str], List[str]] = collections.defaultdict(list)
        self._before: Dict[Tuple[str, str], List[str]] = collections.defaultdict(list)
        self._next: Dict[str, Set[str]] = collections.defaultdict(set)
        self._last: Dict[str, Set[str]] = collections.defaultdict(set)
        for run in sorted(run for run in model.runs if len(run) == 2):
            self._remember(run[0], run[1], model.runs[run])

    def _remember(self, one: str, other: str, count: int) -> None:
        if _is_han(other):
            self._behind[one, syllable(other)].append(other)
        if _is_han(one):
            self._before[other, syllable(one)].append(one)
        if count >= SEEN:
            self._next[one].add(other)
            self._last[other].add(one)

    def __call__(self, text: str) -> str:
        """The text without its likeliest slip; the text itself where none is likely."""
        whole = BEGIN + text + END
        surprises = self.model.surprises(whole)
        gain, best = max(((self._gain(whole, surprises, edit), edit) for at in _places(surprises)
                          for edit in self._edits(whole, at)), default=(0.0, None))
        if best is None or gain <= 0:
            return text
        return (whole[:best.start] + best.put + whole[best.end:])[len(BEGIN):-len(END)]

    def _gain(self, whole: str, surprises: List[float], edit: Edit) -> float:
        """Nats by which the text is likelier, less the price of the slip."""
        around = whole[edit.start - 2:edit.start] + edit.put + whole[edit.end:edit.end + 2]
        return sum(surprises[edit.start:edit.end + 2]) - sum(self.model.surprises(around)) - edit.price

    def _edits(self, whole: str, at: int) -> Iterator[Edit]:
        yield from (Edit(at, at + 1, put, REPLACED) for put in self._homophones(whole, at))
        for start in (at - 1, at):
            pair = whole[start:start + 2]
            if start >= len(BEGIN) and all(map(_is_han, pair)) and len(set(pair)) == 2:
                yield Edit(start, start + 2, pair[::-1], EXCHANGED)
        between = self._next.get(whole[at - 1], set()) & self._last.get(whole[at], set())
        yield from (Edit(at, at, put, LOST) for put in between if _is_han(put))

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
