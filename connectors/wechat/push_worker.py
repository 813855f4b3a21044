"""Sends what the passive reply could not carry: customer-service messages, each at most once."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import time
from typing import Sequence

from sqlalchemy.engine import Engine

from connectors.wechat.client import WeChatClient
from connectors.wechat.codes import AGAIN, PARKED, WINDOW_CLOSED, outcome_of
from connectors.wechat.errors import ApiError, NotSent, OutcomeUnknown, describe
from connectors.wechat.intake import CHANNEL
from connectors.wechat.outgoing import custom_message
from connectors.wechat.planner import PushRules, choose_push
from messages import choices, outbox, quotas
from messages.clock import utc_now
from messages.crash_points import pass_by
from messages.database import reading, writing
from messages.outbox import Outgoing
from messages.replies import Choice
from messages.together import Together

logger = logging.getLogger(__name__)

LEASE = 30.0  # seconds; longer than any call, so that a lease that ended means a dead process
MOST_ATTEMPTS = 8
AT_ONCE = {"closed": 20, "half open": 1, "open": 0}  # drivers, by the circuit's state


class Circuit:
    """Stops calling a service that is down: after some failures in a row it waits, longer each time.

    `state` is closed (calls go through), open (none does), or half open: its wait is over, one call tries.
    """

    def __init__(self, failures: int = 5, first: float = 2.0, longest: float = 60.0) -> None:
        self._allowed, self._first, self._longest = failures, first, longest
        self._failures, self._open_until = 0, 0.0

    @property
    def state(self) -> str:
        """closed, open or half open."""
        if self._failures < self._allowed:
            return "closed"
        return "open" if time.monotonic() < self._open_until else "half open"

    def succeeded(self) -> None:
        """The service answered."""
        if self._failures >= self._allowed:
            logger.warning("pushes go on: WeChat answers again after %s failures", self._failures)
        self._failures = 0

    def failed(self) -> None:
        """The service didn't answer; calls that were under way when it opened say nothing new."""
        if self.state == "open":
            return
        self._failures += 1
        over = self._failures - self._allowed
        if over >= 0:
            wait = min(self._first * 2 ** over, self._longest)
            self._open_until = time.monotonic() + wait
            logger.error("no pushes for %.0f s: WeChat failed %s times in a row", wait, self._failures)


def backoff(attempt: int) -> float:
    """Seconds until attempt `attempt` + 1, with jitter so that all don't come back at once."""
    return min(2.0 ** attempt, 120.0) * random.uniform(0.5, 1.0)


class PushWorker:
    """Claims rows of the outbox and sends them, as long as it runs. Any number of processes may run one."""

    def __init__(self, engine: Engine, client: WeChatClient, rules: PushRules, poll: float = 0.1,
                 lease: float = LEASE) -> None:
        self._engine, self._client, self._poll, self._lease = engine, client, poll, lease
        self._rules, self._circuit, self._together = rules, Circuit(), Together(engine, "push")
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begins to send; returns at once."""
        self._task = asyncio.create_task(self._work())

    async def stop(self) -> None:
        """Ends after what is being sent now."""
        self._stopping.set()
        if self._task:
            await self._task

    async def _work(self) -> None:
        pause = self._poll
        while not self._stopping.is_set():
            try:
                groups = await asyncio.to_thread(self._claim, AT_ONCE[self._circuit.state])
                await asyncio.gather(*(self._send(group) for group in groups))
                pause = 0.0 if groups else self._poll
            except Exception as error:
                pause = min(max(pause, self._poll) * 2, 5.0)
                logger.error("pushes wait: %s", describe(error))
            await self._nap(pause)

    async def _nap(self, seconds: float) -> None:
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)

    def _claim(self, most: int) -> list[list[Outgoing]]:
        now = utc_now()
        if not most:
            return []
        with reading(self._engine) as session:
            if not outbox.due(session, CHANNEL, now, 1) and not outbox.lost(session, now):
                return []
        pass_by("before push claim")
        with writing(self._engine) as session:
            outbox.give_up_lost(session, now)
            groups = outbox.claim_push(session, CHANNEL, choose_push, self._rules.allow, now, self._lease, most)
        pass_by("after push claim")
        return groups

    async def _send(self, rows: Sequence[Outgoing]) -> None:
        try:
            taps = await asyncio.to_thread(self._taps, rows[0].driver)
            message = await custom_message(self._client, rows, taps)
            if not await self._together.do(rows[0].driver, lambda session: outbox.begin(session, rows, utc_now())):
                return
            pass_by("after push begin")
            await self._client.send(rows[0].driver, message)
            self._circuit.succeeded()
            pass_by("after send")
            logger.info("%s replies pushed, %s", len(rows), rows[0].allowance or "no quota needed")
            await self._mark(rows, "sent")
        except ApiError as error:
            self._circuit.succeeded() if error.code != -1 else self._circuit.failed()
            await asyncio.to_thread(self._refused, rows, error)
        except NotSent as error:
            self._circuit.failed()
            await asyncio.to_thread(self._again, rows, str(error), None)
        except OutcomeUnknown as error:
            self._circuit.failed()
            await self._mark(rows, "unknown", str(error))
        pass_by("after push end")

    def _taps(self, driver: str) -> list[tuple[str, Choice]]:
        with reading(self._engine) as session:
            return choices.offered(session, CHANNEL, driver)

    def _refused(self, rows: Sequence[Outgoing], error: ApiError) -> None:
        outcome = outcome_of(error.code)
        logger.warning("push %s: %s", outcome, error)
        self._rules.learn(error)
        if outcome == AGAIN:
            self._again(rows, str(error), error.code)
            return
        with writing(self._engine) as session:
            if error.code in WINDOW_CLOSED:
                quotas.close(session, CHANNEL, rows[0].driver)
            state = "parked" if outcome == PARKED else "refused"
            outbox.mark(session, rows, state, utc_now(), reason=str(error), code=error.code)

    def _again(self, rows: Sequence[Outgoing], reason: str, code: int | None) -> None:
        attempts = max(row.attempts for row in rows)
        with writing(self._engine) as session:
            if rows[0].allowance:
                quotas.give_back(session, CHANNEL, rows[0].driver, rows[0].allowance)
            if attempts >= MOST_ATTEMPTS:
                outbox.mark(session, rows, "parked", utc_now(), reason=reason, code=code)
            else:
                outbox.mark(session, rows, "ready", utc_now(), reason=reason, code=code, again_in=backoff(attempts))

    async def _mark(self, rows: Sequence[Outgoing], state: str, reason: str = "") -> None:
        await self._together.do(rows[0].driver,
                                lambda session: outbox.mark(session, rows, state, utc_now(), reason=reason))
