"""Sends what the account says by itself: one process at a time, within the limits, each to a recipient at most once.

Template messages and mass sends carry a key under which WeChat sends once however often it is asked: what a dead
process began is asked for again. A customer-service message has no such key: what had begun is `unknown`, not repeated.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import json
import logging
import time
import uuid
from typing import Any, Optional, Sequence

from sqlalchemy.engine import Connection, Engine

from connectors.wechat import broadcasts as wechat
from connectors.wechat.client import WeChatClient
from connectors.wechat.codes import AGAIN, NO_PERMISSION, WINDOW_CLOSED, outcome_of
from connectors.wechat.drafts import add_draft
from connectors.wechat.errors import ApiError, NotSent, OutcomeUnknown, describe
from connectors.wechat.intake import CHANNEL
from connectors.wechat.mass_announcer import MassAnnouncer
from connectors.wechat.media import BadMedia
from connectors.wechat.push_worker import Circuit, backoff
from connectors.wechat.ways import HOLDING, Decision, Ways
from messages import broadcasts, job_ends, leases, notices, pushes, quotas
from messages.clock import utc_now
from messages.crash_points import pass_by
from messages.database import reading, writing
from messages.holders import new_holder
from messages.pushes import Ended, Planned

logger = logging.getLogger(__name__)

LEASE_NAME = "wechat announcer"
LEASE = 4.0  # seconds; how long a process elsewhere waits for one that died; on the same machine it sees that it died
RENEW = 1.0
LOOK = 0.25  # seconds between looks at who holds the lease, and at what was stopped
SETTLE_EVERY = 0.1
RESEND = 480.0  # seconds; WeChat knows a template's client_msg_id for 10 minutes
AT_ONCE = 24
SLICE = 0.5  # seconds' worth of sendings in a batch: a stop takes effect after it
CATCH_UP = 30.0  # seconds' worth that may be made up for after an interruption
MOST_ATTEMPTS = 8
CARD_CHARACTERS = 120  # of the words below a card's title; the rest is on its page
CONSENT_USED, DAY_USED, MASS_USED = 43101, 45009, 45028
TEMPLATE_WRONG = (40037, 47003)
ASIDE = {"park": "parked", "mass": "planned", "unknown": "unknown"}  # decision → state
SWEEP_EVERY = 15.0


class Pace:
    """How many may leave now: so many a minute, with what an interruption left unused."""

    def __init__(self, per_minute: int) -> None:
        self.rate = per_minute / 60
        self._tokens, self._at = self.rate * SLICE, time.monotonic()

    def missed(self, seconds: float) -> None:
        """Nobody sent for so long."""
        self._tokens = min(self._tokens + self.rate * seconds, self.rate * CATCH_UP)

    def take(self) -> int:
        """Sendings allowed in the next batch."""
        now = time.monotonic()
        self.missed(now - self._at)
        self._at = now
        return int(min(self._tokens, max(self.rate * SLICE * 3, 1)))

    def spend(self, count: int) -> None:
        """So many left."""
        self._tokens -= count


class Announcer:
    """Finds ways out for planned rows as long as it runs; any number of processes may run one, one of them works."""

    def __init__(self, engine: Engine, client: WeChatClient, ways: Ways, poll: float = 0.25) -> None:
        self._engine, self._client, self._ways, self._poll = engine, client, ways, poll
        self._holder, self._holding = new_holder(), False
        self._pace, self._circuit = Pace(ways.outreach.per_minute), Circuit()
        self._mass = MassAnnouncer(engine, client, ways)
        self._stopping, self._swept = asyncio.Event(), 0.0
        self._stopped: frozenset[int] = frozenset()
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begins; returns at once."""
        self._tasks = [asyncio.create_task(each) for each in (self._keep_lease(), self._work(), self._watch())]

    async def stop(self) -> None:
        """Ends after what is being sent now, and lets another process take over at once."""
        self._stopping.set()
        await asyncio.gather(*self._tasks)
        if self._holding:
            await asyncio.to_thread(self._leave)

    async def _keep_lease(self) -> None:
        while not self._stopping.is_set():
            try:
                held = await asyncio.to_thread(self._take_lease)
                if held and not self._holding:
                    await asyncio.to_thread(self._take_over)
                self._holding = held
            except Exception as error:
                self._holding = False
                logger.error("announcements wait: %s", describe(error))
            await self._nap(RENEW if self._holding else LOOK)

    def _take_lease(self) -> bool:
        with reading(self._engine) as session:
            if not self._holding and not leases.free(session, LEASE_NAME, utc_now()):
                return False
        with writing(self._engine) as session:
            ended = None if self._holding else leases.last_end(session, LEASE_NAME)
            held = leases.take(session, LEASE_NAME, self._holder, utc_now(), LEASE)
        if held and ended:
            self._pace.missed((utc_now() - ended).total_seconds() + LEASE)
        return held

    def _take_over(self) -> None:
        with writing(self._engine) as session:
            unknown = pushes.recover(session, CHANNEL, utc_now())
        if unknown:
            logger.warning("%s announcements may have arrived when a process died; they are not sent again", unknown)

    def _leave(self) -> None:
        with writing(self._engine) as session:
            leases.give_up(session, LEASE_NAME, self._holder, utc_now())

    async def _watch(self) -> None:
        """Looks whether an officer stopped something, more often than batches end."""
        while not self._stopping.is_set():
            with contextlib.suppress(Exception):  # the database is away: the others say so
                if self._holding:
                    self._stopped = await asyncio.to_thread(self._lately_stopped)
                    await self._mass.stop()
            await self._nap(LOOK)

    def _lately_stopped(self) -> frozenset[int]:
        with reading(self._engine) as session:
            return broadcasts.lately_stopped(session, utc_now())

    async def _work(self) -> None:
        while not self._stopping.is_set():
            pause = self._poll
            try:
                if self._holding and self._circuit.state != "open":
                    pause = 0.02 if await self._round() else self._poll
            except Exception as error:
                pause = 1.0
                logger.error("announcements wait: %s", describe(error))
            await self._nap(pause)

    async def _nap(self, seconds: float) -> None:
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)

    async def _round(self) -> bool:
        """One batch, and what else is to be done now and then; whether anything was there to be sent."""
        room = self._pace.take()
        taken = await asyncio.to_thread(self._claim, room) if room >= 1 else []
        if taken:
            await self._send_all(taken)
        pass_by("after announcements")
        if time.monotonic() - self._swept > (SWEEP_EVERY if taken or room < 1 else 1.0):
            self._swept = time.monotonic()
            await asyncio.to_thread(self._sweep)
        if not taken:
            await self._mass.send()
        return bool(taken) or room < 1

    def _claim(self, room: int) -> list[tuple[str, Decision]]:
        now = utc_now()
        with reading(self._engine) as session:
            if not pushes.ripe(session, CHANNEL, now, 1):
                return []
        with writing(self._engine) as session:
            rows = pushes.ripe(session, CHANNEL, now, room)
            may_mass = {each.id: each.may_mass for each in broadcasts.in_state(session, "running")}
            decisions = self._ways.decide(session, rows, now, may_mass)
            taken = self._put(session, decisions, now)
        pass_by("after announcement claim")
        return taken

    def _put(self, session: Connection, decisions: Sequence[Decision],
             now: datetime.datetime) -> list[tuple[str, Decision]]:
        """Writes the decisions down, rows of one kind together; those that leave now, with their claim."""
        claim = uuid.uuid4().hex
        alike: dict[tuple[Any, ...], list[Decision]] = {}
        for each in decisions:
            alike.setdefault((each.way, each.reason, each.allowance, each.moment), []).append(each)
        taken = []
        for (way, *_), some in alike.items():
            ids, first = [each.row.id for each in some], some[0]
            if way == "later" and first.moment:
                pushes.postpone(session, ids, first.moment, first.reason)
            elif way in ASIDE:
                pushes.put_aside(session, ids, ASIDE[way], first.reason, None if way == "park" else way)
            else:
                until = now + datetime.timedelta(seconds=RESEND)
                pushes.take(session, ids, way, first.reason, claim, until, first.allowance)
                taken += [(claim, each) for each in some]
        return taken

    async def _send_all(self, taken: Sequence[tuple[str, Decision]]) -> None:
        """Writes down what has ended while the rest is still leaving: WeChat tells soon how each of them ended."""
        self._pace.spend(len(taken))
        going = {asyncio.create_task(self._send(claim, decision)) for claim, decision in taken}
        while going:
            done, going = await asyncio.wait(going, timeout=SETTLE_EVERY)
            ended = [each for each in (task.result() for task in done) if each]
            if ended:
                await asyncio.to_thread(self._settle, ended)
                pass_by("after announcements settled")

    async def _send(self, claim: str, decision: Decision) -> Optional[Ended]:
        row = decision.row
        async with self._gate:
            try:
                if row.broadcast in self._stopped:
                    return await asyncio.to_thread(self._hold, decision)
                if decision.way not in pushes.RESENDABLE and not await asyncio.to_thread(self._begin, row, claim):
                    return None
                outside = await self._leave_by(decision)
                self._circuit.succeeded()
                pass_by("after announcement")
                return await self._said(decision, Ended(row.id, "sent", outside_id=outside or None))
            except ApiError as error:
                return await self._said(decision, await asyncio.to_thread(self._refused, decision, error))
            except NotSent as error:
                self._circuit.failed()
                return await self._said(decision, await asyncio.to_thread(self._again, decision, str(error), None))
            except OutcomeUnknown as error:
                self._circuit.failed()
                same = decision.way in pushes.RESENDABLE
                ended = (Ended(row.id, "planned", str(error), again_in=backoff(row.attempts + 1), same_way=True)
                         if same else Ended(row.id, "unknown", str(error)))
                return await self._said(decision, ended)

    async def _said(self, decision: Decision, ended: Ended) -> Optional[Ended]:
        """What can't be asked for again is written down at once, the rest with its batch."""
        if decision.way in pushes.RESENDABLE:
            return ended
        await asyncio.to_thread(self._settle, [ended])
        return None

    async def _leave_by(self, decision: Decision) -> str:
        row, outreach = decision.row, self._ways.outreach
        if decision.way == "template":
            notice = outreach.templates[row.topic]
            return await wechat.send_template(self._client, row.driver, notice.id, self._ways.fields(notice, row),
                                              row.link, f"weijing-{row.id}")
        if decision.way == "notice":
            notice = outreach.notices[row.topic]
            await wechat.send_subscribe_notice(self._client, row.driver, notice.id, self._ways.fields(notice, row),
                                               row.link)
        elif decision.way == "preview":
            await wechat.mass_preview(self._client, row.driver, await self._mass_content(row))
        else:
            await self._client.send(row.driver, shown(row))
        return ""

    async def _mass_content(self, row: Planned) -> wechat.Content:
        """As a mass send would show it: the article that it brings, or its words."""
        if row.fields.get("article"):
            article = json.loads(row.fields["article"])
            with contextlib.suppress(BadMedia):
                return wechat.mass_article(await add_draft(self._client, row.fields["title"], article["parts"],
                                                           article["pictures"], row.text))
        return wechat.mass_text(_words(row))

    def _begin(self, row: Planned, claim: str) -> bool:
        with writing(self._engine) as session:
            return pushes.begin(session, row.id, claim)

    def _settle(self, ended: Sequence[Ended]) -> None:
        with writing(self._engine) as session:
            pushes.settle(session, ended, utc_now())

    def _hold(self, decision: Decision) -> Ended:
        """An officer stopped it while it waited for its turn; what was asked for before may have arrived."""
        self._give_back(decision)
        return Ended(decision.row.id, "unknown" if decision.row.way else "withheld", "stopped by an officer")

    def _give_back(self, decision: Decision) -> None:
        driver, topic = decision.row.driver, decision.row.topic
        with writing(self._engine) as session:
            if decision.way == "custom" and decision.allowance:
                quotas.give_back(session, CHANNEL, driver, decision.allowance)
            if decision.way == "notice":
                notices.give_back(session, CHANNEL, driver, self._ways.outreach.notices[topic].id)

    def _refused(self, decision: Decision, error: ApiError) -> Ended:
        """WeChat said no: this way is closed for the driver or for now, or there is no way at all.

        A row with a way was asked for before, and may have arrived then: it takes no other.
        """
        row, way, code, now = decision.row, decision.way, error.code, utc_now()
        logger.info("announcement by %s: %s", way, error)
        if way == "custom" and code in WINDOW_CLOSED:
            with writing(self._engine) as session:
                quotas.close(session, CHANNEL, row.driver)
        elif way == "notice" and code == CONSENT_USED:
            with writing(self._engine) as session:
                notices.refuse(session, CHANNEL, row.driver, self._ways.outreach.notices[row.topic].id, now)
        elif code == DAY_USED:
            self._ways.close(way, self._ways.tomorrow(now))
        elif code in NO_PERMISSION:
            self._ways.close(way, now + HOLDING)
        elif way == "template" and code in TEMPLATE_WRONG:
            logger.error("the template for %s in station.yml doesn't fit WeChat's: %s", row.topic, error)
            self._ways.close(row.topic, now + HOLDING)
        elif outcome_of(code) == AGAIN:
            return self._again(decision, str(error), code)
        else:
            return Ended(row.id, "unknown" if row.way else "refused", str(error), code)
        return Ended(row.id, "unknown" if row.way else "planned", str(error), code)

    def _again(self, decision: Decision, reason: str, code: Optional[int]) -> Ended:
        """Surely not sent: later, by whatever way is open then."""
        row = decision.row
        if decision.way not in pushes.RESENDABLE:
            self._give_back(decision)
        if row.attempts + 1 >= MOST_ATTEMPTS:
            return Ended(row.id, "unknown" if row.way else "parked", reason, code)
        return Ended(row.id, "planned", reason, code, again_in=backoff(row.attempts + 1), same_way=bool(row.way))

    def _sweep(self) -> None:
        now = utc_now()
        with writing(self._engine) as session:
            job_ends.settle_kept(session, CHANNEL, now)
            pushes.drop_what_is_over(session, CHANNEL, now)
            broadcasts.end_finished(session, now)


def shown(row: Planned) -> dict[str, Any]:
    """A text, or what has a picture and a page as a card."""
    if not (row.fields.get("picture") and row.link):
        return {"msgtype": "text", "text": {"content": _words(row)}}
    card = {"title": row.fields.get("title", ""), "description": row.text[:CARD_CHARACTERS], "url": row.link,
            "picurl": row.fields["picture"]}
    return {"msgtype": "news", "news": {"articles": [card]}}


def _words(row: Planned) -> str:
    return f"{row.text}\n{row.link}" if row.link else row.text
