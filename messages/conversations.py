"""Who has a conversation: the bot, the queue, or an officer. Asked before the bot is."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Optional

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.errors import NotYours
from messages.inserts import insert_missing
from messages.tables import choices, conversations, inbox, outbox
from messages.urgency import rank


@dataclasses.dataclass(frozen=True)
class Conversation:
    """One driver's thread on one channel; `since` is when the present holder got it."""

    channel: str
    driver: str
    holder: str
    officer: Optional[str]
    reason: Optional[str]
    since: datetime.datetime


def begin(session: Connection, channel: str, driver: str, now: datetime.datetime) -> None:
    """Makes sure that the conversation is there; a new one is the bot's."""
    insert_missing(session, conversations, {
        "channel": channel, "driver": driver, "holder": "bot", "since": now, "fence": 0, "question": False})


def find(session: Connection, channel: str, driver: str) -> Optional[Conversation]:
    """The conversation, or None when the driver never wrote."""
    row = session.execute(sa.select(conversations).where(_of(channel, driver))).one_or_none()
    return row and Conversation(row.channel, row.driver, row.holder, row.officer, row.reason, row.since)


def queue(session: Connection, limit: int = 200) -> list[Conversation]:
    """Who waits for an officer, longest first."""
    rows = session.execute(sa.select(conversations).where(conversations.c.holder == "queue")
                           .order_by(conversations.c.since).limit(limit))
    return [Conversation(r.channel, r.driver, r.holder, r.officer, r.reason, r.since) for r in rows]


def request_person(session: Connection, channel: str, driver: str, reason: str, now: datetime.datetime) -> bool:
    """Puts the bot's conversation into the queue; False when it is there or at an officer already."""
    return _pass(session, channel, driver, "bot", "queue", now, officer=None, reason=reason[:255])


def ahead_of(session: Connection, channel: str, driver: str, reason: str, now: datetime.datetime) -> int:
    """How many are answered before this driver, who waits or is about to: the more urgent, then the longer waiting."""
    mine = sa.select(conversations.c.since).where(_of(channel, driver), conversations.c.holder == "queue")
    since = session.execute(mine).scalar() or now
    rows = session.execute(sa.select(conversations.c.reason, conversations.c.since).where(
        conversations.c.holder == "queue", sa.not_(_of(channel, driver))))
    return sum((rank(row.reason), row.since) < (rank(reason), since) for row in rows)


def take(session: Connection, channel: str, driver: str, officer: str, now: datetime.datetime) -> bool:
    """Gives the conversation to one officer; False when a colleague was faster.

    What the bot still had to say is withheld, and a turn that runs now will say nothing.
    """
    begin(session, channel, driver, now)
    free = conversations.c.holder.in_(("bot", "queue"))
    taken = session.execute(sa.update(conversations).where(_of(channel, driver), free)
                            .values(holder="officer", officer=officer, since=now, told_at=None))
    if taken.rowcount:
        _withhold(session, channel, driver, "an officer took over")
        _forget_choices(session, channel, driver)
    return bool(taken.rowcount)


def give_back(session: Connection, channel: str, driver: str, officer: str, now: datetime.datetime) -> None:
    """Ends the officer's part; the bot goes on. Raises NotYours for another's conversation."""
    own = sa.and_(_of(channel, driver), conversations.c.holder == "officer", conversations.c.officer == officer)
    ended = session.execute(sa.update(conversations).where(own).values(
        holder="bot", officer=None, reason=None, since=now, told_at=None, question=False, offered_by=None))
    if not ended.rowcount:
        raise NotYours("this conversation is not yours")


def leave_queue(session: Connection, channel: str, driver: str, now: datetime.datetime) -> bool:
    """The driver would rather go on with the bot; False when an officer has the conversation."""
    return _pass(session, channel, driver, "queue", "bot", now, officer=None, reason=None)


def tell_once(session: Connection, channel: str, driver: str, now: datetime.datetime, every: float) -> bool:
    """Whether a waiting driver is to be told so now: at most once in `every` seconds."""
    before = now - datetime.timedelta(seconds=every)
    due = sa.or_(conversations.c.told_at.is_(None), conversations.c.told_at < before)
    return bool(session.execute(sa.update(conversations).where(_of(channel, driver), due).values(told_at=now)).rowcount)


def close(session: Connection, channel: str, driver: str, now: datetime.datetime) -> None:
    """The driver left: nothing waits, nothing goes out, the bot has the empty conversation."""
    session.execute(sa.update(conversations).where(_of(channel, driver)).values(
        holder="bot", officer=None, reason=None, since=now, told_at=None))
    waiting = sa.and_(inbox.c.channel == channel, inbox.c.driver == driver, inbox.c.state.in_(("waiting", "held")))
    session.execute(sa.update(inbox).where(waiting).values(state="recorded", finished_at=now))
    _withhold(session, channel, driver, "the driver left")
    _forget_choices(session, channel, driver)


def _pass(session: Connection, channel: str, driver: str, old: str, new: str, now: datetime.datetime,
          officer: Optional[str], reason: Optional[str]) -> bool:
    moved = session.execute(sa.update(conversations).where(_of(channel, driver), conversations.c.holder == old)
                            .values(holder=new, officer=officer, reason=reason, since=now, told_at=None))
    return bool(moved.rowcount)


def _withhold(session: Connection, channel: str, driver: str, reason: str) -> None:
    not_begun = sa.and_(outbox.c.state == "sending", ~outbox.c.begun)
    unsaid = sa.and_(outbox.c.channel == channel, outbox.c.driver == driver, outbox.c.author == "bot",
                     sa.or_(outbox.c.state.in_(("ready", "parked")), not_begun))
    session.execute(sa.update(outbox).where(unsaid).values(state="withheld", reason=reason))


def _forget_choices(session: Connection, channel: str, driver: str) -> None:
    """What the bot had offered can't be picked any more."""
    session.execute(sa.delete(choices).where(choices.c.channel == channel, choices.c.driver == driver))


def _of(channel: str, driver: str) -> sa.sql.ColumnElement[bool]:
    return sa.and_(conversations.c.channel == channel, conversations.c.driver == driver)
