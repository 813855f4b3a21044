"""Who waits for a place (候补) hears when one gets free, first come first told."""

from __future__ import annotations

import datetime

from sqlalchemy.engine import Connection, Engine

from messages.database import writing
from traffic.presentation import moment, short_moment
from traffic.slots import Slot
from traffic.waiting_list import tell
from web.desk.database import records
from web.desk.sentences import Sentences
from web.outreach.saying import say


def tell_waiting(engine: Engine, sentences: Sentences, now: datetime.datetime) -> int:
    """Plans the messages and notes, in the same transaction, who was told; how many."""
    count = 0
    with writing(engine) as session:
        with records(session) as traffic:
            told = [(row.id, row.subscriber, slot) for row, slot in tell(traffic, now=now)]
        for number, subscriber, slot in told:
            count += _say(session, sentences, number, subscriber, slot, now)
    return count


def _say(session: Connection, sentences: Sentences, number: int, subscriber: str, slot: Slot,
         now: datetime.datetime) -> bool:
    kind = sentences.say(f"kind_{slot.kind}")
    text = sentences.say(f"waiting_{slot.kind}", when=moment(slot.starts), site=slot.site, address=slot.address)
    fields = {"what": kind, "title": kind, "when": short_moment(slot.starts), "where": slot.site, "note": text}
    return say(session, subscriber, f"waiting {number}", "appointment", text, fields, now, slot.starts)
