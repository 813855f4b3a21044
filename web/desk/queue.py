"""The list every officer has on the left: who waits, whom one has, whom colleagues have."""

from __future__ import annotations

import dataclasses
from typing import Iterable, List

from messages.desk import Entry
from web.desk.officers import Officer
from web.desk.urgency import by_urgency


@dataclasses.dataclass(frozen=True)
class Lists:
    """Waiting ones by urgency; of the own ones those in front whose driver wrote last."""

    waiting: List[Entry]
    mine: List[Entry]
    others: List[Entry]


def sorted_for(officer: Officer, entries: Iterable[Entry]) -> Lists:
    """The lists as this officer sees them."""
    held = [entry for entry in entries if entry.holder == "officer"]
    mine = [entry for entry in held if entry.officer == officer.name]
    mine.sort(key=lambda entry: (not entry.waits_for_answer, entry.last_at or entry.since))
    others = [entry for entry in held if entry.officer != officer.name]
    return Lists(by_urgency(entry for entry in entries if entry.holder == "queue"), mine, others)
