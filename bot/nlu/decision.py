"""Decides whether the bot is sure enough to act; where it is not, the intent is nlu_fallback and the scores stay."""

from __future__ import annotations

import re
from typing import Any, Dict, Iterable, List, Mapping

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.component import NluComponent

FALLBACK, FACT = "nlu_fallback", "inform"
FACTS = {"plate_number", "bad_plate", "license_number", "phone", "ticket_number", "road", "place", "time",
         "accident_code"}
WORD = re.compile(r"\w")


def decide(ranking: List[Dict[str, Any]], sure: float) -> Dict[str, Any]:
    """The best intent, or nlu_fallback with the best one's real confidence when that is below `sure`."""
    if not ranking:
        return {"name": FALLBACK, "confidence": 0.0}
    best = ranking[0]
    return dict(best) if best["confidence"] >= sure else {"name": FALLBACK, "confidence": best["confidence"]}


def only_facts(text: str, entities: Iterable[Mapping[str, Any]]) -> bool:
    """Whether nothing but plates, numbers, names and times is said: an answer, or a question one has to ask back."""
    said = {entity["start"]: entity["end"] for entity in entities if entity["entity"] in FACTS}
    rest = list(text)
    for start, end in said.items():
        rest[start:end] = " " * (end - start)
    return bool(said) and not WORD.search("".join(rest))


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class Decision(NluComponent):
    """Rasa's FallbackClassifier reports its threshold as confidence and puts it first into the ranking; maintainers
    need the real scores, and the asking-back needs the real second best. A bare fact is `inform` by rule: a classifier
    learns which service a road is mostly named with, and would push road news on who only names one."""

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """`sure`: the least confidence the bot acts on."""
        return {"sure": 0.3}

    def process(self, messages: List[Message]) -> List[Message]:
        """Sets the intent to what was decided."""
        for message in messages:
            message.set("intent", self._decided(message), add_to_output=True)
        return messages

    def _decided(self, message: Message) -> Dict[str, Any]:
        text = message.get("text") or ""
        if not text.startswith("/") and only_facts(text, message.get("entities") or []):
            return {"name": FACT, "confidence": 1.0}
        return decide(message.get("intent_ranking") or [], self.config["sure"])
