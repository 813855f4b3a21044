"""What goes out. A reply is a row first; it leaves once, as the answer to a message or as a push."""

from __future__ import annotations

import dataclasses
import datetime
import functools
import uuid
from typing import Any, Callable, Iterable, Optional, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages import quotas
from messages.replies import Choice, Reply
from messages.tables import UtcTime, inbox, outbox


@dataclasses.dataclass(frozen=True)
class Outgoing:
    """One row on its way."""

    id: int
    channel: str
    driver: str
    author: str
    state: str
    attempts: int
    allowance: Optional[str]
    reply: Reply
    message: Optional[int] = None


Choose = Callable[[Sequence[Outgoing]], Sequence[Outgoing]]
"""A channel's rule: which of the waiting rows go together into one message."""


@dataclasses.dataclass(frozen=True)
class Allowed:
    """Whether a push may leave: the allowance it used ("" for none needed), or None to park it; and why."""

    allowance: Optional[str]
    reason: str


Allow = Callable[[Connection, Sequence["Outgoing"]], Allowed]
"""A channel's rule: may these rows be pushed to their driver now? Spends the quota where they may."""


def append(session: Connection, channel: str, driver: str, replies: Iterable[Reply], now: datetime.datetime, *,
           message: Optional[int] = None, author: str = "bot", state: str = "ready") -> list[int]:
    """Writes the replies in order; `message` is the inbox row that they answer. Returns their ids."""
    return [_append(session, channel, driver, reply, now, message, author, state)
            for reply in replies if reply.speaks]


def _append(session: Connection, channel: str, driver: str, reply: Reply, now: datetime.datetime,
            message: Optional[int], author: str, state: str) -> int:
    values = {"channel": channel, "driver": driver, "inbox_id": message, "author": author, "state": state,
              "purpose": reply.purpose, "text": reply.text, "image": reply.image, "question": reply.question,
              "choices": [dataclasses.asdict(choice) for choice in reply.choices], "custom": reply.custom,
              "created_at": now, "attempts": 0, "begun": False}
    return session.execute(_new(), values).inserted_primary_key[0]


ARRIVES_WITHIN = 20.0  # seconds; WeChat tries three times, five seconds each


@functools.cache  # here and below: built more slowly than run, and run for every message
def _new() -> sa.sql.Insert:
    return sa.insert(outbox)


def claim_answer(session: Connection, message: int, choose: Choose, now: datetime.datetime) -> list[Outgoing]:
    """The rows that answer the message passively: what is left of earlier ones first, parked or not, then its own.

    A repeat gets the same rows again: that it came says that the first answer didn't arrive. Rows that `choose`
    leaves are free for a push at once. Rows of earlier messages, which the channel acknowledged and won't repeat, are
    `sending` until `arrived` is called: when no try of this message succeeds, nobody asks for them again.
    """
    # An update first: it locks the row, so that of two repeats at once the second finds what the first has taken.
    if not session.execute(_ask(), {"of_message": message, "now": now}).rowcount:
        return []
    before = _rows(session, _given(), {"of_message": message})
    return before or _take_answer(session, message, choose, now)


def _take_answer(session: Connection, message: int, choose: Choose, now: datetime.datetime) -> list[Outgoing]:
    chosen = choose(_rows(session, _unsaid(), {"of_message": message}))
    return [row for row in chosen if _take(session, row, message, now)]


def _take(session: Connection, row: Outgoing, message: int, now: datetime.datetime) -> bool:
    own = row.message == message
    end = None if own else now + datetime.timedelta(seconds=ARRIVES_WITHIN)
    return bool(session.execute(_give(), {"of_row": row.id, "to_message": message, "now": now, "end": end,
                                          "to_state": "passive" if own else "sending"}).rowcount)


@functools.cache
def _ask() -> sa.sql.Update:
    return sa.update(inbox).where(inbox.c.id == sa.bindparam("of_message")).values(
        passive_until=sa.bindparam("now", type_=UtcTime))


@functools.cache
def _given() -> sa.sql.Select:
    return sa.select(outbox).where(outbox.c.answered_with == sa.bindparam("of_message")).order_by(outbox.c.id)


