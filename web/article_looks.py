"""Addresses under which officers look at an article on a phone before it is published: a word that nobody guesses."""

from __future__ import annotations

import datetime
import hashlib
import hmac

DAYS = 2  # an address holds on over midnight


def look_word(secret: str, number: int, day: datetime.date) -> str:
    """The word of this article and day."""
    return hmac.new(secret.encode(), f"article {number} {day.isoformat()}".encode(), hashlib.sha256).hexdigest()[:24]


def may_look(secret: str, number: int, word: str, today: datetime.date) -> bool:
    """Whether it is the word of today or yesterday."""
    days = (today - datetime.timedelta(days=ago) for ago in range(DAYS))
    return any(hmac.compare_digest(look_word(secret, number, day).encode(), word.encode()) for day in days)
