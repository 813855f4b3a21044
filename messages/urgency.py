"""Who is answered first: by what the conversation is about, then by how long the driver waits."""

from __future__ import annotations

# Reasons of a hand-over from the most urgent on; one that isn't known here stands between `fault` and `asked`.
REASONS = ("emergency", "death", "media", "officer_complaint", "angry", "fault", "", "repeated", "unsure", "asked")
URGENT = frozenset(REASONS[:5])


def rank(reason: str | None) -> int:
    """The smaller, the sooner."""
    return REASONS.index(reason) if reason in REASONS else REASONS.index("")
