"""The mask with the words of this station: what hides personal data wherever drivers' sentences are shown."""

from __future__ import annotations

from typing import Callable

from bot.nlu.word_cutter import own_jieba, read_words
from bot.settings import DATA
from bot.training.masking import Masked, mask_personal
from bot.training.personal_names import PersonalNames, ordinary_words
from bot.training.sentences import read_sentences


def station_mask() -> Callable[[str], Masked]:
    """Takes personal data out of a sentence; loads the words first, which takes seconds."""
    ordinary = ordinary_words(sentence.text for sentence in read_sentences(DATA))
    names = PersonalNames(own_jieba(read_words(DATA / "dictionary")), ordinary)
    return lambda text: mask_personal(text, names)