@functools.cache
def _unsaid() -> sa.sql.Select:
    """What may lead or be the answer to a message, of the same driver."""
    message = sa.bindparam("of_message")
    mine = sa.and_(outbox.c.channel == inbox.c.channel, outbox.c.driver == inbox.c.driver)
    unsaid = sa.or_(outbox.c.state == "parked", sa.and_(outbox.c.state == "ready", outbox.c.inbox_id <= message))
    over = sa.and_(outbox.c.until.is_not(None), outbox.c.until <= inbox.c.passive_until)
    return (sa.select(outbox).join_from(inbox, outbox, mine).where(inbox.c.id == message, unsaid, ~over)
            .order_by(outbox.c.id))


@functools.cache
def _give() -> sa.sql.Update:
    free = sa.and_(outbox.c.id == sa.bindparam("of_row"), outbox.c.state.in_(("ready", "parked")))
    return sa.update(outbox).where(free).values(
        state=sa.bindparam("to_state"), answered_with=sa.bindparam("to_message"), begun=True,
        sent_at=sa.bindparam("now", type_=UtcTime), lease_until=sa.bindparam("end", type_=UtcTime))


def arrived(session: Connection, message: int) -> None:
    """The channel has the answer to the message, with what it said of earlier ones."""
    session.execute(_arrive(), {"of_message": message})


@functools.cache
def _arrive() -> sa.sql.Update:
    led = sa.and_(outbox.c.answered_with == sa.bindparam("of_message"), outbox.c.state.in_(("sending", "unknown")))
    return sa.update(outbox).where(led).values(state="passive", reason=None, lease_until=None)


def claim_push(session: Connection, channel: str, choose: Choose, allow: Allow, now: datetime.datetime,
               lease: float, limit: int = 20) -> list[list[Outgoing]]:
    """Groups of rows to be sent now, one group a driver, each becoming one message of the channel.

    A row waits while the answer to its message may still leave passively, and behind an earlier one of its driver.
    Claimed rows are `sending`; `begin` is called for each group right before it leaves.
    """
    groups = [_claim(session, channel, driver, choose, allow, now, lease)
              for driver in due(session, channel, now, limit)]
    return [group for group in groups if group]


def _claim(session: Connection, channel: str, driver: str, choose: Choose, allow: Allow, now: datetime.datetime,
           lease: float) -> list[Outgoing]:
    ready = _rows(session, _ready(), {"channel": channel, "driver": driver, "now": now})
    chosen = choose(ready)
    if not chosen:
        return []
    allowed = allow(session, chosen)
    if allowed.allowance is None:
        _park(session, ready, allowed.reason)
        return []
    claim = uuid.uuid4().hex
    free = sa.and_(outbox.c.id.in_([row.id for row in chosen]), outbox.c.state == "ready")
    session.execute(sa.update(outbox).where(free).values(
        state="sending", claim=claim, attempts=outbox.c.attempts + 1, allowance=allowed.allowance,
        reason=allowed.reason[:255], begun=False, lease_until=now + datetime.timedelta(seconds=lease)))
    return _rows(session, _claimed(), {"of_claim": claim})


@functools.cache
def _claimed() -> sa.sql.Select:
    return sa.select(outbox).where(outbox.c.claim == sa.bindparam("of_claim")).order_by(outbox.c.id)


@functools.cache
def _ready() -> sa.sql.Select:
    """What a driver may be pushed: not what may still leave as the answer to a message."""
    channel, driver = sa.bindparam("channel"), sa.bindparam("driver")
    answering = sa.select(inbox.c.id).where(inbox.c.channel == channel, inbox.c.driver == driver,
                                            inbox.c.passive_until > sa.bindparam("now", type_=UtcTime))
    free = outbox.c.inbox_id.is_(None) | outbox.c.inbox_id.not_in(answering)
    return sa.select(outbox).where(outbox.c.channel == channel, outbox.c.driver == driver,
                                   outbox.c.state == "ready", free).order_by(outbox.c.id)


def _park(session: Connection, rows: Sequence[Outgoing], reason: str) -> None:
    waiting = sa.and_(outbox.c.id.in_([row.id for row in rows]), outbox.c.state == "ready")
    session.execute(sa.update(outbox).where(waiting).values(
        state="parked", reason=reason[:255], choices=[]))  # what it offered is over when it is read


def due(session: Connection, channel: str, now: datetime.datetime, limit: int = 20) -> list[str]:
    """Drivers whose oldest waiting row may be pushed now."""
    return list(session.execute(_due(), {"channel": channel, "now": now, "most": limit}).scalars())


