"""Misspells as people do on a phone: a homophone, a lost character, two exchanged ones.

Training sees each sentence in such forms too, and the evaluation measures with them.
"""

from __future__ import annotations

import collections
import random
from typing import Dict, List, Mapping

COMMON = 2000
"""A character is taken for a mistake only if it is as common as this in jieba's corpus; rare ones are no slips."""
HOMOPHONE, LOST = 0.6, 0.2


class Misspeller:
    """One mistake a call; a text has the same one for the same seed, whatever other texts there are: a sentence more in
    the data must not change how all behind it are misspelt, or a model would differ by chance from the one before."""

    def __init__(self, frequencies: Mapping[str, int]) -> None:
        self.alike: Dict[str, List[str]] = collections.defaultdict(list)
        for word, frequency in sorted(frequencies.items()):
            if len(word) == 1 and _is_han(word) and frequency > COMMON:
                self.alike[_sound(word)].append(word)

    def __call__(self, text: str, seed: int) -> str:
        """The text with one mistake in its Chinese characters, or as it is when it has none."""
        chosen = random.Random(f"{seed} {text}")
        places = [place for place, character in enumerate(text) if _is_han(character)]
        if not places:
            return text
        place, chance = chosen.choice(places), chosen.random()
        if chance < HOMOPHONE:
            return text[:place] + self._homophone(text[place], chosen) + text[place + 1:]
        if chance < HOMOPHONE + LOST or place + 1 == len(text):
            return text[:place] + text[place + 1:]
        return text[:place] + text[place + 1] + text[place] + text[place + 2:]

    def _homophone(self, character: str, chosen: random.Random) -> str:
        others = [other for other in self.alike[_sound(character)] if other != character]
        return chosen.choice(others) if others else ""


def _is_han(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"


def _sound(character: str) -> str:
    from pypinyin import lazy_pinyin

    return str(lazy_pinyin(character)[0])
