"""Brings a driver's text into one form: full width, traditional characters, emoji, repetitions, digits in Chinese."""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import Any, Dict, List, NamedTuple, Tuple

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.component import ENDS, NORMALIZED, STARTS, NluComponent

MAXIMUM = 1000
"""Characters that are read; more is no question (WeChat allows 2,048 bytes)."""
DIGITS = dict(zip("零〇一幺二三四五六七八九", "001123456789", strict=True))
SPOKEN_NUMBER = re.compile(r"[零〇一幺二三四五六七八九]{5,}")
INVISIBLE = {"\u200b", "\u200c", "\u200d", "\ufeff", "\u2060"}


class Normalized(NamedTuple):
    """Text in one form, and where each of its characters came from in the original: [starts[i], ends[i])."""

    text: str
    starts: Tuple[int, ...]
    ends: Tuple[int, ...]

    def original_span(self, start: int, end: int) -> Tuple[int, int]:
        """The original's offsets of a span of this text."""
        return self.starts[start], self.ends[end - 1]


class Character(NamedTuple):
    """One character of the result and the span it stands for."""

    text: str
    start: int
    end: int


class TextForm:
    """The rules, with OpenCC's tables loaded once."""

    def __init__(self) -> None:
        import opencc

        self.converter = opencc.OpenCC("t2s")

    def __call__(self, text: str) -> Normalized:
        """Normalised text of at most MAXIMUM characters, lower case, with its way back to the original."""
        characters = _join_repeated(_join_spaces(_characters(text[:MAXIMUM])))
        joined = "".join(c.text for c in characters)
        simplified = self.converter.convert(joined)
        joined = simplified if len(simplified) == len(joined) else joined
        joined = SPOKEN_NUMBER.sub(lambda found: "".join(DIGITS[c] for c in found.group()), joined)
        # Tuples: Rasa hashes each number of a list, and a tuple whole
        return Normalized(joined, tuple(c.start for c in characters), tuple(c.end for c in characters))


def _characters(text: str) -> List[Character]:
    found: List[Character] = []
    for position, original in enumerate(text):
        if original in INVISIBLE:
            continue
        found.extend(Character(c, position, position + 1) for c in _form(original))
    return found


@functools.lru_cache(maxsize=20_000)
def _form(original: str) -> str:
    """What one character is in normal form, with blanks for what can't be read."""
    form = unicodedata.normalize("NFKC", original).lower()
    return "".join(c if _is_readable(c) else " " for c in form)


def _is_readable(character: str) -> bool:
    """Emoji, private use, control and surrogates say nothing to a classifier."""
    return unicodedata.category(character) not in {"So", "Sk", "Co", "Cc", "Cs", "Cn", "Mn"}


def _join_spaces(characters: List[Character]) -> List[Character]:
    """Runs of white space become one space, none at the ends."""
    found: List[Character] = []
    for character in characters:
        if character.text.isspace():
            if not found or found[-1].text == " ":
                continue
            character = character._replace(text=" ")
        found.append(character)
    return found[:-1] if found and found[-1].text == " " else found


def _join_repeated(characters: List[Character]) -> List[Character]:
    """急急急急 becomes 急急, ！！！！ becomes ！; digits and letters stay, for plates and numbers repeat them."""
    found: List[Character] = []
    for character in characters:
        text, allowed = character.text, _times(character.text)
        repeated = len(found) >= allowed and all(c.text == text for c in found[-allowed:])
        if repeated and not (text.isascii() and text.isalnum()) and text not in DIGITS:
            found[-1] = found[-1]._replace(end=character.end)
        else:
            found.append(character)
    return found


@functools.lru_cache(maxsize=20_000)
def _times(character: str) -> int:
    """How often it may stand in a row."""
    return 1 if unicodedata.category(character)[0] in "PS" else 2


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class Normalizer(NluComponent):
    """First in the pipeline. It keeps the driver's own text and puts the normalised one beside it, because entities
    must point into what the driver wrote."""

    def __init__(self, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        super().__init__(config, model_storage, resource)
        self.form = TextForm()

    def process(self, messages: List[Message]) -> List[Message]:
        """Puts the normalised text and its offsets into each message."""
        for message in messages:
            result = self.form(message.get("text") or "")
            message.set(NORMALIZED, result.text)
            message.set(STARTS, result.starts)
            message.set(ENDS, result.ends)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """The same for every example."""
        self.process(training_data.training_examples)
        return training_data
