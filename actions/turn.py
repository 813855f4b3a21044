"""What the driver has just said, as an action wants to see it."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from typing import Any, Dict, List, Mapping, Sequence, Tuple

from rasa_sdk import Tracker

from actions.choice_words import number_in

Event = Mapping[str, Any]
LONGEST_KEY = 128
PAYLOAD = re.compile(r"/(\w+)\s*(\{.*\})?", re.DOTALL)


@dataclasses.dataclass(frozen=True)
class Turn:
    """One message; `text` is empty for a tap, whose meaning is in `intent` and `entities`."""

    subscriber: str
    text: str
    intent: str
    entities: Tuple[Mapping[str, Any], ...]
    metadata: Mapping[str, Any]
    key: str

    @classmethod
    def of(cls, tracker: Tracker) -> Turn:
        """The last message; a number or the title of a button offered just before means that button."""
        events = tracker.events
        heard = _last(events, "user")
        message = events[heard] if heard >= 0 else {}
        parsed = message.get("parse_data") or {}
        text = str(message.get("text") or "").strip()
        intent = str((parsed.get("intent") or {}).get("name") or "")
        entities = list(parsed.get("entities") or [])
        payload = text if text.startswith("/") else _picked(text, _offered(events[:max(heard, 0)]))
        if payload:
            intent, entities = _meaning(payload, intent, entities)
        return cls(tracker.sender_id, "" if payload else text, intent, tuple(entities),
                   message.get("metadata") or {}, _key(events, heard))

    def values(self, entity: str) -> List[Any]:
        """All values of an entity, in the order said."""
        return [e.get("value") for e in self.entities if e.get("entity") == entity]

    def value(self, entity: str) -> Any:
        """The last value of an entity, or None."""
        return next(reversed(self.values(entity)), None)

    def mostly(self, *entities: str) -> bool:
        """Whether at least half of the words are such entities: then they are an answer, whatever else was heard."""
        if not self.text:
            return any(self.values(e) for e in entities)
        spans = [e for e in self.entities if e.get("entity") in entities]
        return bool(spans) and 2 * sum(e.get("end", 0) - e.get("start", 0) for e in spans) >= len(self.text)

    def is_mostly(self, part: str) -> bool:
        """Whether this part is at least half of the words."""
        return 2 * len(part) >= len(self.text)


def begins(tracker: Tracker, form: str) -> bool:
    """Whether this message opened the form: its loop event stands behind the message."""
    behind = tracker.events[_last(tracker.events, "user") + 1:]
    return any(e.get("event") == "active_loop" and e.get("name") == form for e in behind)


def said_before(tracker: Tracker) -> List[str]:
    """Names of the responses in the bot's turn before the last message."""
    before = tracker.events[:max(_last(tracker.events, "user"), 0)]
    turn = before[_last(before, "user") + 1:]
    return [str((e.get("metadata") or {}).get("utter_action")) for e in turn if e.get("event") == "bot"]


def _last(events: Sequence[Event], kind: str) -> int:
    return next((i for i in range(len(events) - 1, -1, -1) if events[i].get("event") == kind), -1)


def _key(events: Sequence[Event], heard: int) -> str:
    """The same for each try of the same step of the same message, so that nothing is booked twice."""
    if heard < 0:
        return ""
    message = events[heard]
    name = (message.get("metadata") or {}).get("message_key") or message.get("message_id") or message.get("timestamp")
    return _short(f"{name}:{sum(e.get('event') == 'action' for e in events[heard:])}")


def _short(key: str) -> str:
    """At most as long as the records' columns are (PostgreSQL refuses more); a channel's own may have 255 letters."""
    return key if len(key) <= LONGEST_KEY else hashlib.sha256(key.encode()).hexdigest()


def _offered(before: Sequence[Event]) -> List[Mapping[str, str]]:
    """The buttons of the bot's last turn, in the order they are numbered."""
    turn = before[_last(before, "user") + 1:]
    replies = (e for e in turn if e.get("event") == "bot")
    return [button for reply in replies for button in (reply.get("data") or {}).get("buttons") or []]


def _picked(text: str, offered: Sequence[Mapping[str, str]]) -> str | None:
    titled = next((b["payload"] for b in offered if b.get("title") == text), None)
    number = number_in(text)
    if titled is None and number is not None and 1 <= number <= len(offered):
        return offered[number - 1]["payload"]
    return titled


def _meaning(payload: str, intent: str, entities: List[Any]) -> Tuple[str, List[Dict[str, Any]]]:
    match = PAYLOAD.fullmatch(payload)
    try:
        values = json.loads(match[2] or "{}") if match else None
    except ValueError:  # no button's: somebody typed it
        values = None
    if not match or not isinstance(values, dict):
        return intent, entities
    return match[1], [{"entity": name, "value": value} for name, value in values.items()]
