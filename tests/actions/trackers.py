from __future__ import annotations

import uuid
from typing import Any, Dict, List, Sequence

from rasa_sdk import Tracker

Event = Dict[str, Any]


def heard(text: str, intent: str = "inform", entities: Sequence[Event] = (),
          metadata: Dict[str, Any] | None = None) -> Event:
    return {"event": "user", "text": text, "metadata": metadata or {}, "message_id": uuid.uuid4().hex,
            "parse_data": {"intent": {"name": intent, "confidence": 1.0}, "entities": list(entities)}}


def entity(name: str, value: Any, text: str, part: str) -> Event:
    start = text.index(part)
    return {"entity": name, "value": value, "start": start, "end": start + len(part)}


def said(response: str, *buttons: Sequence[str]) -> Event:
    shown = [{"title": title, "payload": payload} for title, payload in buttons]
    return {"event": "bot", "text": "…", "data": {"buttons": shown}, "metadata": {"utter_action": response}}


def opened(form: str) -> Event:
    return {"event": "active_loop", "name": form}


def acted(name: str) -> Event:
    return {"event": "action", "name": name}


def tracker(*events: Event, **slots: Any) -> Tracker:
    history: List[Event] = list(events)
    return Tracker("driver-1", dict(slots), {}, history, False, None, {}, "action_listen")
