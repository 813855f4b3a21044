"""Concepts: words that mean the same to a traffic officer (罚单, 违章, 吃牌), so that one example speaks for all."""

from __future__ import annotations

import pathlib
from typing import Dict, List

import yaml

Concepts = Dict[str, List[str]]
"""Word → names of the concepts it belongs to."""


def read_concepts(path: pathlib.Path) -> Concepts:
    """Reads a file of `concept: words with blanks between them`."""
    concepts: Concepts = {}
    for name, words in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).items():
        for word in words.lower().split():
            concepts.setdefault(word, []).append(name)
    return concepts
