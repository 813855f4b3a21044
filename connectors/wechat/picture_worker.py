"""Fetches the pictures that drivers sent, at once: WeChat keeps them for three days only."""

from __future__ import annotations

import asyncio
import contextlib
import logging

from sqlalchemy.engine import Engine

from connectors.wechat.client import WeChatClient
from connectors.wechat.errors import ApiError, TooLong, WeChatError, describe
from connectors.wechat.intake import CHANNEL
from connectors.wechat.media import BadMedia, fetch_picture
from messages import media
from messages.clock import utc_now
from messages.database import reading, writing
from messages.media import Wanted

logger = logging.getLogger(__name__)

LEASE = 30.0  # seconds; longer than any download
GONE = (40007, 40004)  # invalid media id, invalid media type


class PictureWorker:
    """Claims noted pictures and fetches them, as long as it runs. Any number of processes may run one."""

    def __init__(self, engine: Engine, client: WeChatClient, poll: float = 0.2) -> None:
        self._engine, self._client, self._poll = engine, client, poll
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begins to fetch; returns at once."""
        self._task = asyncio.create_task(self._work())

    async def stop(self) -> None:
        """Ends after what is being fetched now."""
        self._stopping.set()
        if self._task:
            await self._task

    async def _work(self) -> None:
        while not self._stopping.is_set():
            pause = self._poll
            try:
                wanted = await asyncio.to_thread(self._claim)
                await asyncio.gather(*(self._fetch(each) for each in wanted))
            except Exception as error:  # a database that is away: the pictures wait in it
                pause = 2.0
                logger.error("pictures wait: %s", describe(error))
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)

    def _claim(self) -> list[Wanted]:
        now = utc_now()
        with reading(self._engine) as session:
            if not media.any_waiting(session, CHANNEL, now):
                return []
        with writing(self._engine) as session:
            return media.claim(session, CHANNEL, now, LEASE)

    async def _fetch(self, wanted: Wanted) -> None:
        try:
            data = await fetch_picture(self._client, wanted.reference)
            path = await asyncio.to_thread(media.store, data)
        except BadMedia as error:
            await self._end(wanted, error.reason)
        except TooLong:
            await self._end(wanted, "too_big")
        except ApiError as error:
            logger.warning("picture not fetched: %s", error)
            await self._end(wanted, "gone" if error.code in GONE else None)
        except (WeChatError, OSError) as error:
            logger.warning("picture not fetched: %s", describe(error))
            await self._end(wanted, None)
        else:
            await asyncio.to_thread(self._keep, wanted, path)

    def _keep(self, wanted: Wanted, path: str) -> None:
        with writing(self._engine) as session:
            media.keep(session, wanted, path, utc_now())

    async def _end(self, wanted: Wanted, reason: str | None) -> None:
        await asyncio.to_thread(self._refuse, wanted, reason)

    def _refuse(self, wanted: Wanted, reason: str | None) -> None:
        with writing(self._engine) as session:
            if reason:
                media.refuse(session, wanted, reason, utc_now())
            else:
                media.put_off(session, wanted, utc_now())
