"""Hands the chosen question of the answer book to Rasa, which answers it with `utter_<topic>/<question>`."""

from __future__ import annotations

from typing import Any, Dict, List

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.component import NluComponent
from bot.nlu.intent_classifier import QUESTION_SCORES, RANKED

TOPICS_FILE = "topics.txt"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class AnswerSelector(NluComponent):
    """Fills the property that Rasa's own ResponseSelector fills, so that its retrieval action works unchanged, without
    the answers' texts: they would be stored with every message."""

    def __init__(self, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource,
                 topics: List[str] | None = None) -> None:
        super().__init__(config, model_storage, resource)
        self.topics = topics or []

    @classmethod
    def load(cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource,
             execution_context: ExecutionContext, **kwargs: Any) -> AnswerSelector:
        """The selector with the topics it was trained with."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, (folder / TOPICS_FILE).read_text(encoding="utf-8").split())

    def train(self, training_data: TrainingData) -> Resource:
        """Saves the names of the topics."""
        self.topics = sorted(training_data.retrieval_intents)
        with self.model_storage.write_to(self.resource) as folder:
            (folder / TOPICS_FILE).write_text("\n".join(self.topics), encoding="utf-8")
        return self.resource

    def process(self, messages: List[Message]) -> List[Message]:
        """Sets `response_selector` of each message."""
        for message in messages:
            selected: Dict[str, Any] = {"all_retrieval_intents": self.topics}
            ranking = message.get(QUESTION_SCORES) or []
            if ranking:
                selected[ranking[0][0].split("/")[0]] = _prediction(ranking)
            message.set("response_selector", selected, add_to_output=True)
        return messages


def _prediction(ranking: List[Any]) -> Dict[str, Any]:
    others = [{"confidence": round(confidence, 4), "intent_response_key": question}
              for question, confidence in ranking[:RANKED]]
    response = {"responses": [], **others[0], "utter_action": f"utter_{others[0]['intent_response_key']}"}
    return {"response": response, "ranking": others}
