"""Consents to subscription notices: how many a driver still agreed to, by template."""

from __future__ import annotations

import datetime
from typing import Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.inserts import insert_missing
from messages.tables import notice_consents as consents

UNLIMITED = -1  # a long-term template: one yes is for any number


def give(session: Connection, channel: str, driver: str, template: str, now: datetime.datetime, *,
         long_term: bool = False) -> None:
    """The driver agreed to one more, or with `long_term` to any number."""
    insert_missing(session, consents, {"channel": channel, "driver": driver, "template": template, "left": 0,
                                       "given": 0, "changed_at": now})
    left = UNLIMITED if long_term else consents.c.left + 1
    session.execute(sa.update(consents).where(_row(channel, driver, template)).values(
        left=sa.case((consents.c.left == UNLIMITED, UNLIMITED), else_=left), given=consents.c.given + 1,
        changed_at=now))


def refuse(session: Connection, channel: str, driver: str, template: str, now: datetime.datetime) -> None:
    """The driver agrees to none any more, or the channel said that none is left."""
    session.execute(sa.update(consents).where(_row(channel, driver, template)).values(left=0, changed_at=now))


def spend(session: Connection, channel: str, driver: str, template: str) -> bool:
    """Uses one; False when none is left."""
    row = sa.and_(_row(channel, driver, template), consents.c.left != 0)
    left = sa.case((consents.c.left == UNLIMITED, UNLIMITED), else_=consents.c.left - 1)
    return bool(session.execute(sa.update(consents).where(row).values(left=left)).rowcount)


def give_back(session: Connection, channel: str, driver: str, template: str) -> None:
    """Returns one that was surely not used."""
    row = sa.and_(_row(channel, driver, template), consents.c.left >= 0)
    session.execute(sa.update(consents).where(row).values(left=consents.c.left + 1))


def with_consent(session: Connection, channel: str, drivers: Sequence[str]) -> set[tuple[str, str]]:
    """(driver, template) of all that these drivers still agree to."""
    query = sa.select(consents.c.driver, consents.c.template).where(
        consents.c.channel == channel, consents.c.driver.in_(drivers), consents.c.left != 0)
    return {(row.driver, row.template) for row in session.execute(query)}


def _row(channel: str, driver: str, template: str) -> sa.sql.ColumnElement[bool]:
    return sa.and_(consents.c.channel == channel, consents.c.driver == driver, consents.c.template == template)
