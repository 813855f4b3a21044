"""Finds offenses (违法行为) under the names that drivers give them."""

from __future__ import annotations

import pathlib
from typing import Any, Dict, List

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.component import station_path
from bot.nlu.extractor import Extractor, Found
from bot.nlu.gazetteer import Gazetteer, read_entries

OFFENSES_FILE = "offenses.txt"


def offense_gazetteer(path: pathlib.Path) -> Gazetteer:
    """Names of offenses, each with what drivers call it."""
    return Gazetteer(read_entries([path]))


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class OffenseExtractor(Extractor):
    """A list beats learning here: offenses are few, and a new one is one line in the list."""

    def __init__(self, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource,
                 gazetteer: Gazetteer | None = None) -> None:
        super().__init__(config, model_storage, resource)
        self.gazetteer = gazetteer or Gazetteer([])

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """`names`: the list of offenses, relative to the project's root."""
        return {"names": f"data/dictionary/{OFFENSES_FILE}"}

    @classmethod
    def files(cls, config: Dict[str, Any]) -> List[pathlib.Path]:
        """The list of offenses."""
        return [station_path(config["names"])]

    @classmethod
    def load(cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource,
             execution_context: ExecutionContext, **kwargs: Any) -> OffenseExtractor:
        """The extractor with the list it was trained with."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, offense_gazetteer(folder / OFFENSES_FILE))

    def train(self, training_data: TrainingData) -> Resource:
        """Saves the list with the model."""
        path = station_path(self.config["names"])
        with self.model_storage.write_to(self.resource) as folder:
            (folder / OFFENSES_FILE).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
        return self.resource

    def find(self, text: str, message: Message) -> List[Found]:
        """Offenses by their official short names."""
        return [Found("offense", name, start, end) for start, end, name in self.gazetteer.find(text)]
