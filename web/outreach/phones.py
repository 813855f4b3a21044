"""An officer's phone that wrote its word is registered within a second or two, and hears so."""

from __future__ import annotations

import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from messages import pushes
from messages.database import reading, writing
from messages.pushes import Push
from messages.tables import inbox, outbox
from web.desk import phones
from web.desk.deeds import record
from web.desk.phones import Shown
from web.desk.sentences import Sentences

TOPIC = "preview"  # goes out at any hour
FIRST_LOOK = 50_000  # rows of the inbox looked through when a process begins
LATE = 200  # a transaction that ends late has a lower number


class Phones:
    """Looks at what came since the last look."""

    def __init__(self, engine: Engine, sentences: Sentences, secret: str) -> None:
        self._engine, self._sentences, self._secret = engine, sentences, secret
        self._behind: int | None = None

    def register(self, now: datetime.datetime) -> int:
        """Deals with each word that nobody dealt with yet; how many were answered."""
        with reading(self._engine) as session:
            newest = session.execute(sa.select(sa.func.max(inbox.c.id))).scalar() or 0
            after = newest - FIRST_LOOK if self._behind is None else self._behind
            words = _unanswered(session, phones.shown(session, after, now, self._secret))
        count = 0
        for word in words:
            with writing(self._engine) as session:
                count += _deal_with(session, self._sentences, word, now)
        self._behind = newest - LATE
        return count


def _unanswered(session: Connection, words: list[Shown]) -> list[Shown]:
    keys = sa.select(outbox.c.key).where(outbox.c.key.in_([_key(word) for word in words]))
    said = set(session.execute(keys).scalars()) if words else set()
    return [word for word in words if _key(word) not in said]


def _key(word: Shown) -> str:
    return f"phone:{word.message}"


def _deal_with(session: Connection, sentences: Sentences, word: Shown, now: datetime.datetime) -> bool:
    """Answers each message once: the row in the outbox is the note that it was dealt with."""
    said = (sentences.say("phone_registered", officer=word.officer) if word.officer
            else sentences.say("phone_unknown"))
    if pushes.plan(session, word.channel, word.driver, Push(_key(word), TOPIC, said), now) is None:
        return False
    if word.officer:
        phones.register(session, word, now)
        record(session, word.officer, "phone_registered", "phone", now=now)
    return True
