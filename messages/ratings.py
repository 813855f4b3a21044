"""How a driver rated an officer's help: three taps below the officer's goodbye, read before the bot is asked."""

from __future__ import annotations

import datetime
import re
from typing import Mapping, Optional, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.inserts import insert_or_update
from messages.replies import Choice
from messages.tables import ratings as table

STARS = (3, 2, 1)
PAYLOAD = re.compile(r"/rate_officer_(\d+)_([1-3])")


def choices_for(about: int, titles: Sequence[str]) -> tuple[Choice, ...]:
    """The taps, best first; `about` is the number of what is rated."""
    return tuple(Choice(title, f"/rate_officer_{about}_{stars}", number)
                 for number, (title, stars) in enumerate(zip(titles, STARS, strict=True), start=1))


def stars_in(payload: Optional[str]) -> Optional[tuple[int, int]]:
    """(about, stars) of a tap, or None when it is something else."""
    found = PAYLOAD.fullmatch(payload or "")
    return (int(found[1]), int(found[2])) if found else None


def keep(session: Connection, channel: str, driver: str, about: int, stars: int, now: datetime.datetime) -> None:
    """Stores it; the last tap counts."""
    insert_or_update(session, table, {"channel": channel, "driver": driver, "about": about, "stars": stars, "at": now})


def of(session: Connection, channel: str, driver: str) -> Mapping[int, int]:
    """What was rated → stars, of one driver."""
    rows = session.execute(sa.select(table).where(table.c.channel == channel, table.c.driver == driver))
    return {row.about: row.stars for row in rows}
