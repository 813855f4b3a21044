"""Brings articles into the account's history: pictures, draft, publishing; one process at a time, each step kept."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Any

from sqlalchemy.engine import Engine

from connectors.wechat.articles import freepublish_get, freepublish_submit
from connectors.wechat.client import WeChatClient
from connectors.wechat.drafts import add_draft
from connectors.wechat.errors import ApiError, WeChatError, describe
from connectors.wechat.intake import CHANNEL
from connectors.wechat.media import BadMedia
from messages import leases, publications
from messages.clock import utc_now
from messages.database import reading, writing
from messages.holders import new_holder

logger = logging.getLogger(__name__)

LEASE_NAME, LEASE, EVERY = "wechat publisher", 60.0, 2.0


class Publisher:
    """Looks every few seconds for articles on their way."""

    def __init__(self, engine: Engine, client: WeChatClient, every: float = EVERY) -> None:
        self._engine, self._client, self._every = engine, client, every
        self._holder, self._stopping = new_holder(), asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begins; returns at once."""
        self._task = asyncio.create_task(self._work())

    async def stop(self) -> None:
        """Ends after the step of now."""
        self._stopping.set()
        if self._task:
            await self._task
        with contextlib.suppress(Exception):  # the database may be gone before us
            await asyncio.to_thread(self._leave)

    def _leave(self) -> None:
        with reading(self._engine) as session:
            if leases.last_end(session, LEASE_NAME) is None:
                return
        with writing(self._engine) as session:
            leases.give_up(session, LEASE_NAME, self._holder, utc_now())

    async def _work(self) -> None:
        while not self._stopping.is_set():
            try:
                for row in await asyncio.to_thread(self._mine):
                    await self._step(row)
            except Exception as error:
                logger.error("articles wait: %s", describe(error))
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), self._every)

    def _mine(self) -> list[Any]:
        with reading(self._engine) as session:
            rows = publications.under_way(session, CHANNEL)
        if not rows:
            return []
        with writing(self._engine) as session:
            return rows if leases.take(session, LEASE_NAME, self._holder, utc_now(), LEASE) else []

    async def _step(self, row: Any) -> None:
        try:
            values = await {"wanted": self._draft, "drafted": self._submit, "publishing": self._ask}[row.state](row)
        except (ApiError, BadMedia) as error:
            logger.warning("article %s: %s", row.article, error)
            values = {"new": "failed", "reason": str(error)[:255]}
        except WeChatError as error:  # not sent, or nobody knows: asked again
            logger.info("article %s waits: %s", row.article, error)
            return
        if values:
            await asyncio.to_thread(self._write, row, values)

    def _write(self, row: Any, values: dict[str, Any]) -> None:
        with writing(self._engine) as session:
            publications.step(session, row.id, row.state, values.pop("new"), utc_now(), **values)

    async def _draft(self, row: Any) -> dict[str, Any]:
        return {"new": "drafted", "draft": await add_draft(self._client, row.title, row.parts, row.pictures)}

    async def _submit(self, row: Any) -> dict[str, Any]:
        return {"new": "publishing", "outside_id": await freepublish_submit(self._client, row.draft)}

    async def _ask(self, row: Any) -> dict[str, Any]:
        """PUBLISHJOBFINISH may get lost; asking may not."""
        found = await freepublish_get(self._client, row.outside_id)
        if found.state == "publishing":
            return {}
        well = found.state == "published"
        return {"new": "published" if well else "failed", "urls": list(found.urls),
                "reason": None if well else found.state}
