"""What the station has announced lately (公告)."""

from __future__ import annotations

import re
from typing import Any, Dict, List

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions import records
from actions.presentation import day, local
from traffic.announcements import Announcement, latest

SHOWN = 3
PICTURE = re.compile(r"\s*\[图\d\]\s*")  # where the page has a picture


class ActionQueryAnnouncements(Action):
    """Tells the latest ones."""

    def name(self) -> str:
        """Rasa's name."""
        return "action_query_announcements"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> List[EventType]:
        """Says them."""
        found = await records.look_up(latest, SHOWN, now=records.now())
        if found:
            dispatcher.utter_message(response="utter_announcements", lines=[announcement_line(a) for a in found])
        else:
            dispatcher.utter_message(response="utter_no_announcements")
        return []


def announcement_line(announcement: Announcement) -> Dict[str, Any]:
    """One of them as a line of a reply."""
    published = local(announcement.published_at or records.now()).date()
    return {"say": "utter_announcement", "on": day(published, local(records.now()).date()),
            "title": announcement.title, "number": announcement.id,
            "body": PICTURE.sub("", announcement.body)}
