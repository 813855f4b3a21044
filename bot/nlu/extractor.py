"""What every entity extractor shares: it finds spans in the normalised text, and they point into the driver's own."""

from __future__ import annotations

import abc
from typing import Any, Dict, List, NamedTuple

from rasa.shared.nlu.training_data.message import Message

from bot.nlu.component import ENDS, STARTS, NluComponent, normalized_text


class Found(NamedTuple):
    """An entity in the normalised text; `value` is what the services use."""

    entity: str
    value: Any
    start: int
    end: int


def overlaps(start: int, end: int, taken: List[Found]) -> bool:
    """Whether a span shares a character with one of `taken`."""
    return any(start < other.end and other.start < end for other in taken)


def longest_first(found: List[Found]) -> List[Found]:
    """Without overlaps: of two that do, the longer one stays; in the order of the text."""
    kept: List[Found] = []
    for one in sorted(found, key=lambda f: (f.start - f.end, f.start)):
        if not overlaps(one.start, one.end, kept):
            kept.append(one)
    return sorted(kept, key=lambda f: f.start)


class Extractor(NluComponent, abc.ABC):
    """Adds what `find` finds, unless an extractor before it in the pipeline has taken the place."""

    @abc.abstractmethod
    def find(self, text: str, message: Message) -> List[Found]:
        """Entities in the normalised text."""

    def process(self, messages: List[Message]) -> List[Message]:
        """Adds entities to each message, with offsets into its own text."""
        for message in messages:
            known = message.get("entities") or []
            found = [self._entity(one, message) for one in longest_first(self.find(normalized_text(message), message))]
            free = [e for e in found if not any(e["start"] < k["end"] and k["start"] < e["end"] for k in known)]
            message.set("entities", sorted(known + free, key=lambda e: e["start"]), add_to_output=True)
        return messages

    def _entity(self, found: Found, message: Message) -> Dict[str, Any]:
        starts, ends = message.get(STARTS), message.get(ENDS)
        start, end = (starts[found.start], ends[found.end - 1]) if starts else (found.start, found.end)
        return {"entity": found.entity, "value": found.value, "start": start, "end": end,
                "extractor": type(self).__name__}
