"""Concepts: words that mean the same to a traffic officer (罚单, 违章, 吃牌), so that one example speaks for all."""

from __future__ import annotations

import pathlib
from typing import Dict, List

import yaml

from bot.nlu.longest_match import LongestMatch


class Concepts:
    """Word → names of the concepts it belongs to; longer words win."""

    def __init__(self, meanings: Dict[str, List[str]]) -> None:
        self.meanings = meanings
        self.words = LongestMatch(meanings)

    def find(self, text: str) -> List[List[str]]:
        """For each known word of a normalised text, in order, the names of its concepts."""
        return [self.meanings[text[start:end]] for start, end in self.words.find(text)]


def read_concepts(path: pathlib.Path) -> Concepts:
    """Reads a file of `concept: words with blanks between them`."""
    meanings: Dict[str, List[str]] = {}
    for name, words in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).items():
        for word in dict.fromkeys(words.lower().split()):
            meanings.setdefault(word, []).append(name)
    return Concepts(meanings)
