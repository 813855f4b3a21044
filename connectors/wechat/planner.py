"""Which replies leave how: in the passive reply, pushed, or parked for the next one; and why."""

from __future__ import annotations

import logging
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

logger = logging.getLogger(__name__)

PASSIVE_SECONDS = 4.3  # WeChat cuts the connection after 5
FORBIDDEN_SECONDS = 3600.0


def choose_text(rows: Sequence[Outgoing]) -> list[Outgoing]:
    """The rows from the first on that make one text within the byte limit."""
    chosen: list[Outgoing] = []
    for row in rows:
        if why_apart(chosen, row):
            break
        chosen.append(row)
    return chosen


def why_apart(chosen: Sequence[Outgoing], row: Outgoing) -> str:
    """Why the row can't join the chosen ones in one text; "" when it can."""
    if row.reply.image or row.reply.custom or not (row.reply.text or row.reply.choices):
        return "it is no text"
    return f"over {MAX_BYTES} bytes" if size(joined([each.reply for each in [*chosen, row]])) > MAX_BYTES else ""


def choose_passive(rows: Sequence[Outgoing]) -> list[Outgoing]:
    """The rows that the passive reply carries: joined texts, or the one article or known picture in front."""
    alone = rows[:1] if rows and (news_of(rows[0].reply) or (rows[0].reply.image or "").startswith(MEDIA_ID)) else []
    chosen = choose_text(rows) or list(alone)
    if len(chosen) < len(rows):
        first = rows[len(chosen)]
        why = "behind a picture" if alone else why_apart(chosen, first)
        logger.info("row %s and %s more are pushed, not in the passive reply: %s", first.id,
                    len(rows) - len(chosen) - 1, why)
    return chosen


def choose_nothing(rows: Sequence[Outgoing]) -> list[Outgoing]:
    """No row: the passive reply gives the driver to WeChat's own desk, and what was said is pushed."""
    return []


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
        allowed = self._allow(session, rows)
        logger.info("rows %s are %s: %s", [row.id for row in rows],
                    "parked" if allowed.allowance is None else "pushed", allowed.reason)
        return allowed

    def _allow(self, session: Connection, rows: Sequence[Outgoing]) -> Allowed:
        if self.forbidden:
            return Allowed(None, "the account may not push")
        purpose = purpose_of(rows)
        kind = quotas.spend(session, CHANNEL, rows[0].driver, purpose, utc_now(), KEPT)
        if kind:
            return Allowed(kind, f"later than the passive reply; {kind}")
        left = quotas.standing(session, CHANNEL, rows[0].driver, utc_now())
        return Allowed(None, "the last one is kept for an officer or a result" if left else "no window is open")


def purpose_of(rows: Sequence[Outgoing]) -> str:
    """The most privileged purpose among the rows."""
    if any(row.author not in ("bot", "system") for row in rows):
        return "officer"
    return "result" if any(row.reply.purpose == "result" for row in rows) else "reply"
