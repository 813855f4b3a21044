"""The mass sends of broadcasts: written into the book, asked for under a key, and called off when one is stopped."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import logging
from typing import Any

from sqlalchemy.engine import Engine

from connectors.wechat import broadcasts as wechat
from connectors.wechat.client import WeChatClient
from connectors.wechat.codes import AGAIN, outcome_of
from connectors.wechat.drafts import add_draft
from connectors.wechat.errors import ApiError, NotSent, OutcomeUnknown, WeChatError
from connectors.wechat.media import BadMedia
from connectors.wechat.ways import Ways
from messages import broadcasts, mass_book, pushes
from messages.broadcasts import Broadcast
from messages.clock import utc_now
from messages.crash_points import pass_by
from messages.database import reading, writing

logger = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True)
class Part:
    """One mass send to be asked for; `again` when somebody may have asked for it before."""

    key: str
    broadcast: Broadcast
    openids: tuple[str, ...]
    again: bool


class MassAnnouncer:
    """Does what the announcer asks for, who alone has the lease."""

    def __init__(self, engine: Engine, client: WeChatClient, ways: Ways) -> None:
        self._engine, self._client, self._ways = engine, client, ways
        self._drafts: dict[int, str] = {}  # broadcast → draft of its article

    async def send(self) -> None:
        """Those a dead process began, and the next ones. An error that may pass leaves them for the next time."""
        for each in await asyncio.to_thread(self._parts):
            if each.again or await asyncio.to_thread(self._still_wanted, each.key):
                await self._ask(each)

    async def stop(self) -> None:
        """Calls off at WeChat what was stopped here. Raises NotSent, OutcomeUnknown: to be done again."""
        for row in await asyncio.to_thread(self._to_delete):
            with contextlib.suppress(ApiError):
                await wechat.mass_delete(self._client, row.job)
            await asyncio.to_thread(self._deleted, row.key)

    def _parts(self) -> list[Part]:
        now = utc_now()
        with reading(self._engine) as session:
            waiting = [each for each in broadcasts.in_state(session, "running") if each.may_mass]
            if not waiting and not mass_book.begun(session):
                return []
        with writing(self._engine) as session:
            mass_book.give_up(session, now)
            keys = [(row.key, row.broadcast_id, True) for row in mass_book.unfinished(session, now)]
            keys += [(key, each.id, False) for each in waiting if (key := self._open(session, each.id))]
            return [part for part in (self._part(session, *each) for each in keys) if part]

    def _open(self, session: Any, broadcast: int) -> str | None:
        if not mass_book.waits(session, broadcast) or pushes.unsent(session, broadcast):
            return None
        now = utc_now()
        return mass_book.open_one(session, broadcast, self._ways.month(now), self._ways.outreach.mass_a_month, now)

    def _part(self, session: Any, key: str, broadcast: int, again: bool) -> Part | None:
        found = broadcasts.find(session, broadcast)
        return Part(key, found, tuple(mass_book.recipients(session, key)), again) if found else None

    def _still_wanted(self, key: str) -> bool:
        with writing(self._engine) as session:
            return mass_book.withdraw(session, key)

    async def _ask(self, part: Part) -> None:
        pass_by("before mass send")
        try:
            content = await self._content(part.broadcast)
            job = await wechat.mass_send(self._client, content, part.key, openids=part.openids)
        except ApiError as error:
            if outcome_of(error.code) != AGAIN:
                await asyncio.to_thread(self._refused, part.key, error, error.code)
            return
        except BadMedia as error:
            await asyncio.to_thread(self._refused, part.key, error, None)
            return
        except (NotSent, OutcomeUnknown) as error:  # the key makes asking again safe
            logger.warning("mass send: %s", error)
            return
        pass_by("after mass send")
        await asyncio.to_thread(self._taken, part.key, job.job)

    async def _content(self, broadcast: Broadcast) -> wechat.Content:
        """Its words and address, or its article, which has one draft however many parts are sent."""
        if not broadcast.article:
            return wechat.mass_text(broadcast.text + (f"\n{broadcast.link}" if broadcast.link else ""))
        if broadcast.id not in self._drafts:
            article = broadcast.article
            self._drafts[broadcast.id] = await add_draft(self._client, broadcast.title, article["parts"],
                                                         article["pictures"], broadcast.text)
        return wechat.mass_article(self._drafts[broadcast.id])

    def _taken(self, key: str, job: str) -> None:
        with writing(self._engine) as session:
            mass_book.taken(session, key, job, utc_now())

    def _refused(self, key: str, error: WeChatError, code: int | None) -> None:
        logger.warning("mass send refused: %s", error)
        with writing(self._engine) as session:
            mass_book.refused(session, key, str(error), code)

    def _to_delete(self) -> list[Any]:
        with reading(self._engine) as session:
            return mass_book.to_delete(session)

    def _deleted(self, key: str) -> None:
        with writing(self._engine) as session:
            mass_book.deleted(session, key)
