"""Finds what spoils training: doubles, sentences under two intents, unmarked plates and roads, thin intents."""

from __future__ import annotations

import argparse
import collections
import sys
from typing import Dict, Iterable, Iterator, List, NamedTuple, Sequence

from bot.nlu.longest_match import LongestMatch
from bot.nlu.plate_extractor import find_plate_entities
from bot.nlu.road_extractor import read_gazetteers
from bot.settings import ROOT
from bot.training.sentences import Mark, Sentence, read_sentences, squeezed

LEAST = 100
LEAST_OF = {"emergency": 200, "request_human": 200, "out_of_scope": 1000}
ROADS_MARKED = frozenset({"query_road_conditions", "query_speed_cameras", "subscribe_road", "unsubscribe_road"})
"""Intents whose service needs the road; elsewhere a road is only part of a story."""


class Problem(NamedTuple):
    """What is wrong with a sentence, and where it stands."""

    kind: str
    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.place}: {self.text}"


def check(sentences: Sequence[Sentence], held_out: Sequence[Sentence], roads: Iterable[str] = ()) -> List[Problem]:
    """All problems of the training sentences; `roads` are names that must be marked where a service needs them."""
    return [*doubles(sentences), *in_held_out(sentences, held_out), *unmarked_plates(sentences),
            *unmarked_roads(sentences, roads), *thin_intents(sentences)]


def doubles(sentences: Sequence[Sentence]) -> Iterator[Problem]:
    """Sentences that stand twice: under one label, or worse, under two."""
    first: Dict[str, Sentence] = {}
    for sentence in sentences:
        other = first.setdefault(squeezed(sentence.text) or sentence.text, sentence)
        if other is not sentence:
            kind = "twice" if other.label == sentence.label else f"under two labels, {other.label} and {sentence.label}"
            yield Problem(kind, f"{other.place} and {sentence.place}", sentence.text)


def in_held_out(sentences: Sequence[Sentence], held_out: Sequence[Sentence]) -> Iterator[Problem]:
    """Training sentences that the evaluation measures with."""
    kept = {squeezed(sentence.text) for sentence in held_out}
    for sentence in sentences:
        if squeezed(sentence.text) in kept:
            yield Problem("stands in the held-out set", sentence.place, sentence.text)


def unmarked_plates(sentences: Sequence[Sentence]) -> Iterator[Problem]:
    """Possible plates without a mark."""
    for sentence in sentences:
        for found in find_plate_entities(sentence.text.lower()):
            if found.entity == "plate_number" and not _marked(sentence.marks, "plate_number", found.start, found.end):
                yield Problem("unmarked plate", sentence.place, sentence.text)


def unmarked_roads(sentences: Sequence[Sentence], roads: Iterable[str]) -> Iterator[Problem]:
    """Known roads without a mark, in the intents whose service needs the road."""
    known = LongestMatch(name for name in roads if len(name) >= 3)
    for sentence in sentences:
        for start, end in known.find(sentence.text.lower()) if sentence.intent in ROADS_MARKED else ():
            if not any(_touches(mark, start, end) for mark in sentence.marks):
                yield Problem("unmarked road", sentence.place, sentence.text)


def thin_intents(sentences: Sequence[Sentence]) -> Iterator[Problem]:
    """Intents with too few different sentences."""
    counts = collections.Counter(sentence.intent for sentence in sentences)
    for intent, count in sorted(counts.items()):
        if count < LEAST_OF.get(intent, LEAST):
            yield Problem("too few sentences", intent, f"{count}, at least {LEAST_OF.get(intent, LEAST)} are needed")


def _marked(marks: Iterable[Mark], entity: str, start: int, end: int) -> bool:
    return any(mark.entity == entity and _touches(mark, start, end) for mark in marks)


def _touches(mark: Mark, start: int, end: int) -> bool:
    return mark.start < end and start < mark.end


def known_roads() -> List[str]:
    """Names of roads from the lists kept by hand and from those exported from the records."""
    entries = read_gazetteers([ROOT / "var" / "dictionary", ROOT / "data" / "dictionary"])["road"]
    return [name for entry, others in entries for name in [entry, *others]]


def check_project() -> List[Problem]:
    """The project's own sentences, checked."""
    return check(read_sentences(ROOT / "data"), read_sentences(ROOT / "tests" / "nlu" / "held_out.yml"), known_roads())


def main(args: Sequence[str]) -> int:
    """Prints each problem; 1 when there is one. No arguments."""
    argparse.ArgumentParser(prog="weijing data-check", description=__doc__).parse_args(list(args))
    problems = check_project()
    for problem in problems:
        sys.stdout.write(f"{problem}\n")
    sys.stdout.write(f"{len(read_sentences(ROOT / 'data'))} sentences, {len(problems)} problems\n")
    return 1 if problems else 0
