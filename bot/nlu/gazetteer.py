"""Known names (roads, places, offenses) found in a text: exactly, by a part of the name, or by its sound."""

from __future__ import annotations

import collections
import pathlib
import re
from typing import Dict, Iterable, List, Set, Tuple

from bot.nlu.longest_match import LongestMatch
from bot.nlu.pinyin import syllables

Entry = Tuple[str, List[str]]
SUFFIX = re.compile(r"(高速公路|高速|大道|国道|省道|县道|公路|隧道|大桥|立交|互通|路|街|线)$")
SHORTEST_PART = 3
SHORTEST_SOUND = 3


def read_entries(paths: Iterable[pathlib.Path]) -> List[Entry]:
    """Entries of name lists: a line is a name and its other names; # begins a comment; missing files are empty."""
    lines = (line.split("#")[0].lower().split() for path in paths if path.exists()
             for line in path.read_text(encoding="utf-8").splitlines())
    return [(line[0], line[1:]) for line in lines if line]


class Gazetteer:
    """Longest names first; a name heard as another spelling counts when it has at least three characters."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.names: Dict[str, str] = {}
        for name, others in entries:
            for other in [name, *others]:
                self.names.setdefault(other, name)
            part = SUFFIX.sub("", name)
            if len(part) >= SHORTEST_PART:
                self.names.setdefault(part, name)
        self.exact = LongestMatch(self.names)
        heard = sorted((n for n in self.names if len(n) >= SHORTEST_SOUND and _is_han(n)), key=len, reverse=True)
        self.sounds = {syllables(name): name for name in heard}
        self.beginnings: Dict[Tuple[str, ...], Set[int]] = collections.defaultdict(set)
        for sound in self.sounds:
            self.beginnings[sound[:2]].add(len(sound))

    def find(self, text: str) -> List[Tuple[int, int, str]]:
        """(start, end, name) in a normalised text, without overlaps."""
        exact = [(start, end, self.names[text[start:end]]) for start, end in self.exact.find(text)]
        heard = [h for h in self._heard(text) if not any(h[0] < end and start < h[1] for start, end, _ in exact)]
        return sorted(exact + heard)

    def _heard(self, text: str) -> List[Tuple[int, int, str]]:
        found: List[Tuple[int, int, str]] = []
        sounds = syllables(text)
        places = [(start, start + length) for start in range(len(text) - SHORTEST_SOUND + 1)
                  for length in self.beginnings.get(sounds[start:start + 2], ())]
        for start, end in sorted(places, key=lambda place: (place[0] - place[1], place[0])):  # the longest first
            name = self.sounds.get(sounds[start:end])
            if name and _mostly_same(name, text[start:end]) and not any(start < e and b < end for b, e, _ in found):
                found.append((start, end, self.names[name]))
        return found


def _mostly_same(name: str, written: str) -> bool:
    """One slip of the tongue in a name, not another word of the same sound (商务区 and 上午去)."""
    same = sum(one == other for one, other in zip(name, written, strict=True))
    return same * 2 >= len(name)


def _is_han(name: str) -> bool:
    return all("\u4e00" <= character <= "\u9fff" for character in name)
