"""Features of a text for the classifier: characters, words, sounds and concepts, as strings."""

from __future__ import annotations

import re
from typing import Dict, Iterable, Iterator, List, Sequence, Tuple

from bot.nlu.pinyin import spelled

NUMBER = re.compile(r"\d+")
PLATE = re.compile(r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][a-z][·.\- ]?[a-z0-9]{4,6}[挂学警港澳]?")
PLATE_MARK, NUMBER_MARK = "▲", "◇"
LENGTHS = (4, 8, 14, 24, 45, 80)


def plain(text: str) -> str:
    """The text with plates and numbers made one sign each, so that no plate is learnt by heart."""
    return NUMBER.sub(_number_mark, PLATE.sub(PLATE_MARK, text)).replace(" ", "")


def _number_mark(found: re.Match[str]) -> str:
    """Short numbers mean something (科目2, 110, 122, 12123, 6年); long ones are somebody's."""
    return found.group() if len(found.group()) <= 3 or found.group() == "12123" else NUMBER_MARK


def ngrams(items: Sequence[str], sizes: Iterable[int], mark: str, glue: str = "") -> Iterator[str]:
    """All runs of `sizes` items, each with `mark` before it."""
    for size in sizes:
        for start in range(len(items) - size + 1):
            yield mark + glue.join(items[start:start + size])


def length_feature(text: str) -> str:
    """A class of length: keywords, a question, a story."""
    return f"L{sum(len(text) > limit for limit in LENGTHS)}"


def features(text: str, words: Sequence[str], concepts: Dict[str, List[str]]) -> List[str]:
    """Feature names of a normalised text and its words, with repetitions; `concepts`: word → names of concepts."""
    bare = plain(text)
    kept = [plain(word) for word in words]
    bounded = f"^{bare}$"
    found = [*ngrams(bounded, (1, 2, 3, 4), "c"), *ngrams(kept, (1, 2), "w", "_"),
             *ngrams(spelled(bare), (2, 3), "p", " ")]
    meant = [name for word in kept for name in concepts.get(word, ())]
    return [*found, *ngrams(meant, (1, 2), "k", "_"), length_feature(bare)]


def channel(feature: str) -> str:
    """First character of a feature: which kind it is."""
    return feature[0]


def channels(names: Iterable[str]) -> List[Tuple[str, str]]:
    """(kind, feature) pairs."""
    return [(channel(name), name) for name in names]
