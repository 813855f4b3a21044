"""How often a call may be made in a day and in a minute (接口调用频次限制)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Optional, Tuple

from web.phone.errors import ApiError

DAY, MINUTE = 86_400, 60


@dataclass
class Limit:
    """At most `day` calls a day and `minute` calls a minute; None is no limit."""

    day: Optional[int] = None
    minute: Optional[int] = None


# What a verified service account with many followers has.
USUAL: Dict[str, Limit] = {
    "message/custom/send": Limit(day=500_000), "message/template/send": Limit(day=100_000),
    "message/subscribe/bizsend": Limit(day=100_000), "message/mass/sendall": Limit(day=100, minute=60),
    "message/mass/send": Limit(day=100, minute=60), "message/mass/preview": Limit(day=100),
    "freepublish/submit": Limit(day=100), "menu/create": Limit(day=1_000), "qrcode/create": Limit(day=100_000),
}


class Limits:
    """Counts calls that were carried out, by path below /cgi-bin. Minutes and days begin with the clock's."""

    def __init__(self) -> None:
        self._limits = {path: Limit(limit.day, limit.minute) for path, limit in USUAL.items()}
        self._used: Dict[Tuple[str, int], Tuple[int, int]] = {}

    def set(self, path: str, day: Optional[int], minute: Optional[int]) -> None:
        """Changes one path's limits, for tests."""
        self._limits[path] = Limit(day, minute)

    def check(self, path: str, now: float) -> None:
        """Raises ApiError 45009 when the day's calls are used up, 45011 when the minute's are."""
        limit = self._limits.get(path)
        if limit is None:
            return
        if limit.day is not None and self._count(path, DAY, now) >= limit.day:
            raise ApiError(45009)
        if limit.minute is not None and self._count(path, MINUTE, now) >= limit.minute:
            raise ApiError(45011)

    def count(self, path: str, now: float) -> None:
        """One more call was carried out."""
        if path in self._limits:
            for span in (DAY, MINUTE):
                self._used[path, span] = (int(now // span), self._count(path, span, now) + 1)

    def quota(self, path: str, now: float) -> Dict[str, int]:
        """What `openapi/quota/get` tells of a path."""
        day = self._limits.get(path, Limit()).day or 0
        used = self._count(path, DAY, now)
        return {"daily_limit": day, "used": used, "remain": max(day - used, 0)}

    def _count(self, path: str, span: int, now: float) -> int:
        began, used = self._used.get((path, span), (0, 0))
        return used if began == int(now // span) else 0
