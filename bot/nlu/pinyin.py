"""How a text sounds: one syllable a character, without tones, southern and northern habits made one."""

from __future__ import annotations

import functools
import os
import re
from typing import List, Tuple

FUZZY = [(re.compile(r"^([zcs])h"), r"\1"), (re.compile(r"^n(?=[aeiouv])"), "l"), (re.compile(r"ng$"), "n")]
"""zh/z, ch/c, sh/s, n/l, -ng/-n: the mix-ups of typing by sound in most dialects."""


@functools.lru_cache(maxsize=20000)
def syllable(character: str) -> str:
    """The commonest reading of a character, without tone, mix-ups made one; the character itself when it has none."""
    # Its readings of 47,000 phrases are not asked for, and 200,000 lists make the garbage collector slow
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin import Style, pinyin

    if not "\u4e00" <= character <= "\u9fff":
        return character
    sound = pinyin(character, style=Style.NORMAL)[0][0]
    for pattern, replacement in FUZZY:
        sound = pattern.sub(replacement, sound)
    return sound


def syllables(text: str) -> Tuple[str, ...]:
    """One syllable a character, so that positions stay those of the text."""
    return tuple(syllable(character) for character in text)


def sounds_alike(one: str, other: str) -> bool:
    """Whether two texts sound the same."""
    return syllables(one) == syllables(other)


def spelled(text: str) -> List[str]:
    """Syllables of the Chinese characters only."""
    return [syllable(character) for character in text if "\u4e00" <= character <= "\u9fff"]
