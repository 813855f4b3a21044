"""Signed cookies and form tokens (CSRF) of each room of pages, from WEIJING_SECRET."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from itsdangerous import BadSignature, Signer
from sanic.request import Request


class Seals:
    """Signs what the browser keeps, and says which forms are ours."""

    def __init__(self, secret: str, room: str) -> None:
        self._signer = Signer(secret, salt=f"weijing {room}", digest_method=hashlib.sha256)
        self._key = hmac.new(secret.encode(), f"{room} forms".encode(), hashlib.sha256).digest()

    def close(self, token: str) -> str:
        """The token as a cookie."""
        return self._signer.sign(token).decode()

    def open(self, cookie: str | None) -> str | None:
        """The token of a cookie, None for one that isn't ours."""
        try:
            return self._signer.unsign(cookie).decode() if cookie else None
        except (BadSignature, UnicodeError):
            return None

    def form_token(self, token: str) -> str:
        """What every form of this session carries (CSRF)."""
        return hmac.new(self._key, token.encode(), hashlib.sha256).hexdigest()

    def fits(self, token: str, shown: str | None) -> bool:
        """Whether a form carries the session's own token."""
        return hmac.compare_digest(self.form_token(token).encode(), (shown or "").encode())

    def admits(self, token: str, request: Request) -> bool:
        """Whether a form or a call of our pages carries this session's token, and comes from our own address."""
        shown = request.headers.get("x-csrf-token") or (request.form or {}).get("csrf")
        return self.fits(token, shown) and request.headers.get("sec-fetch-site") in (None, "same-origin")


def new_token() -> str:
    """A token that nobody guesses."""
    return secrets.token_urlsafe(24)
