"""Cuts Chinese into words: spaCy's zh pipeline with a jieba of our own that knows the station's words. No Rasa."""

from __future__ import annotations

import logging
import pathlib
import re
from typing import Any, Iterable, List

PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
PLATE = re.compile(rf"[{PROVINCES}][a-z][·.\- ]?[a-z0-9]{{4,6}}[挂学警港澳]?")


def read_words(folder: pathlib.Path) -> List[str]:
    """Words of all .txt files of a folder: a line is a name and its other names; # begins a comment."""
    lines = (line.split("#")[0].strip() for path in sorted(folder.glob("*.txt"))
             for line in path.read_text(encoding="utf-8").splitlines())
    return sorted({word.lower() for line in lines for word in line.split()})


def own_jieba(words: Iterable[str]) -> Any:
    """A jieba.Tokenizer of its own that never cuts these words; takes a second."""
    import jieba

    jieba.setLogLevel(logging.WARNING)
    cutter = jieba.Tokenizer()
    cutter.FREQ, cutter.total = cutter.gen_pfdict(cutter.get_dict_file())
    cutter.initialized = True
    for word in words:  # jieba treats 0 as an order to cut the word everywhere
        cutter.add_word(word, freq=max(cutter.suggest_freq(word) or 0, 1000))
    return cutter


class WordCutter:
    """spaCy's blank zh pipeline over an own jieba.Tokenizer.

    spaCy's own option "jieba" takes jieba's global tokenizer, whose words can never be removed again and which writes
    a cache into the shared temporary folder; here nothing outside this object changes.
    """

    def __init__(self, words: Iterable[str]) -> None:
        import spacy

        self.jieba = own_jieba(words)
        self.nlp = spacy.blank("zh")
        spacys: Any = self.nlp.tokenizer
        spacys.segmenter, spacys.jieba_seg = "jieba", self

    def cut(self, text: str, cut_all: bool = False) -> List[str]:
        """Words of a text, as spaCy asks for them; plates stay whole."""
        words: List[str] = []
        position = 0
        for plate in PLATE.finditer(text):
            words += self.jieba.cut(text[position:plate.start()], cut_all=cut_all)
            words.append(plate.group())
            position = plate.end()
        return [word for word in words + list(self.jieba.cut(text[position:], cut_all=cut_all)) if word]

    def __call__(self, text: str) -> List[str]:
        """Words of a text without blanks."""
        return [token.text for token in self.nlp(text) if not token.is_space]
