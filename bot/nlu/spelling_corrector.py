"""Puts a message as it was probably meant beside what was typed; the classifier reads it, the extractors don't."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.character_model import CharacterModel
from bot.nlu.component import RESPELLED, NluComponent, normalized_text
from bot.nlu.spelling import Speller
from bot.nlu.text_features import plain

RUNS_FILE = "runs.json"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class SpellingCorrector(NluComponent):
    """Behind the Normalizer, before the ChineseTokenizer; learns from the training sentences."""

    def __init__(self, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource,
                 speller: Optional[Speller] = None) -> None:
        super().__init__(config, model_storage, resource)
        self.speller = speller

    @classmethod
    def load(cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource,
             execution_context: ExecutionContext, **kwargs: Any) -> SpellingCorrector:
        """The corrector as it was trained."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, Speller(CharacterModel.load(folder / RUNS_FILE)))

    def train(self, training_data: TrainingData) -> Resource:
        """Learns which characters stand beside each other."""
        model = CharacterModel.learn(plain(normalized_text(message)) for message in training_data.intent_examples)
        with self.model_storage.write_to(self.resource) as folder:
            model.save(folder / RUNS_FILE)
        return self.resource

    def process(self, messages: List[Message]) -> List[Message]:
        """Sets RESPELLED where the text has a likely slip."""
        for message in messages:
            text = plain(normalized_text(message))
            if self.speller and (respelled := self.speller(text)) != text:
                message.set(RESPELLED, respelled)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Leaves the sentences as they are: their slips were written on purpose."""
        return training_data