@functools.cache  # asked ten times a second, and built more slowly than answered
def _due() -> sa.sql.Select:
    earlier, now = sa.alias(outbox), sa.bindparam("now", type_=UtcTime)
    head = ~sa.exists().where(earlier.c.channel == outbox.c.channel, earlier.c.driver == outbox.c.driver,
                              earlier.c.state.in_(("ready", "sending")), earlier.c.id < outbox.c.id)
    answered = sa.or_(inbox.c.id.is_(None), inbox.c.passive_until.is_(None), inbox.c.passive_until <= now)
    ripe = sa.or_(outbox.c.not_before.is_(None), outbox.c.not_before <= now)
    return (sa.select(outbox.c.driver).select_from(outbox.outerjoin(inbox, inbox.c.id == outbox.c.inbox_id))
            .where(outbox.c.state == "ready", outbox.c.channel == sa.bindparam("channel"), head, ripe, answered)
            .order_by(outbox.c.id).limit(sa.bindparam("most", type_=sa.Integer)))


def begin(session: Connection, rows: Sequence[Outgoing], now: datetime.datetime) -> bool:
    """From here on nobody can know whether the rows arrived, should the process die. False: don't send them.

    They were taken back, because an officer took over or the claim ran out.
    """
    held = sa.and_(outbox.c.id.in_([row.id for row in rows]), outbox.c.state == "sending",
                   outbox.c.attempts == rows[0].attempts, outbox.c.lease_until >= now)
    return session.execute(sa.update(outbox).where(held).values(begun=True)).rowcount == len(rows)


def mark(session: Connection, rows: Sequence[Outgoing], state: str, now: datetime.datetime, *, reason: str = "",
         code: Optional[int] = None, again_in: Optional[float] = None) -> None:
    """Writes how the sending of the rows ended; `ready` with `again_in` seconds tries again."""
    values: dict[str, Any] = {"state": state, "reason": reason[:255] or None, "error_code": code, "lease_until": None}
    values["not_before"] = now + datetime.timedelta(seconds=again_in) if again_in is not None else None
    if state == "sent":
        values["sent_at"] = now
    session.execute(sa.update(outbox).where(outbox.c.id.in_([row.id for row in rows]), outbox.c.state == "sending")
                    .values(values))


def lost(session: Connection, now: datetime.datetime) -> bool:
    """Whether rows are there whose sender died."""
    return session.execute(_lost(), {"now": now}).first() is not None


@functools.cache
def _lost() -> sa.sql.Select:
    return sa.select(outbox.c.id).where(_gone(sa.bindparam("now", type_=UtcTime))).limit(1)


def _gone(now: Any) -> sa.sql.ColumnElement[bool]:
    """Replies, and what else an answer carried; what the account says by itself is its announcer's otherwise."""
    said = sa.or_(outbox.c.topic.is_(None), outbox.c.answered_with.is_not(None))
    return sa.and_(outbox.c.state == "sending", outbox.c.lease_until < now, said)


def give_up_lost(session: Connection, now: datetime.datetime) -> int:
    """Settles rows whose sender died; returns how many may have arrived.

    Those become `unknown` and are not sent again; what had not begun to leave is free for the next sender.
    """
    gone = _gone(now)
    for row in session.execute(sa.select(outbox.c.channel, outbox.c.driver, outbox.c.allowance)
                               .where(gone, ~outbox.c.begun).distinct()):
        if row.allowance:
            quotas.give_back(session, row.channel, row.driver, row.allowance)
    session.execute(sa.update(outbox).where(gone, ~outbox.c.begun).values(state="ready", lease_until=None))
    return session.execute(sa.update(outbox).where(gone, outbox.c.begun).values(
        state="unknown", reason="the sending process died", lease_until=None)).rowcount


def _rows(session: Connection, statement: sa.sql.Select, values: dict[str, Any]) -> list[Outgoing]:
    rows = session.execute(statement, values)
    return [Outgoing(r.id, r.channel, r.driver, r.author, r.state, r.attempts, r.allowance, _reply(r), r.inbox_id)
            for r in rows]


def _reply(row: Any) -> Reply:
    offered = tuple(Choice(**choice) for choice in row.choices)
    text = f"{row.text}\n{row.link}" if row.link else row.text  # what the account says by itself may open a page
    return Reply(text, row.image, offered, row.question, row.custom, row.purpose)
