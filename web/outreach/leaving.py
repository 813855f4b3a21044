"""The records hear from the post room who left the account and who came back."""

from __future__ import annotations

import datetime
from typing import List, Sequence

from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from messages import follows
from messages.database import reading, writing
from messages.follows import Change
from traffic.subscribers import follow, gone, unfollow
from web.desk.database import records

# A greeting that is late, or a transaction that ends late, may contradict what was noted: look again for a while.
AGAIN = datetime.timedelta(minutes=10)
EVER = datetime.datetime(2000, 1, 1, tzinfo=datetime.timezone.utc)


class Leaving:
    """Looks at all follows once, for whatever happened while no process ran, then only at the latest."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self._since = engine, EVER

    def note(self, now: datetime.datetime) -> int:
        """Notes what the records don't know yet; how many drivers."""
        with reading(self._engine) as session, records(session) as traffic:
            news = _unknown(traffic, follows.latest(session, self._since))
        count = self._write() if news else 0
        self._since = now - AGAIN
        return count

    def _write(self) -> int:
        with writing(self._engine) as session, records(session) as traffic:
            news = _unknown(traffic, follows.latest(session, self._since))
            for each in news:
                _note(traffic, each)
        return len(news)


def _unknown(traffic: Session, changes: Sequence[Change]) -> List[Change]:
    """Who follows without ever having left needs no note: the greeting makes one."""
    left = gone(traffic) if changes else frozenset()
    return [each for each in changes if (each.driver in left) == each.follows]


def _note(traffic: Session, change: Change) -> None:
    if change.follows:
        follow(traffic, change.driver, scene=change.scene or None, now=change.at)
    else:
        unfollow(traffic, change.driver, now=change.at)
