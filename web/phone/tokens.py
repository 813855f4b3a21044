"""Access tokens: `stable_token` and `token`, with WeChat's life, overlap and limits."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Dict, List

from web.phone.errors import ApiError

LIFE, OVERLAP = 7200, 300
FORCED_A_DAY, FORCED_APART = 20, 30


@dataclass
class Token:
    """A token and the time (seconds since the epoch) from which it is refused."""

    value: str
    ends: float


class Tokens:
    """All tokens handed out; the stable ones and the ordinary ones don't disturb each other, as at WeChat."""

    def __init__(self) -> None:
        self._stable: List[Token] = []
        self._ordinary: List[Token] = []
        self._forced: List[float] = []

    def stable(self, now: float, force: bool) -> Dict[str, object]:
        """The answer of `stable_token`: the same token until 5 minutes before its end, or a new one by force."""
        if force:
            self._count_forced(now)
            self._stable = []
        elif self._stable and self._stable[-1].ends - now > OVERLAP:
            return _answer(self._stable[-1], now)
        self._stable = [*self._stable[-1:], _new(now)]
        return _answer(self._stable[-1], now)

    def ordinary(self, now: float) -> Dict[str, object]:
        """The answer of `token`: always a new one; the one before lives 5 minutes more."""
        before = [Token(token.value, min(token.ends, now + OVERLAP)) for token in self._ordinary[-1:]]
        self._ordinary = [*before, _new(now)]
        return _answer(self._ordinary[-1], now)

    def check(self, value: str, now: float) -> None:
        """Raises ApiError 41001, 40001 or 42001 unless the token may be used now."""
        if not value:
            raise ApiError(41001)
        known = [token for token in self._stable + self._ordinary if token.value == value]
        if not known:
            raise ApiError(40001)
        if known[0].ends <= now:
            raise ApiError(42001)

    def forget(self) -> None:
        """Makes every token invalid, as a change of the secret does."""
        self._stable, self._ordinary = [], []

    def _count_forced(self, now: float) -> None:
        self._forced = [at for at in self._forced if now - at < 86400]
        if len(self._forced) >= FORCED_A_DAY:
            raise ApiError(45009)
        if self._forced and now - self._forced[-1] < FORCED_APART:
            raise ApiError(45011)
        self._forced.append(now)


def _new(now: float) -> Token:
    return Token("standin_" + secrets.token_urlsafe(48), now + LIFE)


def _answer(token: Token, now: float) -> Dict[str, object]:
    return {"access_token": token.value, "expires_in": int(token.ends - now)}
