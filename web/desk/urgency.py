"""Who is answered first: by what the conversation is about, then by how long the driver waits."""

from __future__ import annotations

from typing import Iterable

from messages.desk import Entry
from messages.urgency import rank


def by_urgency(entries: Iterable[Entry]) -> list[Entry]:
    """The most urgent first; among equals who waits longest."""
    return sorted(entries, key=lambda entry: (rank(entry.reason), entry.since))
