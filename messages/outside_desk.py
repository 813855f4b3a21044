"""A channel's own desk (WeChat's 客服) as the holder of a conversation: the bot is silent, our officers see who has it.

The holder is then `officer` with a name that begins with PREFIX, so that nobody of ours can take or lose it.
"""

from __future__ import annotations

import dataclasses
import datetime
from typing import Optional

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages import conversations
from messages.tables import conversations as threads
from messages.tables import inbox, outbox
from messages.waiting import LEAVE

PREFIX = "kf:"
NAME = 64  # characters of the column


@dataclasses.dataclass(frozen=True)
class Outside:
    """A conversation at the channel's own desk; `account` is the agent's, "" when nobody has taken it yet."""

    driver: str
    account: str
    since: datetime.datetime


def name_of(account: str) -> str:
    """What stands for the agent in the place of an officer's name."""
    return f"{PREFIX}{account}"[:NAME]


def account_of(officer: Optional[str]) -> Optional[str]:
    """The agent's account, None for an officer of ours."""
    return officer[len(PREFIX):] if officer is not None and officer.startswith(PREFIX) else None


def waiting(session: Connection, channel: str, limit: int = 20) -> list[str]:
    """Drivers who wait for a person, longest first."""
    rows = session.execute(sa.select(threads.c.driver).where(
        threads.c.channel == channel, threads.c.holder == "queue").order_by(threads.c.since).limit(limit))
    return list(rows.scalars())


def outside(session: Connection, channel: str) -> list[Outside]:
    """All conversations at the channel's own desk."""
    rows = session.execute(sa.select(threads).where(
        threads.c.channel == channel, threads.c.holder == "officer", threads.c.officer.startswith(PREFIX)))
    return [Outside(row.driver, row.officer[len(PREFIX):], row.since) for row in rows]


def pass_out(session: Connection, channel: str, driver: str, account: str, now: datetime.datetime) -> bool:
    """Gives a waiting conversation to the channel's own desk; False when it doesn't wait any more.

    What was said of the place in our queue is withheld, the bot's other words of that turn still go out.
    """
    moved = session.execute(sa.update(threads).where(_of(channel, driver), threads.c.holder == "queue").values(
        holder="officer", officer=name_of(account), since=now, told_at=None))
    if moved.rowcount:
        _withhold_place(session, channel, driver)
    return bool(moved.rowcount)


def took(session: Connection, channel: str, driver: str, account: str, now: datetime.datetime) -> None:
    """The channel says that this agent has the driver, whoever had the conversation before."""
    found = conversations.find(session, channel, driver)
    if found is not None and found.holder in ("bot", "queue"):
        conversations.take(session, channel, driver, name_of(account), now)
        return
    session.execute(sa.update(threads).where(_of(channel, driver)).values(
        holder="officer", officer=name_of(account), since=now, told_at=None))


def came_back(session: Connection, channel: str, driver: str, now: datetime.datetime) -> bool:
    """The channel's desk is done: the bot goes on. False when it hadn't the conversation."""
    ended = session.execute(sa.update(threads).where(
        _of(channel, driver), threads.c.holder == "officer", threads.c.officer.startswith(PREFIX)).values(
        holder="bot", officer=None, reason=None, since=now, told_at=None, question=False, offered_by=None))
    return bool(ended.rowcount)


def return_to_queue(session: Connection, channel: str, driver: str, now: datetime.datetime) -> bool:
    """The channel's desk never got the driver, who waits for ours again."""
    moved = session.execute(sa.update(threads).where(
        _of(channel, driver), threads.c.holder == "officer", threads.c.officer.startswith(PREFIX)).values(
        holder="queue", officer=None, since=now, told_at=None))
    return bool(moved.rowcount)


def confirmed(session: Connection, channel: str, driver: str, kind: str, since: datetime.datetime) -> bool:
    """Whether the channel has posted an event of this kind about the driver since then."""
    told = sa.select(inbox.c.id).where(inbox.c.channel == channel, inbox.c.driver == driver, inbox.c.kind == kind,
                                       inbox.c.received_at >= since).limit(1)
    return session.execute(told).first() is not None


def _withhold_place(session: Connection, channel: str, driver: str) -> None:
    rows = session.execute(sa.select(outbox.c.id, outbox.c.choices).where(
        outbox.c.channel == channel, outbox.c.driver == driver, outbox.c.state.in_(("ready", "parked")))).all()
    places = [row.id for row in rows if any(choice["payload"] == LEAVE for choice in row.choices)]
    session.execute(sa.update(outbox).where(outbox.c.id.in_(places)).values(
        state="withheld", reason="the channel's own desk has the driver"))


def _of(channel: str, driver: str) -> sa.sql.ColumnElement[bool]:
    return sa.and_(threads.c.channel == channel, threads.c.driver == driver)
