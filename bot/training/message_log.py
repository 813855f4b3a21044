"""Reads what drivers wrote and what became of it, and says which messages would teach, and why."""

from __future__ import annotations

import dataclasses
import datetime
import itertools
import re
import zlib
from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.tables import inbox, outbox, ratings, understandings

UNSURE, SURE_SAMPLE = 0.6, 50
AGAIN_WITHIN = datetime.timedelta(minutes=5)
RATED_WITHIN = datetime.timedelta(days=1)
ALIKE = 0.25
BADLY = 1
FALLBACK = "nlu_fallback"
REASONS = ("fallback", "asked_back", "unsure", "handed_over", "officer", "again", "rated", "sample")
"""Why a sentence is in the inbox, strongest wish for a label first where several hold."""

Key = Tuple[str, str]


@dataclasses.dataclass
class Logged:
    """One message. `ranking` holds (intent, confidence); `picked` is the intent the driver chose when asked back."""

    id: int
    key: Key
    text: str
    at: datetime.datetime
    intent: str
    confidence: float
    ranking: Sequence[Tuple[str, float]]
    questions: Sequence[str]
    entities: Sequence[Tuple[str, int, int]]
    outcome: str
    reasons: List[str] = dataclasses.field(default_factory=list)
    picked: Optional[str] = None
    answer: Optional[str] = None

    @property
    def unsureness(self) -> float:
        """How little the bot knew what to make of it, 0 to 1."""
        return 1.0 if {"again", "rated"} & set(self.reasons) else 1.0 - self.confidence


def read_log(session: Connection, since: datetime.datetime) -> List[Logged]:
    """Messages in drivers' own words that came since then, each with its reasons; those without one are left out."""
    answers, rated = _officers_answers(session, since), _bad_ratings(session, since)
    found: List[Logged] = []
    for key, messages in _by_driver(session, since):
        _note_following(messages)
        _note_answers(messages, answers.get(key, []), rated.get(key, []))
        found += [m for m in messages if m.text and _noted(m).reasons]
    return found


def _by_driver(session: Connection, since: datetime.datetime) -> Iterator[Tuple[Key, List[Logged]]]:
    columns = (inbox.c.id, inbox.c.channel, inbox.c.driver, inbox.c.text, inbox.c.payload, inbox.c.tap,
               inbox.c.received_at, understandings.c.intent, understandings.c.confidence, understandings.c.intents,
               understandings.c.ranking, understandings.c.entities, understandings.c.outcome)
    query = (sa.select(*columns).join(understandings, understandings.c.inbox_id == inbox.c.id)
             .where(inbox.c.received_at >= since).order_by(inbox.c.channel, inbox.c.driver, inbox.c.id))
    mine: List[Logged] = []
    for row in session.execute(query):
        key = (row.channel, row.driver)
        if mine and mine[0].key != key:
            yield mine[0].key, mine
            mine = []
        mine.append(_logged(row, key))
    if mine:
        yield mine[0].key, mine


def _logged(row: Any, key: Key) -> Logged:
    own = "" if row.payload or row.tap or re.fullmatch(r"[\s\d０-９.、]*", row.text or "") else row.text.strip()
    intents = row.intents or []
    sure = float(intents[0][1]) if row.intent == FALLBACK and intents else float(row.confidence)
    return Logged(row.id, key, own[:300], row.received_at, row.intent, sure, [(n, c) for n, c in intents],
                  row.ranking or [], [(k, s, e) for k, s, e in row.entities or []], row.outcome or "")


def _noted(message: Logged) -> Logged:
    """With the reasons that lie in the message itself."""
    if message.intent == FALLBACK:
        message.reasons.append("asked_back" if message.outcome == "asked_back" else "fallback")
    elif message.outcome == "handed_over":
        message.reasons.append("handed_over")
    elif message.confidence < UNSURE:
        message.reasons.append("unsure")
    elif not message.reasons and zlib.crc32(str(message.id).encode()) % SURE_SAMPLE == 0:
        message.reasons.append("sample")  # the same ones at every reading
    return message


def _note_following(messages: List[Logged]) -> None:
    """What the driver did next: picked one of the proposals, or said it again in other words."""
    for before, after in itertools.pairwise(messages):
        if after.at - before.at > AGAIN_WITHIN:
            continue
        if before.outcome == "asked_back" and not after.text and after.intent != FALLBACK:
            before.picked = after.intent
        elif before.text and after.text and before.text != after.text and _alike(before.text, after.text):
            before.reasons.append("again")


def _alike(one: str, other: str) -> bool:
    pairs = [{text[i:i + 2] for i in range(len(text) - 1)} for text in (one, other)]
    together = pairs[0] | pairs[1]
    return bool(together) and len(pairs[0] & pairs[1]) / len(together) >= ALIKE


def _officers_answers(session: Connection, since: datetime.datetime) -> Dict[Key, List[Tuple[datetime.datetime, str]]]:
    words = (sa.select(outbox.c.channel, outbox.c.driver, outbox.c.created_at, outbox.c.text)
             .where(outbox.c.author.not_in(("bot", "system")), outbox.c.text.is_not(None),
                    outbox.c.created_at >= since).order_by(outbox.c.id))
    found: Dict[Key, List[Tuple[datetime.datetime, str]]] = {}
    for row in session.execute(words):
        found.setdefault((row.channel, row.driver), []).append((row.created_at, re.sub("^民警：", "", row.text)))
    return found


def _bad_ratings(session: Connection, since: datetime.datetime) -> Dict[Key, List[datetime.datetime]]:
    bad = sa.select(ratings).where(ratings.c.stars <= BADLY, ratings.c.at >= since)
    found: Dict[Key, List[datetime.datetime]] = {}
    for row in session.execute(bad):
        found.setdefault((row.channel, row.driver), []).append(row.at)
    return found


def _note_answers(messages: List[Logged], answers: List[Tuple[datetime.datetime, str]],
                  rated: List[datetime.datetime]) -> None:
    """An officer's answer and a bad rating belong to the driver's last words before them."""
    for at, words in answers:
        asked = _last_before(messages, at)
        if asked is not None and "officer" not in asked.reasons:
            asked.reasons.append("officer")
            asked.answer = words
    for at in rated:
        asked = _last_before(messages, at)
        if asked is not None and at - asked.at <= RATED_WITHIN:
            asked.reasons.append("rated")


def _last_before(messages: List[Logged], at: datetime.datetime) -> Optional[Logged]:
    return next((m for m in reversed(messages) if m.text and m.at <= at), None)
