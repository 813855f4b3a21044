"""Decides whether the bot is sure enough to act; where it is not, the intent is nlu_fallback and the scores stay."""

from __future__ import annotations

from typing import Any, Dict, List

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.component import NluComponent

FALLBACK = "nlu_fallback"


def decide(ranking: List[Dict[str, Any]], sure: float) -> Dict[str, Any]:
    """The best intent, or nlu_fallback with the best one's real confidence when that is below `sure`."""
    if not ranking:
        return {"name": FALLBACK, "confidence": 0.0}
    best = ranking[0]
    return dict(best) if best["confidence"] >= sure else {"name": FALLBACK, "confidence": best["confidence"]}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class Decision(NluComponent):
    """Rasa's FallbackClassifier reports its threshold as confidence and puts it first into the ranking; maintainers
    need the real scores, and the asking-back needs the real second best."""

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """`sure`: the least confidence the bot acts on."""
        return {"sure": 0.35}

    def process(self, messages: List[Message]) -> List[Message]:
        """Sets the intent to what was decided."""
        for message in messages:
            message.set("intent", decide(message.get("intent_ranking") or [], self.config["sure"]), add_to_output=True)
        return messages
