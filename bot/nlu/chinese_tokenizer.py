"""Rasa's tokenizer: a sentence cut into words that point into what the driver wrote."""

from __future__ import annotations

from typing import Any, Dict, Iterable, List, Optional

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.component import (
    ENDS,
    HERE,
    RESPELLED,
    RESPELLED_WORDS,
    STARTS,
    file_hash,
    normalized_text,
    station_path,
)
from bot.nlu.word_cutter import WordCutter, read_words

WORDS_FILE = "words.txt"

@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=True)
class ChineseTokenizer(Tokenizer):
    """Tokens of the normalised text that point into the original; the words are saved with the model, so that a
    model cuts tomorrow as it was trained."""

    def __init__(self, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource,
                 words: Iterable[str] = ()) -> None:
        super().__init__(config)
        self.model_storage, self.resource = model_storage, resource
        self.cutter = WordCutter(words)

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """`dictionary`: folder of word lists, relative to the project's root."""
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_", "token_pattern": None,
                "dictionary": "data/dictionary"}

    @classmethod
    def create(cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource,
               execution_context: ExecutionContext) -> ChineseTokenizer:
        """A new tokenizer that knows the dictionary's words."""
        return cls(config, model_storage, resource, read_words(station_path(config["dictionary"])))

    @classmethod
    def load(cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource,
             execution_context: ExecutionContext, **kwargs: Any) -> ChineseTokenizer:
        """The tokenizer with the words it was trained with."""
        with model_storage.read_from(resource) as folder:
            words = (folder / WORDS_FILE).read_text(encoding="utf-8").split()
        return cls(config, model_storage, resource, words)

    @classmethod
    def fingerprint_addon(cls, config: Dict[str, Any]) -> Optional[str]:
        """Trained again when a word list or this package changes."""
        # A node that Rasa takes from its cache is asked with a config that is not its own.
        folder = config.get("dictionary", cls.get_default_config()["dictionary"])
        return file_hash([*HERE.glob("*.py"), *station_path(folder).glob("*.txt")])

    def train(self, training_data: TrainingData) -> Resource:
        """Saves the words; there is nothing else to learn."""
        words = read_words(station_path(self._config["dictionary"]))
        with self.model_storage.write_to(self.resource) as folder:
            (folder / WORDS_FILE).write_text("\n".join(words), encoding="utf-8")
        return self.resource

    def process(self, messages: List[Message]) -> List[Message]:
        """Tokens of what was typed, and the words of what was probably meant."""
        for message in super().process(messages):
            if (respelled := message.get(RESPELLED)) is not None:
                message.set(RESPELLED_WORDS, self.cutter(respelled))
        return messages

    def tokenize(self, message: Message, attribute: str) -> List[Token]:
        """Tokens with offsets into the driver's own text."""
        if attribute != "text":
            return [Token(message.get(attribute), 0)]
        text, starts, ends = normalized_text(message), message.get(STARTS), message.get(ENDS)
        tokens, position = [], 0
        for word in self.cutter(text):
            start = text.index(word, position)
            position = start + len(word)
            tokens.append(Token(word, starts[start], ends[position - 1]) if starts else Token(word, start))
        return tokens
