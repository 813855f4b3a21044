"""Whose turn it is: one message at a time per driver, in order of arrival, held by a lease with a fence.

The lease ends by itself, so that any process may take over from one that died; the fence counts the holders, so that
one that was only asleep finds out before it writes.
"""

from __future__ import annotations

import dataclasses
import datetime
import functools
from typing import Any, Optional, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.personal_numbers import covered
from messages import choices, conversations, erasure, outbox, understandings
from messages.errors import FenceLost
from messages.replies import Choice, Reply
from messages.tables import UtcTime, inbox
from messages.tables import conversations as threads
from messages.tables import outbox as rows_out
from messages.understandings import Understood


@dataclasses.dataclass(frozen=True)
class Turn:
    """One message whose turn it is. `attempt` is 1 for the first run; `holder` is who has the conversation."""

    message: int
    fence: int
    attempt: int
    holder: str
    channel: str
    driver: str
    key: str
    kind: str
    text: Optional[str]
    payload: Optional[str]
    tap: Optional[str]
    details: dict[str, Any]
    received_at: datetime.datetime
    passive_until: Optional[datetime.datetime]


def waiting(session: Connection, channels: Sequence[str], now: datetime.datetime, limit: int) -> list[int]:
    """Inbox ids whose turn could begin now, oldest first."""
    asked = {"channels": list(channels), "now": now, "most": limit}
    return list(session.execute(_waiting(), asked).scalars())


@functools.cache  # asked thirty times a second, and built more slowly than answered
def _waiting() -> sa.sql.Select:
    earlier, now = sa.alias(inbox), sa.bindparam("now", type_=UtcTime)
    first = ~sa.exists().where(earlier.c.state == "waiting", earlier.c.channel == inbox.c.channel,
                               earlier.c.driver == inbox.c.driver, earlier.c.id < inbox.c.id)
    same = sa.and_(threads.c.channel == inbox.c.channel, threads.c.driver == inbox.c.driver)
    free = sa.or_(threads.c.turn_until.is_(None), threads.c.turn_until <= now)
    ripe = sa.or_(inbox.c.not_before.is_(None), inbox.c.not_before <= now)
    channels = inbox.c.channel.in_(sa.bindparam("channels", expanding=True))
    return (sa.select(inbox.c.id).select_from(inbox.join(threads, same))
            .where(inbox.c.state == "waiting", channels, first, free, ripe)
            .order_by(inbox.c.id).limit(sa.bindparam("most", type_=sa.Integer)))


def claim(session: Connection, message: int, now: datetime.datetime, lease: float) -> Optional[Turn]:
    """Takes the turn of the inbox row for `lease` seconds; None when another process was faster."""
    row = session.execute(_turn(), {"of_message": message}).one()
    thread = {"of_channel": row.channel, "of_driver": row.driver}
    if not session.execute(_take(), {**thread, "now": now, "until": _after(now, lease)}).rowcount:
        return None
    if not session.execute(_count_attempt(), {"of_message": message}).rowcount:
        session.execute(_free(), thread)
        return None
    turn = _read(session, message)
    if turn.attempt > 1:
        _forget_unsaid(session, message)
    return turn


@functools.cache  # here and below: built more slowly than run, and run for every message
def _take() -> sa.sql.Update:
    free = sa.or_(threads.c.turn_until.is_(None), threads.c.turn_until <= sa.bindparam("now", type_=UtcTime))
    return sa.update(threads).where(_is_thread(), free).values(
        turn_until=sa.bindparam("until", type_=UtcTime), fence=threads.c.fence + 1)


@functools.cache
def _count_attempt() -> sa.sql.Update:
    still = sa.and_(_is_message(), inbox.c.state == "waiting")
    return sa.update(inbox).where(still).values(attempts=inbox.c.attempts + 1)


@functools.cache
def _free() -> sa.sql.Update:
    return sa.update(threads).where(_is_thread()).values(turn_until=None)


@functools.cache
def _turn() -> sa.sql.Select:
    same = sa.and_(threads.c.channel == inbox.c.channel, threads.c.driver == inbox.c.driver)
    return sa.select(inbox, threads.c.fence, threads.c.holder).join_from(inbox, threads, same).where(_is_message())


def _read(session: Connection, message: int) -> Turn:
    r = session.execute(_turn(), {"of_message": message}).one()
    return Turn(message, r.fence, r.attempts, r.holder, r.channel, r.driver, r.key, r.kind, r.text, r.payload, r.tap,
                r.details, r.received_at, r.passive_until)


def renew(session: Connection, turn: Turn, now: datetime.datetime, lease: float) -> bool:
    """Holds the turn `lease` seconds from now on; False when it was lost."""
    return bool(session.execute(_hold_until(), {**_held(turn), "until": _after(now, lease)}).rowcount)


@functools.cache
def _hold_until() -> sa.sql.Update:
    return sa.update(threads).where(_is_held()).values(turn_until=sa.bindparam("until", type_=UtcTime))


def say(session: Connection, turn: Turn, replies: Sequence[Reply], now: datetime.datetime) -> None:
    """Writes what a turn has to say before its end, because the driver waits. Raises FenceLost."""
    _speak(session, turn, replies, now, _check(session, turn))


