"""What is looked for now and then, by one web process at a time: leaving, phones, broadcasts, road news …"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import datetime
import logging
import time
from typing import Callable, List

from sanic import Blueprint
from sqlalchemy.engine import Engine

from bot.settings import ROOT, Settings, Station
from messages import leases
from messages.clock import utc_now
from messages.database import open_engine, writing
from messages.errors import describe
from messages.holders import new_holder
from web.desk.sentences import Sentences
from web.outreach import filling, reminders, road_news, waiting
from web.outreach.leaving import Leaving
from web.outreach.phones import Phones

logger = logging.getLogger(__name__)

SENTENCES = ROOT / "data" / "push.yml"
LEASE_NAME, LEASE, TICK = "station speaks first", 30.0, 1.0


@dataclasses.dataclass
class Job:
    """Something done every so many seconds; it returns how much it found."""

    name: str
    every: float
    do: Callable[[datetime.datetime], int]
    last: float = -1e9


class Clockwork:
    """Runs the jobs as long as it holds the lease; each is repeatable, so that a killed one is simply done again."""

    def __init__(self, engine: Engine, sentences: Sentences, secret: str) -> None:
        self._engine, self._holder = engine, new_holder()
        leaving = Leaving(engine)
        self.jobs: List[Job] = [
            Job("comings and goings noted", 2.0, leaving.note),
            Job("officers' phones registered", 1.0, Phones(engine, sentences, secret).register),
            Job("broadcasts begun", 1.0, lambda now: filling.fill_due(engine, now)),
            Job("road news planned", 5.0, lambda now: road_news.tell_news(engine, sentences, now)),
            Job("daily road news planned", 20.0, lambda now: road_news.tell_daily(engine, sentences, now)),
            Job("who waits for a place told", 10.0, lambda now: waiting.tell_waiting(engine, sentences, now)),
            Job("reminders planned", 120.0, lambda now: reminders.remind(engine, sentences, now)),
        ]

    def tick(self) -> None:
        """Does what is due, if this process is the one; an error of one job doesn't keep the others."""
        with writing(self._engine) as session:
            if not leases.take(session, LEASE_NAME, self._holder, utc_now(), LEASE):
                return
        for job in self.jobs:
            if time.monotonic() - job.last >= job.every:
                job.last = time.monotonic()
                self._do(job)

    def _do(self, job: Job) -> None:
        try:
            count = job.do(utc_now())
        except Exception as error:
            logger.error("%s: %s", job.name, describe(error))
            return
        if count:
            logger.info("%s: %d", job.name, count)

    def leave(self) -> None:
        """Lets another process go on at once."""
        with writing(self._engine) as session:
            leases.give_up(session, LEASE_NAME, self._holder, utc_now())


def outreach_blueprint(settings: Settings, station: Station) -> Blueprint:
    """The clockwork in the web app's process; it has no pages."""
    blueprint = Blueprint("outreach")

    @blueprint.after_server_start
    async def start(app: object, _loop: object) -> None:
        blueprint.ctx.engine = open_engine(settings.database_url)
        blueprint.ctx.clockwork = Clockwork(blueprint.ctx.engine, Sentences(station, SENTENCES),
                                            settings.weijing_secret)
        blueprint.ctx.task = asyncio.create_task(_run(blueprint.ctx.clockwork))

    @blueprint.before_server_stop
    async def stop(app: object, _loop: object) -> None:
        blueprint.ctx.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await blueprint.ctx.task
        with contextlib.suppress(Exception):  # the database may be gone before us
            await asyncio.to_thread(blueprint.ctx.clockwork.leave)
        blueprint.ctx.engine.dispose()

    return blueprint


async def _run(clockwork: Clockwork) -> None:
    complained = False
    while True:
        await asyncio.sleep(TICK)
        try:
            await asyncio.to_thread(clockwork.tick)
            complained = False
        except Exception as error:  # a database that is away, or not upgraded yet: the next tick may do
            if not complained:
                logger.error("what the station says first waits for the database: %s", describe(error))
            complained = True
