"""How many customer-service messages an account may still send to one driver (rules of June 2023)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import List

from web.phone.errors import ApiError

MESSAGE_COUNT, MESSAGE_SECONDS = 5, 48 * 3600
EVENT_COUNT, EVENT_SECONDS = 3, 60


@dataclass(slots=True)
class Grant:
    """`left` messages until `ends` (seconds since the epoch)."""

    left: int = 0
    ends: float = 0.0


@dataclass(slots=True)
class Allowance:
    """One driver's grants: 5 in 48 h after a message; 3 in a minute after a click, follow or scan."""

    message: Grant = field(default_factory=Grant)
    event: Grant = field(default_factory=Grant)

    def wrote(self, now: float) -> None:
        """The driver sent a message."""
        self.message = Grant(MESSAGE_COUNT, now + MESSAGE_SECONDS)

    def acted(self, now: float) -> None:
        """The driver clicked the menu, tapped a choice, followed or scanned."""
        self.event = Grant(EVENT_COUNT, now + EVENT_SECONDS)

    def spend(self, now: float) -> None:
        """Counts one message. Raises ApiError 45015 when no window is open, 45047 when the open ones are used up."""
        opened = self._open(now)
        if not opened:
            raise ApiError(45015)
        usable = [grant for grant in opened if grant.left]
        if not usable:
            raise ApiError(45047)
        min(usable, key=lambda grant: grant.ends).left -= 1

    def left(self, now: float) -> int:
        """Messages that would still be taken now."""
        return sum(grant.left for grant in self._open(now))

    def _open(self, now: float) -> List[Grant]:
        return [grant for grant in (self.event, self.message) if now < grant.ends]
