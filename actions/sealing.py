"""A licence number between two questions of a form: in the conversation only sealed, so that it is nowhere readable."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import List

from cryptography.fernet import Fernet, InvalidToken

from bot.personal_numbers import SEALED
from bot.settings import load_settings

_seals: List[Fernet] = []
"""Made at the first number; tests put their own in."""


def sealed(number: str) -> str:
    """The number as a slot may keep it."""
    return SEALED + _seal().encrypt(number.encode()).decode()


def unsealed(value: object) -> str | None:
    """The number of a sealed slot; None for what was not sealed here."""
    if not isinstance(value, str) or not value.startswith(SEALED):
        return None
    try:
        return _seal().decrypt(value[len(SEALED):].encode()).decode()
    except InvalidToken:
        return None


def _seal() -> Fernet:
    if not _seals:
        secret = load_settings().weijing_secret.encode()
        _seals.append(Fernet(base64.urlsafe_b64encode(hmac.new(secret, b"licence in a slot", hashlib.sha256).digest())))
    return _seals[0]
