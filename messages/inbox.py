"""What came in. A message is a row, under its key, before anyone says `success`; a repeat finds that row."""

from __future__ import annotations

import dataclasses
import datetime
import functools
import re
from typing import Any, Optional

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages import conversations, quotas
from messages.errors import BadDriver
from messages.inserts import insert_once
from messages.tables import UtcTime, inbox

DRIVER = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclasses.dataclass(frozen=True)
class Incoming:
    """One message of a driver as a channel hands it in.

    `text` is the driver's own; `payload` comes from a channel's fixed table; `tap` is the id of a choice.
    With `turn` False it is only recorded. `grants` are the allowances it opens (see `quotas`).
    """

    channel: str
    driver: str
    key: str
    kind: str
    text: Optional[str] = None
    payload: Optional[str] = None
    tap: Optional[str] = None
    details: dict[str, Any] = dataclasses.field(default_factory=dict)
    turn: bool = True
    grants: tuple[quotas.Grant, ...] = ()


@dataclasses.dataclass(frozen=True)
class Received:
    """The row of a message; `repeated` when it was there already."""

    id: int
    state: str
    repeated: bool


def receive(session: Connection, message: Incoming, now: datetime.datetime, answer_within: float) -> Received:
    """Writes the message, or finds it again; for `answer_within` seconds its answer is kept for the caller to fetch.

    Raises BadDriver for an identity that could harm others further on.
    """
    if not DRIVER.fullmatch(message.driver):
        raise BadDriver("a driver's identity is 1 to 64 of A-Z a-z 0-9 _ -")
    until = now + datetime.timedelta(seconds=answer_within)
    number = insert_once(session, inbox, {
        "channel": message.channel, "driver": message.driver, "key": message.key, "kind": message.kind,
        "text": _storable(message.text), "payload": message.payload, "tap": message.tap, "details": message.details,
        "received_at": now, "passive_until": until, "state": "waiting" if message.turn else "recorded", "attempts": 0})
    if number is None:
        return _found_again(session, message, until)
    conversations.begin(session, message.channel, message.driver, now)
    quotas.grant(session, message.channel, message.driver, message.grants, now)
    return Received(number, "waiting" if message.turn else "recorded", repeated=False)


def is_first(session: Connection, channel: str, driver: str, message: int) -> bool:
    """Whether nothing that this driver did before inbox row `message` was ours to answer, as far as we remember."""
    before = sa.select(inbox.c.id).where(inbox.c.channel == channel, inbox.c.driver == driver, inbox.c.id < message,
                                         inbox.c.state != "recorded")
    return session.execute(before.limit(1)).first() is None


def state_of(session: Connection, ids: list[int]) -> dict[int, str]:
    """Message id → state."""
    return {row.id: row.state for row in session.execute(_states(), {"ids": ids})}


@functools.cache  # asked fifty times a second
def _states() -> sa.sql.Select:
    return sa.select(inbox.c.id, inbox.c.state).where(inbox.c.id.in_(sa.bindparam("ids", expanding=True)))


def _found_again(session: Connection, message: Incoming, until: datetime.datetime) -> Received:
    same = {"of_channel": message.channel, "of_key": message.key}
    row = session.execute(_same(), same).one()
    session.execute(_ask_again(), {**same, "until": until})
    return Received(row.id, row.state, repeated=True)


def _is_same() -> sa.sql.ColumnElement[bool]:
    return sa.and_(inbox.c.channel == sa.bindparam("of_channel"), inbox.c.key == sa.bindparam("of_key"))


@functools.cache
def _same() -> sa.sql.Select:
    return sa.select(inbox.c.id, inbox.c.state).where(_is_same())


@functools.cache
def _ask_again() -> sa.sql.Update:
    return sa.update(inbox).where(_is_same()).values(passive_until=sa.bindparam("until", type_=UtcTime))


def _storable(text: Optional[str]) -> Optional[str]:
    # PostgreSQL refuses NUL; a lone surrogate ends Rasa's whole process (rasa-facts 1).
    return None if text is None else text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
