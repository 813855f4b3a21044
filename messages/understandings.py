"""What the bot understood of each message: officers read it beside the words, the lead's page counts it."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any, Iterable, Mapping, Optional, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.inserts import insert_or_update
from messages.replies import Reply
from messages.tables import conversations, inbox
from messages.tables import understandings as table

UNSURE = "nlu_fallback"
PROPOSED = 5
ASKED_BACK, FALLBACK, HANDED_OVER, ANSWERED = "asked_back", "fallback", "handed_over", "answered"


@dataclasses.dataclass(frozen=True)
class Versions:
    """What answers: the model's name, and the answer book's hash, short."""

    model: str = ""
    answer_book: str = ""


@dataclasses.dataclass(frozen=True)
class Understood:
    """One message. `answer` is `<topic>/<question>` where the answer book was asked; `questions` its likeliest ones.

    `intent` is `nlu_fallback` where the bot was not sure; `intents` has the real [name, confidence], best first;
    `entities` [kind, start, end], as their values stand in the message. `outcome` is what happened then: answered,
    asked_back, fallback or handed_over.
    """

    intent: str
    confidence: float = 0.0
    answer: Optional[str] = None
    questions: tuple[str, ...] = ()
    intents: tuple[tuple[str, float], ...] = ()
    entities: tuple[tuple[str, int, int], ...] = ()
    outcome: Optional[str] = None
    versions: Versions = Versions()


def understood_of(parsed: Mapping[str, Any]) -> Understood:
    """What a parsed message of Rasa says; the best questions of the answer book also where another intent won."""
    intent = parsed.get("intent") or {}
    selected = parsed.get("response_selector") or {}
    chosen = selected.get(intent.get("name"))
    rankings = [each["ranking"] for each in selected.values() if isinstance(each, Mapping) and "ranking" in each]
    questions = [one["intent_response_key"] for ranking in rankings for one in ranking]
    return Understood(str(intent.get("name") or UNSURE)[:80], float(intent.get("confidence") or 0.0),
                      chosen and chosen["response"]["intent_response_key"], tuple(questions[:PROPOSED]),
                      tuple((str(one["name"]), round(float(one["confidence"]), 4))
                            for one in (parsed.get("intent_ranking") or [])[:PROPOSED]),
                      tuple((str(one["entity"]), int(one.get("start") or 0), int(one.get("end") or 0))
                            for one in parsed.get("entities") or []))


def outcome_of(intent: str, said: Sequence[Reply]) -> str:
    """What happened to a message that was read as `intent`."""
    if any(reply.hand_over is not None for reply in said):
        return HANDED_OVER
    if intent != UNSURE:
        return ANSWERED
    return ASKED_BACK if any(reply.choices for reply in said) else FALLBACK


def keep(session: Connection, channel: str, driver: str, message: int, understood: Understood,
         now: datetime.datetime) -> None:
    """Remembers it for the inbox row `message`."""
    insert_or_update(session, table, {
        "inbox_id": message, "channel": channel, "driver": driver, "at": now, "intent": understood.intent,
        "confidence": understood.confidence, "answer": understood.answer, "ranking": list(understood.questions),
        "intents": [list(one) for one in understood.intents], "entities": [list(one) for one in understood.entities],
        "outcome": understood.outcome, "model": understood.versions.model[:64],
        "answer_book": understood.versions.answer_book[:16]})


def of(session: Connection, messages: Iterable[int]) -> dict[int, Understood]:
    """Inbox id → what was understood; only those that were read."""
    rows = session.execute(sa.select(table).where(table.c.inbox_id.in_(list(messages))))
    return {row.inbox_id: Understood(row.intent, row.confidence, row.answer, tuple(row.ranking),
                                        tuple(map(tuple, row.intents or ())), tuple(map(tuple, row.entities or ())),
                                        row.outcome, Versions(row.model or "", row.answer_book or "")) for row in rows}


def asked_before(session: Connection, channel: str, driver: str, since: datetime.datetime,
                 count: int) -> Sequence[tuple[str, Optional[str]]]:
    """(words, answer) of the driver's last messages that the bot answered, newest first.

    Only what came after `since` and after the bot got the conversation.
    """
    bots = sa.select(conversations.c.since).where(conversations.c.channel == channel, conversations.c.driver == driver)
    query = (sa.select(inbox.c.text, table.c.answer).join(table, table.c.inbox_id == inbox.c.id)
             .where(table.c.channel == channel, table.c.driver == driver, inbox.c.state == "done",
                    table.c.at >= since, inbox.c.received_at >= bots.scalar_subquery())
             .order_by(table.c.inbox_id.desc()).limit(count))
    return [(row.text or "", row.answer) for row in session.execute(query)]
