"""Features of a text for the classifier: characters, words, sounds and concepts, as strings.

The first character says the kind: c characters, w words, p pinyin, k concepts in order, q pairs of concepts, L length.
"""

from __future__ import annotations

import itertools
import re
from typing import Iterable, Iterator, List, Sequence

from bot.nlu.concepts import Concepts
from bot.nlu.pinyin import spelled

NUMBER = re.compile(r"\d+")
PLATE = re.compile(r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][a-z][·.\- ]?[a-z0-9]{4,6}")
PLATE_MARK, NUMBER_MARK = "▲", "◇"
LENGTHS = (4, 8, 14, 24, 45, 80)
MOST_PAIRED = 14
"""More concepts than this make a story, whose pairs say little and are many."""


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


def features(text: str, words: Sequence[str], concepts: Concepts) -> List[str]:
    """Feature names of a normalised text and its words, with repetitions."""
    bare = plain(text)
    kept = [plain(word) for word in words]
    return [*ngrams(f"^{bare}$", (1, 2, 3, 4), "c"), *ngrams(kept, (1, 2), "w", "_"),
            *ngrams(spelled(bare), (2, 3), "p", " "), *_meanings(concepts.find(bare)), _length(bare)]


def _meanings(found: Sequence[Sequence[str]]) -> Iterator[str]:
    """Concepts, neighbouring concepts, and any two concepts of the text."""
    yield from ("k" + name for names in found for name in names)
    for here, there in itertools.pairwise(found):
        yield from (f"k{one}_{other}" for one in here for other in there)
    known = sorted({name for names in found for name in names})
    if len(known) <= MOST_PAIRED:
        yield from (f"q{one}&{other}" for one, other in itertools.combinations(known, 2))


def _length(text: str) -> str:
    """A class of length: keywords, a question, a story."""
    return f"L{sum(len(text) > limit for limit in LENGTHS)}"