def finish(session: Connection, turn: Turn, replies: Sequence[Reply], now: datetime.datetime,
           state: str = "done", fault: Optional[str] = None, understood: Optional[Understood] = None) -> None:
    """Ends the turn: its replies, what was made of the message and its state in one transaction. Raises FenceLost.

    When an officer took the conversation meanwhile, the bot's words are kept, unsaid, for the officer to read.
    """
    holder = _check(session, turn)
    _speak(session, turn, replies, now, holder)
    session.execute(_hold_until(), {**_held(turn), "until": None})
    if turn.holder == "bot" and holder == "officer":
        state = "held"
    session.execute(_end(), {"of_message": turn.message, "ends_as": state, "at": now, "why": fault and fault[:255],
                             "kept": turn.text and covered(turn.text, phones=state != "held")})
    if understood is not None:
        understandings.keep(session, turn.channel, turn.driver, turn.message, understood, now)


@functools.cache
def _end() -> sa.sql.Update:
    return sa.update(inbox).where(_is_message()).values(
        state=sa.bindparam("ends_as", type_=sa.String), finished_at=sa.bindparam("at", type_=UtcTime),
        fault=sa.bindparam("why", type_=sa.String), text=sa.bindparam("kept", type_=sa.Text))


def offer(session: Connection, turn: Turn, replies: Sequence[Reply]) -> None:
    """Keeps what all of the turn's replies offered, for `choices.resolve`."""
    offered: list[Choice] = [choice for reply in replies for choice in reply.choices]
    choices.offer(session, turn.channel, turn.driver, offered, any(reply.question for reply in replies), turn.message)


def put_back(session: Connection, turn: Turn, sentence: Reply, now: datetime.datetime, seconds: float,
             fault: str) -> None:
    """Ends a failed run with a word to the driver; the message gets its turn again after `seconds`. Raises FenceLost.

    What has not left by then is not said: the next run has more to say.
    """
    if _check(session, turn) == "bot":
        outbox.append(session, turn.channel, turn.driver, [sentence], now, message=turn.message, author="system")
    session.execute(_hold_until(), {**_held(turn), "until": None})
    session.execute(sa.update(inbox).where(inbox.c.id == turn.message).values(
        not_before=_after(now, seconds), fault=fault[:255]))


def _speak(session: Connection, turn: Turn, replies: Sequence[Reply], now: datetime.datetime, holder: str) -> None:
    taken_over = turn.holder == "bot" and holder == "officer"
    fresh = _without_said(session, turn, replies)
    outbox.append(session, turn.channel, turn.driver, fresh, now, message=turn.message,
                  state="withheld" if taken_over else "ready")
    for reply in replies:
        if reply.hand_over is not None:
            reason = str(reply.hand_over.get("reason", ""))
            conversations.request_person(session, turn.channel, turn.driver, reason, now)
        if reply.forgets:
            erasure.demand_before(session, turn.channel, turn.driver, turn.message, now)


def _without_said(session: Connection, turn: Turn, replies: Sequence[Reply]) -> list[Reply]:
    """A second run begins with what the first has already said: that isn't said again."""
    if turn.attempt == 1:
        return list(replies)
    said = session.execute(sa.select(rows_out.c.text, rows_out.c.image).where(
        rows_out.c.inbox_id == turn.message, rows_out.c.author == "bot").order_by(rows_out.c.id)).all()
    remembered = [(row.text, row.image) for row in said]
    fresh = []
    for reply in replies:
        if (reply.text, reply.image) in remembered:
            remembered.remove((reply.text, reply.image))
        else:
            fresh.append(reply)
    return fresh


def _forget_unsaid(session: Connection, message: int) -> None:
    session.execute(sa.delete(rows_out).where(
        rows_out.c.inbox_id == message, rows_out.c.state == "ready", rows_out.c.author.in_(("bot", "system"))))


def _check(session: Connection, turn: Turn) -> str:
    """Who has the conversation; raises FenceLost when this process no longer has the turn."""
    # An update, not a select: it locks the row, so that no take-over slips in before the commit.
    if not session.execute(_lock(), _held(turn)).rowcount:
        raise FenceLost("another process has the turn")
    return session.execute(_holder(), {"of_channel": turn.channel, "of_driver": turn.driver}).scalar_one()


@functools.cache
def _lock() -> sa.sql.Update:
    return sa.update(threads).where(_is_held()).values(fence=threads.c.fence)


@functools.cache
def _holder() -> sa.sql.Select:
    return sa.select(threads.c.holder).where(_is_thread())


def _held(turn: Turn) -> dict[str, Any]:
    return {"of_channel": turn.channel, "of_driver": turn.driver, "of_fence": turn.fence}


def _is_held() -> sa.sql.ColumnElement[bool]:
    return sa.and_(_is_thread(), threads.c.fence == sa.bindparam("of_fence"), threads.c.turn_until.is_not(None))


def _is_thread() -> sa.sql.ColumnElement[bool]:
    return sa.and_(threads.c.channel == sa.bindparam("of_channel"), threads.c.driver == sa.bindparam("of_driver"))


def _is_message() -> sa.sql.ColumnElement[bool]:
    return inbox.c.id == sa.bindparam("of_message")


def _after(now: datetime.datetime, seconds: float) -> datetime.datetime:
    return now + datetime.timedelta(seconds=seconds)
