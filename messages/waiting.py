"""What a driver in the queue hears: the place in it, and a tap to leave it."""

from __future__ import annotations

import datetime
from typing import Mapping, Optional, Sequence

from sqlalchemy.engine import Connection

from messages import choices, conversations
from messages.replies import Choice, Reply
from messages.turns import Turn

LEAVE = "/leave_queue"
NOBODY_AHEAD = "place_first"

Sentences = Mapping[str, str]
"""`place_first`, `place` with {ahead}, `leave` (the tap's title); a channel without them says nothing of places."""


def handed_over(said: Sequence[Reply]) -> Optional[str]:
    """The reason, when one of the replies asks for a person; "" when it gives none."""
    return next((str(reply.hand_over.get("reason", "")) for reply in said if reply.hand_over is not None), None)


def place(session: Connection, turn: Turn, reason: str, sentences: Sentences, now: datetime.datetime) -> list[Reply]:
    """Tells how many are answered before this driver, and offers to leave the queue."""
    if NOBODY_AHEAD not in sentences:
        return []
    ahead = conversations.ahead_of(session, turn.channel, turn.driver, reason, now)
    text = sentences["place"].format(ahead=ahead) if ahead else sentences[NOBODY_AHEAD]
    return [Reply(text, choices=(Choice(sentences["leave"], LEAVE, 1),))]


def leaves(session: Connection, turn: Turn) -> bool:
    """Whether the driver would rather go on with the bot: the tap, its number or title, or a 0."""
    if choices.number_in(turn.text or "") == 0:
        return True
    return choices.resolve(session, turn.channel, turn.driver, turn.text, turn.tap) == LEAVE


def still_waiting(session: Connection, turn: Turn, sentences: Sentences, now: datetime.datetime) -> list[Reply]:
    """What a waiting driver hears who goes on writing."""
    thread = conversations.find(session, turn.channel, turn.driver)
    reason = (thread.reason if thread else None) or ""
    return [Reply(sentences["in_queue"]), *place(session, turn, reason, sentences, now)]
