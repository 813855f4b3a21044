"""How many messages may still be sent to a driver who isn't asking right now. The channel brings its own rules."""

from __future__ import annotations

import dataclasses
import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.inserts import insert_or_update
from messages.tables import allowances


@dataclasses.dataclass(frozen=True)
class Grant:
    """What one thing a driver does allows: `count` messages within `seconds`."""

    kind: str
    count: int
    seconds: int


@dataclasses.dataclass(frozen=True)
class Standing:
    """What is left of one allowance."""

    kind: str
    left: int
    expires_at: datetime.datetime


PRIVILEGED = ("officer", "result")  # purposes that may use the last one


def grant(session: Connection, channel: str, driver: str, grants: tuple[Grant, ...], now: datetime.datetime) -> None:
    """Opens the allowances anew, as a channel does at each act of the driver."""
    for each in grants:
        insert_or_update(session, allowances, {
            "channel": channel, "driver": driver, "kind": each.kind, "opened_at": now, "left": each.count,
            "expires_at": now + datetime.timedelta(seconds=each.seconds)})


def standing(session: Connection, channel: str, driver: str, now: datetime.datetime) -> list[Standing]:
    """The open allowances, the one that ends first in front."""
    own = sa.and_(allowances.c.channel == channel, allowances.c.driver == driver, allowances.c.expires_at > now)
    rows = session.execute(sa.select(allowances).where(own, allowances.c.left > 0).order_by(allowances.c.expires_at))
    return [Standing(row.kind, row.left, row.expires_at) for row in rows]


def spend(session: Connection, channel: str, driver: str, purpose: str, now: datetime.datetime,
          kept: dict[str, int]) -> str | None:
    """Takes one message from the allowance that ends first; its kind, or None when nothing may be sent.

    `kept[kind]` messages stay for an officer or a result.
    """
    for each in standing(session, channel, driver, now):
        floor = 0 if purpose in PRIVILEGED else kept.get(each.kind, 0)
        row = _row(channel, driver, each.kind)
        taken = session.execute(sa.update(allowances).where(row, allowances.c.left > floor)
                                .values(left=allowances.c.left - 1))
        if taken.rowcount:
            return each.kind
    return None


def give_back(session: Connection, channel: str, driver: str, kind: str) -> None:
    """Returns one that was surely not used."""
    session.execute(sa.update(allowances).where(_row(channel, driver, kind)).values(left=allowances.c.left + 1))


def close(session: Connection, channel: str, driver: str) -> None:
    """Nothing may be sent any more: the channel said so, or the driver left."""
    session.execute(sa.delete(allowances).where(allowances.c.channel == channel, allowances.c.driver == driver))


def _row(channel: str, driver: str, kind: str) -> sa.sql.ColumnElement[bool]:
    return sa.and_(allowances.c.channel == channel, allowances.c.driver == driver, allowances.c.kind == kind)
