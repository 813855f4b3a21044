"""Finds known names in a text, the longest at each place: by dictionary, which is faster than one large pattern."""

from __future__ import annotations

from typing import Iterable, List, Tuple


class LongestMatch:
    """Names of any number; the time of a search grows with the text, not with the names."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = frozenset(names)
        self.lengths = sorted({len(name) for name in self.names}, reverse=True)
        self.beginnings = frozenset(name[0] for name in self.names)

    def find(self, text: str) -> List[Tuple[int, int]]:
        """(start, end) of names, left to right, without overlaps."""
        found, position = [], 0
        while position < len(text):
            length = self._length_at(text, position) if text[position] in self.beginnings else 0
            if length:
                found.append((position, position + length))
            position += length or 1
        return found

    def _length_at(self, text: str, start: int) -> int:
        for length in self.lengths:
            if text[start:start + length] in self.names and _is_whole(text, start, start + length):
                return min(length, len(text) - start)
        return 0


def _is_whole(text: str, start: int, end: int) -> bool:
    """Names that begin or end with a letter or digit must not go on with one: g15 is no part of g1522."""
    before = start > 0 and _is_latin(text[start - 1]) and _is_latin(text[start])
    after = end < len(text) and _is_latin(text[end]) and _is_latin(text[end - 1])
    return not before and not after


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()
