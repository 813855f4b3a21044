"""Cuts Chinese into words: spaCy's zh pipeline with a jieba of our own that knows the station's words."""

from __future__ import annotations

import logging
import pathlib
import re
from typing import Any, Dict, Iterable, List, Optional

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.component import ENDS, HERE, STARTS, file_hash, normalized_text, station_path

WORDS_FILE = "words.txt"
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
PLATE = re.compile(rf"[{PROVINCES}][a-z][·.\- ]?[a-z0-9]{{4,6}}[挂学警港澳]?")


def read_words(folder: pathlib.Path) -> List[str]:
    """Words of all .txt files of a folder: a line is a name and its other names; # begins a comment."""
    lines = (line.split("#")[0].strip() for path in sorted(folder.glob("*.txt"))
             for line in path.read_text(encoding="utf-8").splitlines())
    return sorted({word.lower() for line in lines for word in line.split()})


class WordCutter:
    """spaCy's blank zh pipeline over an own jieba.Tokenizer.

    spaCy's own option "jieba" takes jieba's global tokenizer, whose words can never be removed again and which writes
    a cache into the shared temporary folder; here nothing outside this object changes.
    """

    def __init__(self, words: Iterable[str]) -> None:
        import jieba
        import spacy

        jieba.setLogLevel(logging.WARNING)
        self.jieba = jieba.Tokenizer()
        self.jieba.FREQ, self.jieba.total = self.jieba.gen_pfdict(self.jieba.get_dict_file())
        self.jieba.initialized = True
        for word in words:
            self.jieba.add_word(word, freq=self._frequency(word))
        self.nlp = spacy.blank("zh")
        spacys: Any = self.nlp.tokenizer
        spacys.segmenter, spacys.jieba_seg = "jieba", self

    def _frequency(self, word: str) -> int:
        """High enough that the word is never cut; jieba treats 0 as an order to cut it everywhere."""
        return max(self.jieba.suggest_freq(word) or 0, 1000)

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
