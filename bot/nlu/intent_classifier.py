"""Intent and question of a message by linear models on n-grams of characters, words, sounds and concepts."""

from __future__ import annotations

import json
import pathlib
from typing import Any, Dict, Iterable, List, Optional, Sequence, Tuple

import numpy as np
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.component import NluComponent, normalized_text, station_path
from bot.nlu.concepts import Concepts, read_concepts
from bot.nlu.linear_model import LinearModel, fit_sharpness, train_linear_model
from bot.nlu.text_features import features

QUESTION_SCORES = "question_scores"
"""Message property: [(topic/question, confidence)] of the chosen topic, best first."""


class QuestionModels:
    """One model for the intents, and for each topic of the answer book one for its questions."""

    def __init__(self, intents: LinearModel, questions: Dict[str, LinearModel]) -> None:
        self.intents, self.questions = intents, questions

    def rank(self, document: Sequence[str]) -> List[Tuple[str, float]]:
        """(intent, confidence), best first."""
        return _ranked(self.intents, document)

    def rank_questions(self, topic: str, document: Sequence[str]) -> List[Tuple[str, float]]:
        """(topic/question, confidence) within a topic, best first; nothing for a service."""
        return _ranked(self.questions[topic], document) if topic in self.questions else []

    def save(self, folder: pathlib.Path) -> None:
        """Writes each model."""
        self.intents.save(folder, "intents")
        for topic, model in self.questions.items():
            model.save(folder, f"topic-{topic}")
        (folder / "topics.json").write_text(json.dumps(sorted(self.questions)), encoding="utf-8")

    @classmethod
    def load(cls, folder: pathlib.Path) -> QuestionModels:
        """What `save` wrote."""
        topics = json.loads((folder / "topics.json").read_text(encoding="utf-8"))
        return cls(LinearModel.load(folder, "intents"),
                   {topic: LinearModel.load(folder, f"topic-{topic}") for topic in topics})


def _ranked(model: LinearModel, document: Sequence[str]) -> List[Tuple[str, float]]:
    confidences = model.confidences(document)
    return [(model.labels[i], float(confidences[i])) for i in np.argsort(-confidences)]


def train_question_models(documents: Sequence[Sequence[str]], intents: Sequence[str], questions: Sequence[Optional[str]],
                          config: Dict[str, Any]) -> QuestionModels:
    """Trains all models; `questions` are the full `topic/question` where there is one."""
    topics: Dict[str, LinearModel] = {}
    for topic in sorted({intent for intent, question in zip(intents, questions) if question}):
        chosen = [i for i, question in enumerate(questions) if question and intents[i] == topic]
        topics[topic] = _calibrated([documents[i] for i in chosen], [str(questions[i]) for i in chosen], config)
    return QuestionModels(_calibrated(documents, intents, config), topics)


def _calibrated(documents: Sequence[Sequence[str]], labels: Sequence[str], config: Dict[str, Any]) -> LinearModel:
    settings = {"weights": config["weights"], "seen_at_least": config["seen_at_least"], "c": config["c"]}
    model = train_linear_model(documents, labels, **settings)
    if len(model.labels) > 1:
        model.sharpness = _held_out_sharpness(documents, labels, model.labels, config["folds"], settings)
    return model


def _held_out_sharpness(documents: Sequence[Sequence[str]], labels: Sequence[str], known: Sequence[str], folds: int,
                        settings: Dict[str, Any]) -> float:
    """Sharpness by sentences left out of training, every `folds`th in turn."""
    scores, truth = [], []
    for fold in range(folds):
        train = [i for i in range(len(labels)) if i % folds != fold]
        model = train_linear_model([documents[i] for i in train], [labels[i] for i in train], **settings)
        for i in range(fold, len(labels), folds):
            if labels[i] in model.labels and len(model.labels) == len(known):
                scores.append(model.scores(documents[i]))
                truth.append(model.labels.index(labels[i]))
    return fit_sharpness(np.array(scores), np.array(truth)) if scores else 1.0


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
        """`weights`: weight of each kind of feature (characters, words, pinyin, concepts, length)."""
        return {"weights": {"c": 1.0, "w": 0.6, "p": 0.5, "k": 1.0, "q": 1.0}, "seen_at_least": 2, "c": 0.5,
                "folds": 3, "concepts": "data/dictionary/concepts.yml"}

    @classmethod
    def files(cls, config: Dict[str, Any]) -> List[pathlib.Path]:
        """The concepts."""
        return [station_path(config["concepts"])]

    @classmethod
    def load(cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource,
             execution_context: ExecutionContext, **kwargs: Any) -> IntentClassifier:
        """The classifier as it was trained."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, QuestionModels.load(folder),
                       Concepts(json.loads((folder / "concepts.json").read_text(encoding="utf-8"))))

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from all examples with an intent."""
        examples = training_data.intent_examples
        self.models = train_question_models(
            [self._document(example) for example in examples], [example.get("intent") for example in examples],
            [example.get("intent_response_key") for example in examples], self.config)
        with self.model_storage.write_to(self.resource) as folder:
            self.models.save(folder)
            (folder / "concepts.json").write_text(json.dumps(self.concepts.meanings, ensure_ascii=False), encoding="utf-8")
        return self.resource

    def process(self, messages: List[Message]) -> List[Message]:
        """Sets intent, ranking, and the questions of the intent's topic."""
        for message in messages:
            if self.models is not None:
                self._classify(message, self.models)
        return messages

    def _classify(self, message: Message, models: QuestionModels) -> None:
        document = self._document(message)
        ranking = [{"name": name, "confidence": confidence} for name, confidence in models.rank(document)]
        message.set("intent", ranking[0], add_to_output=True)
        message.set("intent_ranking", ranking[:10], add_to_output=True)
        message.set(QUESTION_SCORES, models.rank_questions(ranking[0]["name"], document))

    def _document(self, message: Message) -> List[str]:
        return features(normalized_text(message), _words(message.get("text_tokens") or []), self.concepts)


def _words(tokens: Iterable[Any]) -> List[str]:
    return [token.text for token in tokens]
