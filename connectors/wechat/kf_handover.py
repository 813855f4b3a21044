"""`handoff: wechat_kf`: who wants a person is given to WeChat's own desk, if an agent is there to answer.

In the passive reply to a driver's own message by `transfer_customer_service`; after a menu key (never transfer events),
after a late turn, and when an agent comes later, by a session opened through the API. The agents are asked first: an
absent one swallows the driver. With nobody there the driver waits in our own queue.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import datetime
import logging
import time
from typing import Optional

from sqlalchemy.engine import Engine

from connectors.wechat import kf
from connectors.wechat import messages as kinds
from connectors.wechat.client import WeChatClient
from connectors.wechat.errors import ApiError, WeChatError, describe
from connectors.wechat.intake import CHANNEL
from messages import conversations, outside_desk
from messages.clock import utc_now
from messages.database import reading, writing
from messages.outside_desk import Outside

logger = logging.getLogger(__name__)

ASK_WITHIN = 0.8  # seconds of the passive reply's time
ASKED_FOR = 3.0  # seconds that an answer about the agents is believed
LOOK_EVERY = 2.0
DOUBT_AFTER = datetime.timedelta(seconds=60)
CLOCKS_DIFFER = datetime.timedelta(seconds=5)
CREATED = "event.kf_create_session"


class KfHandover:
    """Passes waiting drivers to WeChat's desk as long as it runs. Any number of processes may run one."""

    def __init__(self, engine: Engine, client: WeChatClient, every: float = LOOK_EVERY,
                 doubt_after: datetime.timedelta = DOUBT_AFTER) -> None:
        self._engine, self._client, self._every, self._doubt_after = engine, client, every, doubt_after
        self._agents: list[kf.Agent] = []
        self._asked_at = -ASKED_FOR
        self._stopping = asyncio.Event()
        self._task: Optional[asyncio.Task[None]] = None

    def start(self) -> None:
        """Begins to look for waiting drivers; returns at once."""
        self._task = asyncio.create_task(self._work())

    async def stop(self) -> None:
        """Ends after what is being passed on now."""
        self._stopping.set()
        if self._task:
            await self._task

    async def transfer(self, message: kinds.Message) -> Optional[str]:
        """The agent to whom the passive reply to this message is to transfer the driver, None for a usual reply.

        A repeat of the message gets the same agent.
        """
        if isinstance(message, (kinds.Event, kinds.Unknown)):
            return None
        found = await asyncio.to_thread(self._find, message.openid)
        before = outside_desk.account_of(found.officer) if found else None
        if found is not None and before is not None:
            written = datetime.datetime.fromtimestamp(message.created, datetime.timezone.utc)
            return before if found.since >= written - CLOCKS_DIFFER else None
        agent = await self._free_agent() if found is not None and found.holder == "queue" else None
        if agent is None or not await asyncio.to_thread(self._pass_out, message.openid, agent):
            return None
        return agent

    async def _free_agent(self) -> Optional[str]:
        """The online agent with the fewest drivers; None when nobody is there or WeChat doesn't say so in time."""
        if time.monotonic() - self._asked_at >= ASKED_FOR:
            try:
                self._agents = await asyncio.wait_for(kf.online_agents(self._client), ASK_WITHIN)
            except (WeChatError, asyncio.TimeoutError) as error:
                logger.warning("agents of WeChat's desk unknown: %s", describe(error))
                self._agents = []
            self._asked_at = time.monotonic()
        if not self._agents:
            return None
        first, *others = self._agents
        busier = dataclasses.replace(first, sessions=first.sessions + 1)  # the next one goes to a colleague
        self._agents = sorted([*others, busier], key=lambda agent: agent.sessions)
        return first.account

    async def _work(self) -> None:
        while not self._stopping.is_set():
            pause = self._every
            try:
                await self.look()
            except Exception as error:  # a database that is away: the drivers wait in it
                pause = 5.0
                logger.error("WeChat's desk waits: %s", describe(error))
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)

    async def look(self) -> None:
        """Passes on who waits, and takes back who is at the desk no longer."""
        for driver in await asyncio.to_thread(self._waiting):
            agent = await self._free_agent()
            if agent is None:
                break
            await self._open(driver, agent)
        for each in await asyncio.to_thread(self._doubtful):
            await self._check(each)

    async def _open(self, driver: str, agent: str) -> None:
        """Raises NotSent and OutcomeUnknown; one whom WeChat refuses doesn't keep the others waiting."""
        try:
            await kf.create_session(self._client, driver, agent)
        except ApiError as error:
            logger.warning("WeChat's desk didn't take a driver: %s", describe(error))
            return
        await asyncio.to_thread(self._pass_out, driver, agent)

    async def _check(self, held: Outside) -> None:
        """WeChat may have told the end while we were down, or the transfer may never have reached it."""
        try:
            there = await kf.session_of(self._client, held.driver) or held.driver in await kf.waiting(self._client)
        except WeChatError as error:
            logger.warning("session at WeChat's desk unknown: %s", describe(error))
            return
        if not there:
            await asyncio.to_thread(self._take_back, held)

    def _find(self, driver: str) -> Optional[conversations.Conversation]:
        with reading(self._engine) as session:
            return conversations.find(session, CHANNEL, driver)

    def _waiting(self) -> list[str]:
        with reading(self._engine) as session:
            return outside_desk.waiting(session, CHANNEL)

    def _doubtful(self) -> list[Outside]:
        before = utc_now() - self._doubt_after
        with reading(self._engine) as session:
            return [each for each in outside_desk.outside(session, CHANNEL) if each.since < before]

    def _pass_out(self, driver: str, agent: str) -> bool:
        with writing(self._engine) as session:
            return outside_desk.pass_out(session, CHANNEL, driver, agent, utc_now())

    def _take_back(self, held: Outside) -> None:
        with writing(self._engine) as session:
            began = held.since - DOUBT_AFTER
            if outside_desk.confirmed(session, CHANNEL, held.driver, CREATED, began):
                outside_desk.came_back(session, CHANNEL, held.driver, utc_now())
            else:
                outside_desk.return_to_queue(session, CHANNEL, held.driver, utc_now())
