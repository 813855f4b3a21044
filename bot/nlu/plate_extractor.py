"""Finds number plates (车牌) in all ways they are typed, and says what is wrong with one that can't exist."""

from __future__ import annotations

from typing import List

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.extractor import Extractor, Found
from traffic.plates import Plate, find_plates


def find_plate_entities(text: str) -> List[Found]:
    """`plate_number` with the plate's number, or `bad_plate` with the reason's code (traffic.plates.parse_plate)."""
    return [Found("plate_number", plate.text, start, end) if isinstance(plate, Plate)
            else Found("bad_plate", plate.reason, start, end) for start, end, plate in find_plates(text)]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class PlateExtractor(Extractor):
    """The rules of plates are the records' (traffic.plates), so that chat, desk and import agree on them."""

    def find(self, text: str, message: Message) -> List[Found]:
        """Plates, possible and impossible."""
        return find_plate_entities(text)
