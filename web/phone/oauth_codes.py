"""Codes of 网页授权 (snsapi_base): good for five minutes and once."""

from __future__ import annotations

import secrets
from typing import Dict, Tuple

from web.phone.errors import ApiError

LIFE, MOST = 300, 10_000


class OauthCodes:
    """All codes handed out, with the openid behind each."""

    def __init__(self) -> None:
        self._codes: Dict[str, Tuple[str, float]] = {}
        self._used: Dict[str, None] = {}

    def issue(self, openid: str, now: float) -> str:
        """A new code for the driver who opened the page."""
        code = secrets.token_urlsafe(24)
        self._codes[code] = (openid, now + LIFE)
        while len(self._codes) > MOST:
            del self._codes[next(iter(self._codes))]
        return code

    def redeem(self, code: str, now: float) -> str:
        """The openid. Raises ApiError 40163 for a code that was used, 40029 for one that is unknown or too old."""
        if code in self._used:
            raise ApiError(40163)
        openid, ends = self._codes.pop(code, ("", 0.0))
        if ends <= now:
            raise ApiError(40029)
        self._used[code] = None
        return openid
