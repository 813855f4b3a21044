"""Intent and question of a message by linear models on n-grams of characters, words, sounds and concepts."""

from __future__ import annotations

import dataclasses
import json
import pathlib
from typing import Any, Dict, Iterator, List, Optional, Tuple

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.component import RESPELLED, RESPELLED_WORDS, NluComponent, normalized_text, station_path
from bot.nlu.concepts import Concepts, read_concepts
from bot.nlu.linear_training import Recipe, encode_examples
from bot.nlu.misspelling import Misspeller
from bot.nlu.question_models import QuestionModels, train_question_models
from bot.nlu.text_features import features
from bot.nlu.word_cutter import WordCutter, read_words

QUESTION_SCORES = "question_scores"
"""Message property: [(topic/question, confidence)] of the chosen topic, best first."""
RANKED = 5
"""As many as anybody reads; Rasa writes them all into the tracker with every message."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentClassifier(NluComponent):
    """Linear, because it won the benchmark (bench/RESULTS.md): as right as the neural one, a hundred times faster."""

    def __init__(self, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource,
                 models: Optional[QuestionModels] = None, concepts: Optional[Concepts] = None) -> None:
        super().__init__(config, model_storage, resource)
        self.models = models
        self.concepts = concepts or read_concepts(station_path(config["concepts"]))

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """See linear_training.Recipe; `misspelt`: misspelt forms of each example that are trained on besides it."""
        return {"weights": {"c": 1.0, "w": 0.6, "p": 0.5, "k": 1.0, "q": 1.0}, "seen_at_least": 2, "c": 0.1,
                "left_out": 5, "prior": {"out_of_scope": 3.0}, "plainer": 1.15, "misspelt": 2,
                "concepts": "data/dictionary/concepts.yml", "dictionary": "data/dictionary"}

    @classmethod
    def files(cls, config: Dict[str, Any]) -> List[pathlib.Path]:
        """The concepts and the words."""
        return [station_path(config["concepts"]), *station_path(config["dictionary"]).glob("*.txt")]

    @classmethod
    def load(cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource,
             execution_context: ExecutionContext, **kwargs: Any) -> IntentClassifier:
        """The classifier as it was trained."""
        with model_storage.read_from(resource) as folder:
            meanings = json.loads((folder / "concepts.json").read_text(encoding="utf-8"))
            return cls(config, model_storage, resource, QuestionModels.load(folder), Concepts(meanings))

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from all examples with an intent."""
        messages = training_data.intent_examples
        recipe = Recipe(**{field.name: self.config[field.name] for field in dataclasses.fields(Recipe)})
        examples = encode_examples([self._document(message) for message in messages], self._misspelt(messages),
                                   [message.get("intent") for message in messages], recipe)
        self.models = train_question_models(examples, [m.get("intent_response_key") for m in messages], recipe)
        with self.model_storage.write_to(self.resource) as folder:
            self.models.save(folder)
            text = json.dumps(self.concepts.meanings, ensure_ascii=False)
            (folder / "concepts.json").write_text(text, encoding="utf-8")
        return self.resource

    def process(self, messages: List[Message]) -> List[Message]:
        """Sets intent, ranking, and the questions of the intent's topic."""
        for message in messages:
            if self.models is not None:
                self._classify(message, self.models)
        return messages

    def _classify(self, message: Message, models: QuestionModels) -> None:
        document = self._document(message)
        ranking = [{"name": name, "confidence": round(confidence, 4)}
                   for name, confidence in models.rank(document)[:RANKED]]
        message.set("intent", ranking[0], add_to_output=True)
        message.set("intent_ranking", ranking, add_to_output=True)
        message.set(QUESTION_SCORES, models.rank_questions(str(ranking[0]["name"]), document))

    def _document(self, message: Message) -> List[str]:
        if (respelled := message.get(RESPELLED)) is not None:
            return features(respelled, message.get(RESPELLED_WORDS) or [], self.concepts)
        words = [token.text for token in message.get("text_tokens") or []]
        return features(normalized_text(message), words, self.concepts)

    def _misspelt(self, messages: List[Message]) -> Iterator[Tuple[int, List[str]]]:
        """(row, document) of each message's misspelt forms; always the same ones for the same data."""
        cutter = WordCutter(read_words(station_path(self.config["dictionary"])))
        misspell = Misspeller(cutter.jieba.FREQ)
        for row, message in enumerate(messages):
            for seed in range(self.config["misspelt"]):
                form = misspell(normalized_text(message), seed)
                yield row, features(form, [word for word in cutter.cut(form) if not word.isspace()], self.concepts)
