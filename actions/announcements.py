"""What the station has announced (公告、文章): lately, or of the topic and from the time that the words name."""

from __future__ import annotations

import datetime
import re
from typing import Any, Dict, List

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions import records
from actions.presentation import day, local
from actions.turn import Turn
from traffic.announcements import Announcement, latest

SHOWN = 3
TOPICS = (("exposure", r"曝光"), ("safety", r"安全|小课|课堂|知识"), ("news", r"新闻|快讯|动态"),
          ("service", r"服务|便民|指南|办事"))
PICTURE = re.compile(r"\s*\[图\d\]\s*")  # where the page has a picture


class ActionQueryAnnouncements(Action):
    """Tells the latest ones that fit; when none does, says so and tells the latest of all."""

    def name(self) -> str:
        """Rasa's name."""
        return "action_query_announcements"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> List[EventType]:
        """Says them."""
        wish = wanted(Turn.of(tracker))
        found = await records.look_up(latest, SHOWN, now=records.now(), **wish)
        name = f"utter_announcements_{wish['topic']}" if wish.get("topic") else "utter_announcements"
        if wish and not found:
            found, name = await records.look_up(latest, SHOWN, now=records.now()), "utter_other_announcements"
        lines = [announcement_line(each) for each in found]
        dispatcher.utter_message(response=name if lines else "utter_no_announcements", lines=lines)
        return []


def wanted(turn: Turn) -> Dict[str, Any]:
    """`topic`, `since` and `until` as far as the words name them; what is to come is no time of an announcement."""
    topic = next((name for name, said in TOPICS if re.search(said, turn.text)), None)
    time = turn.value("time")
    span = time if isinstance(time, dict) and time.get("from") and time.get("to") else {}
    ends = {name: datetime.datetime.fromisoformat(span[end]) for name, end in (("since", "from"), ("until", "to"))
            if span}
    past = ends if ends and ends["since"] <= records.now() else {}
    return {**({"topic": topic} if topic else {}), **past}


def announcement_line(announcement: Announcement) -> Dict[str, Any]:
    """One of them as a line of a reply."""
    published = local(announcement.published_at or records.now()).date()
    return {"say": "utter_announcement", "on": day(published, local(records.now()).date()),
            "title": announcement.title, "number": announcement.id,
            "body": PICTURE.sub("", announcement.body)}
