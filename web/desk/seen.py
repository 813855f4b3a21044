"""Two officers at one form: what was seen when it was opened, so that nobody's words are overwritten unread."""

from __future__ import annotations

import hashlib

SEEN = "seen"  # the form's field, and what is wrong when somebody else was faster


def seen(*values: object) -> str:
    """What the values looked like, short enough for a form's hidden field."""
    return hashlib.sha256(repr(values).encode()).hexdigest()[:16]


def overtaken(then: str, now: str) -> bool:
    """Whether something changed since the form was opened; a form that doesn't say what it saw is believed."""
    return bool(then) and then != now
