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

from messages import choices, conversations, outbox
from messages.errors import FenceLost
from messages.replies import Choice, Reply
from messages.tables import UtcTime, inbox
from messages.tables import conversations as threads
from messages.tables import outbox as rows_out


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
    row = session.execute(sa.select(inbox.c.channel, inbox.c.driver).where(inbox.c.id == message)).one()
    free = sa.or_(threads.c.turn_until.is_(None), threads.c.turn_until <= now)
    taken = session.execute(sa.update(threads).where(_thread(row), free).values(
        turn_until=_after(now, lease), fence=threads.c.fence + 1))
    if not taken.rowcount:
        return None
    still = sa.and_(inbox.c.id == message, inbox.c.state == "waiting")
    if not session.execute(sa.update(inbox).where(still).values(attempts=inbox.c.attempts + 1)).rowcount:
        session.execute(sa.update(threads).where(_thread(row)).values(turn_until=None))
        return None
    turn = _read(session, message)
    if turn.attempt > 1:
        _forget_unsaid(session, message)
    return turn


def _read(session: Connection, message: int) -> Turn:
    same = sa.and_(threads.c.channel == inbox.c.channel, threads.c.driver == inbox.c.driver)
    r = session.execute(sa.select(inbox, threads.c.fence, threads.c.holder).join_from(inbox, threads, same)
                        .where(inbox.c.id == message)).one()
    return Turn(message, r.fence, r.attempts, r.holder, r.channel, r.driver, r.key, r.kind, r.text, r.payload, r.tap,
                r.details, r.received_at, r.passive_until)


def renew(session: Connection, turn: Turn, now: datetime.datetime, lease: float) -> bool:
    """Holds the turn `lease` seconds from now on; False when it was lost."""
    return bool(session.execute(sa.update(threads).where(_held(turn)).values(turn_until=_after(now, lease))).rowcount)


def say(session: Connection, turn: Turn, replies: Sequence[Reply], now: datetime.datetime) -> None:
    """Writes what a turn has to say before its end, because the driver waits. Raises FenceLost."""
    _check(session, turn)
    _speak(session, turn, replies, now)


def finish(session: Connection, turn: Turn, replies: Sequence[Reply], now: datetime.datetime,
           state: str = "done", fault: Optional[str] = None) -> None:
    """Ends the turn: its replies, what they offer and the message's state in one transaction. Raises FenceLost.

    When an officer took the conversation meanwhile, the bot's words are kept, unsaid, for the officer to read.
    """
    holder = _check(session, turn)
    _speak(session, turn, replies, now)
    session.execute(sa.update(threads).where(_held(turn)).values(turn_until=None))
    if turn.holder == "bot" and holder == "officer":
        state = "held"
    session.execute(sa.update(inbox).where(inbox.c.id == turn.message).values(
        state=state, finished_at=now, fault=fault and fault[:255]))


def offer(session: Connection, turn: Turn, replies: Sequence[Reply]) -> None:
    """Keeps what all of the turn's replies offered, for `choices.resolve`."""
    offered: list[Choice] = [choice for reply in replies for choice in reply.choices]
    choices.offer(session, turn.channel, turn.driver, offered, any(reply.question for reply in replies), turn.message)


def leaves_queue(turn: Turn) -> bool:
    """Whether the driver sent the number 0, which stands for going on with the bot."""
    return choices.number_in(turn.text or "") == 0


def put_back(session: Connection, turn: Turn, now: datetime.datetime, seconds: float, fault: str) -> None:
    """Ends a failed run; the message gets its turn again after `seconds`. Raises FenceLost."""
    _check(session, turn)
    session.execute(sa.update(threads).where(_held(turn)).values(turn_until=None))
    session.execute(sa.update(inbox).where(inbox.c.id == turn.message).values(
        not_before=_after(now, seconds), fault=fault[:255]))


def _speak(session: Connection, turn: Turn, replies: Sequence[Reply], now: datetime.datetime) -> None:
    holder = session.execute(sa.select(threads.c.holder).where(_thread(turn))).scalar()
    taken_over = turn.holder == "bot" and holder == "officer"
    fresh = _without_said(session, turn, replies)
    outbox.append(session, turn.channel, turn.driver, fresh, now, message=turn.message,
                  state="withheld" if taken_over else "ready")
    for reply in replies:
        if reply.hand_over is not None:
            reason = str(reply.hand_over.get("reason", ""))
            conversations.request_person(session, turn.channel, turn.driver, reason, now)


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
        rows_out.c.inbox_id == message, rows_out.c.state == "ready", rows_out.c.author == "bot"))


def _check(session: Connection, turn: Turn) -> str:
    # An update, not a select: it locks the row, so that no take-over slips in before the commit.
    if not session.execute(sa.update(threads).where(_held(turn)).values(fence=threads.c.fence)).rowcount:
        raise FenceLost("another process has the turn")
    return session.execute(sa.select(threads.c.holder).where(_thread(turn))).scalar_one()


def _held(turn: Turn) -> sa.sql.ColumnElement[bool]:
    return sa.and_(_thread(turn), threads.c.fence == turn.fence, threads.c.turn_until.is_not(None))


def _thread(row: Any) -> sa.sql.ColumnElement[bool]:
    return sa.and_(threads.c.channel == row.channel, threads.c.driver == row.driver)


def _after(now: datetime.datetime, seconds: float) -> datetime.datetime:
    return now + datetime.timedelta(seconds=seconds)
