from __future__ import annotations

import asyncio
from typing import Any, Dict, List

from rasa.core.nlg import NaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa_sdk import Action
from rasa_sdk.executor import CollectingDispatcher

from bot.replies import Replies
from bot.settings import ROOT
from tests.actions.trackers import Event, tracker

_written: List[NaturalLanguageGenerator] = []


class Said:
    """What an action said: the names of its responses, and all of it in words."""

    def __init__(self, dispatcher: CollectingDispatcher, events: List[Event]) -> None:
        self.messages, self.events = dispatcher.messages, events

    @property
    def names(self) -> List[str]:
        return [str(m["response"]) for m in self.messages if m.get("response")]

    @property
    def text(self) -> str:
        return "\n".join(words(m) for m in self.messages if m.get("response"))

    @property
    def titles(self) -> List[str]:
        return [b["title"] for m in self.messages for b in m.get("buttons") or []]

    def slot(self, name: str) -> Any:
        found = [e.get("value") for e in self.events if e.get("event") == "slot" and e.get("name") == name]
        return found[-1] if found else None


def act(action: Action, *events: Event, **slots: Any) -> Said:
    dispatcher = CollectingDispatcher()
    done = asyncio.run(action.run(dispatcher, tracker(*events, **slots), {}))
    return Said(dispatcher, list(done or []))


def words(message: Dict[str, Any]) -> str:
    if not _written:
        data = ROOT / "data"
        paths = [ROOT / "domain.yml", data / "replies.yml", *sorted((data / "services").glob("*.yml"))]
        _written.append(Replies(Domain.load([str(path) for path in paths])))
    fields = {k: v for k, v in message.items() if k not in ("text", "image", "attachment", "custom", "elements",
                                                            "response", "template")}
    blank = DialogueStateTracker.from_events("driver-1", [])
    reply = asyncio.run(_written[0].generate(str(message["response"]), blank, "terminal", **fields))
    return str((reply or {}).get("text"))
