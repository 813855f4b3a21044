"""Which replies leave how: in the passive reply, pushed, or parked for the next one; and why."""

from __future__ import annotations

import time
from typing import Sequence

from sqlalchemy.engine import Connection

from connectors.wechat.codes import NO_PERMISSION
from connectors.wechat.errors import ApiError, WeChatError
from connectors.wechat.intake import CHANNEL, KEPT
from connectors.wechat.outgoing import MEDIA_ID, news_of
from connectors.wechat.rendering import MAX_BYTES, joined, size
from messages import quotas
from messages.clock import utc_now
from messages.outbox import Allowed, Outgoing

PASSIVE_SECONDS = 4.3  # WeChat cuts the connection after 5
FORBIDDEN_SECONDS = 3600.0


def choose_text(rows: Sequence[Outgoing]) -> list[Outgoing]:
    """The rows from the first on that make one text within the byte limit."""
    chosen: list[Outgoing] = []
    for row in rows:
        text_only = (row.reply.text or row.reply.choices) and not row.reply.image and not row.reply.custom
        if not text_only or size(joined([each.reply for each in [*chosen, row]])) > MAX_BYTES:
            break
        chosen.append(row)
    return chosen


def choose_passive(rows: Sequence[Outgoing]) -> list[Outgoing]:
    """The rows that the passive reply carries: joined texts, or the one article or known picture in front."""
    alone = rows[:1] if rows and (news_of(rows[0].reply) or (rows[0].reply.image or "").startswith(MEDIA_ID)) else []
    return choose_text(rows) or list(alone)


def choose_push(rows: Sequence[Outgoing]) -> list[Outgoing]:
    """The rows that become one customer-service message: joined texts, or the one picture or other thing in front."""
    return choose_text(rows) or list(rows[:1])


class PushRules:
    """WeChat's rules for customer-service messages, with what was learnt about this account."""

    def __init__(self) -> None:
        self._forbidden_until = 0.0

    @property
    def forbidden(self) -> bool:
        """Whether WeChat said, in the last hour, that the account may not push: it isn't verified."""
        return time.monotonic() < self._forbidden_until

    def learn(self, error: WeChatError) -> None:
        """Remembers a 48001."""
        if isinstance(error, ApiError) and error.code in NO_PERMISSION:
            self._forbidden_until = time.monotonic() + FORBIDDEN_SECONDS

    def allow(self, session: Connection, rows: Sequence[Outgoing]) -> Allowed:
        """Spends one of the driver's messages, or says why the rows are parked."""
        if self.forbidden:
            return Allowed(None, "the account may not push")
        kind = quotas.spend(session, CHANNEL, rows[0].driver, purpose_of(rows), utc_now(), KEPT)
        return Allowed(kind, f"later than the passive reply; {kind}" if kind else "quota used up or window closed")


def purpose_of(rows: Sequence[Outgoing]) -> str:
    """The most privileged purpose among the rows."""
    if any(row.author not in ("bot", "system") for row in rows):
        return "officer"
    return "result" if any(row.reply.purpose == "result" for row in rows) else "reply"
