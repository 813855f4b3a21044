"""Pictures that belong to a ticket: sent before the words, between them, or within the hour after."""

from __future__ import annotations

import datetime
import re
from typing import List

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.orm import Session

from actions import records
from actions.turn import Turn
from traffic.tickets import Ticket, TicketPhoto, add_ticket_photo, tickets_of

ADDED_FOR = datetime.timedelta(hours=1)
ENDED_BY = "action_open_ticket"
PROOF = r"(?:证据|照片|视频|图片|录像|行车记录仪|拍)"
EVIDENCE = re.compile(rf"(?:什么|哪些|啥|怎么|如何|怎样|要不要|需不需要|算不算|能不能|可以).{{0,8}}{PROOF}|"
                      rf"{PROOF}.{{0,8}}(?:什么|哪些|怎么|如何|怎样|要求|算|行不行|可以吗|行吗|够|几张)")


WITNESS = re.compile(r"匿名|保密|泄露|报复|奖励|有奖|(?:知道|看到|查到).{0,3}(?:是我|谁)|(?:奖|给).{0,2}钱")


def asks_about_witnesses(text: str) -> bool:
    """匿名行不行, 举报有奖励吗: a question about the question."""
    return len(text) <= 20 and bool(WITNESS.search(text))


def asks_about_evidence(text: str) -> bool:
    """举报要什么证据, 行车记录仪的算不算: a question about the question."""
    return len(text) <= 30 and bool(EVIDENCE.search(text))


def pictures_sent(tracker: Tracker) -> List[str]:
    """Paths of the pictures sent in this conversation since the last ticket."""
    events = tracker.events
    tickets = (i for i, e in enumerate(events) if e.get("event") == "action" and e.get("name") == ENDED_BY)
    last = max(tickets, default=-1)
    sent = [(e.get("metadata") or {}).get("photo") for e in events[last + 1:] if e.get("event") == "user"]
    return [str(path) for path in dict.fromkeys(sent) if path]


def tell_picture(dispatcher: CollectingDispatcher, turn: Turn, count: int) -> bool:
    """Says that a picture is kept, or what was wrong with it; False when the message is none."""
    if not any(turn.metadata.get(key) for key in ("photo", "photo_problem", "image")):
        return False
    if turn.metadata.get("photo"):
        dispatcher.utter_message(response="utter_ticket_picture_kept", count=count)
    else:
        dispatcher.utter_message(response="utter_ticket_picture_lost")
    return True


async def add_late_picture(dispatcher: CollectingDispatcher, turn: Turn) -> bool:
    """Puts a picture to the ticket of the last hour; False when there is none."""
    path = turn.metadata.get("photo")
    if not path:
        return False
    found = await records.change(_added, turn.subscriber, str(path), records.now())
    if found:
        dispatcher.utter_message(response="utter_ticket_picture_added", ticket=found.number)
    return found is not None


def _added(session: Session, subscriber: str, path: str, now: datetime.datetime) -> Ticket | None:
    latest = next((t for t in tickets_of(session, subscriber, 1) if now - t.created_at <= ADDED_FOR), None)
    return latest if latest and add_ticket_photo(session, latest, path, now) else None


def add_all(session: Session, ticket: Ticket, paths: List[str], now: datetime.datetime) -> List[TicketPhoto]:
    """Puts pictures to a ticket; the same again changes nothing."""
    return [photo for photo in (add_ticket_photo(session, ticket, path, now) for path in paths) if photo]
