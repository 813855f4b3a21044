"""Forgetting a driver on demand: here at once, in the rooms that the post room doesn't know soon after.

A row waits for each of those rooms until it says that it has forgotten too, however often a process dies meanwhile.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import datetime
import logging
from typing import Awaitable, Callable, Optional

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from messages.clock import utc_now
from messages.database import reading, writing
from messages.errors import describe
from messages.inserts import insert_missing
from messages.tables import (
    allowances,
    choices,
    conversations,
    erasures,
    follows,
    inbox,
    job_ends,
    media,
    notice_consents,
    outbox,
    ratings,
    understandings,
)

logger = logging.getLogger(__name__)

ROOMS = ("desk", "records", "memory")  # officers' notes; bindings and the like; what Rasa remembers
LATER = datetime.timedelta(seconds=20)  # a turn that ran at that moment has ended


@dataclasses.dataclass(frozen=True)
class Erasure:
    """One driver whom one room has still to forget; `photos` are paths of pictures that the driver sent."""

    number: int
    channel: str
    driver: str
    photos: tuple[str, ...]


def erase(session: Connection, channel: str, driver: str) -> None:
    """Deletes all that the post room knows of the driver."""
    for table in (choices, allowances, follows, notice_consents, understandings, ratings, media, job_ends, outbox,
                  inbox, conversations):
        session.execute(sa.delete(table).where(table.c.channel == channel, table.c.driver == driver))


def demand(session: Connection, channel: str, driver: str, now: datetime.datetime) -> None:
    """Erases here and asks every other room to do so too."""
    own = sa.and_(media.c.channel == channel, media.c.driver == driver, media.c.path.is_not(None))
    photos = list(session.execute(sa.select(media.c.path).where(own)).scalars())
    erase(session, channel, driver)
    for room in ROOMS:
        insert_missing(session, erasures, {"channel": channel, "driver": driver, "room": room, "photos": photos,
                                           "asked_at": now})


def demand_before(session: Connection, channel: str, driver: str, message: int, now: datetime.datetime) -> None:
    """As `demand`, by the driver's own words: all before this message goes, and it is still answered.

    The records have forgotten already (a binding made right afterwards must stay), unless pictures lie there.
    """
    own = sa.and_(media.c.channel == channel, media.c.driver == driver, media.c.path.is_not(None))
    photos = list(session.execute(sa.select(media.c.path).where(own)).scalars())
    before = {inbox: inbox.c.id < message, understandings: understandings.c.inbox_id < message,
              outbox: sa.or_(outbox.c.inbox_id.is_(None), outbox.c.inbox_id < message)}
    for table in (follows, notice_consents, ratings, media, understandings, job_ends, outbox, inbox):
        own = sa.and_(table.c.channel == channel, table.c.driver == driver, before.get(table, sa.true()))
        session.execute(sa.delete(table).where(own))
    for room in ROOMS if photos else ("desk", "memory"):
        insert_missing(session, erasures, {"channel": channel, "driver": driver, "room": room, "photos": photos,
                                           "asked_at": now})


def demanded(session: Connection, room: str, now: datetime.datetime, limit: int = 20) -> list[Erasure]:
    """Drivers whom the room has still to forget, oldest first."""
    due = sa.and_(erasures.c.room == room, erasures.c.asked_at <= now - LATER)
    rows = session.execute(sa.select(erasures).where(due).order_by(erasures.c.id).limit(limit))
    return [Erasure(row.id, row.channel, row.driver, tuple(row.photos)) for row in rows]


def settle(session: Connection, erasure: Erasure) -> None:
    """The room has forgotten."""
    session.execute(sa.delete(erasures).where(erasures.c.id == erasure.number))


class Eraser:
    """Lets one room forget whom it is asked to, as long as it runs. `forget` may be called twice for a driver."""

    def __init__(self, engine: Engine, room: str, forget: Callable[[Erasure], Awaitable[None]],
                 every: float = 10.0) -> None:
        self._engine, self._room, self._forget, self._every = engine, room, forget, every
        self._stopping = asyncio.Event()
        self._task: Optional[asyncio.Task[None]] = None

    def start(self) -> None:
        """Begins; returns at once."""
        self._task = asyncio.create_task(self._work())

    async def stop(self) -> None:
        """Ends after the driver who is being forgotten now."""
        self._stopping.set()
        if self._task:
            await self._task

    async def forget_due(self) -> int:
        """Forgets whoever is due now; how many. Raises what `forget` raises."""
        due = await asyncio.to_thread(self._demanded)
        for erasure in due:
            await self._forget(erasure)
            await asyncio.to_thread(self._settle, erasure)
            logger.info("%s has forgotten a driver who asked for it", self._room)
        return len(due)

    async def _work(self) -> None:
        while not self._stopping.is_set():
            try:
                await self.forget_due()
            except Exception as error:  # the row stays: the next look tries again
                logger.error("%s could not forget a driver yet: %s", self._room, describe(error))
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), self._every)

    def _demanded(self) -> list[Erasure]:
        with reading(self._engine) as session:
            return demanded(session, self._room, utc_now())

    def _settle(self, erasure: Erasure) -> None:
        with writing(self._engine) as session:
            settle(session, erasure)
