"""Who began and ceased to follow, and through which QR code."""

from __future__ import annotations

import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.tables import follows


def record(session: Connection, channel: str, driver: str, event: str, scene: str, now: datetime.datetime) -> None:
    """Keeps one `followed`, `scanned` or `left`; `scene` is the QR code's, "" without one."""
    session.execute(sa.insert(follows).values(channel=channel, driver=driver, event=event, scene=scene[:64], at=now))


def by_scene(session: Connection, since: datetime.datetime, until: datetime.datetime) -> dict[str, int]:
    """Scene → how many began to follow through it in the span; "" is without a code."""
    span = sa.and_(follows.c.at >= since, follows.c.at < until, follows.c.event == "followed")
    rows = session.execute(sa.select(follows.c.scene, sa.func.count()).where(span).group_by(follows.c.scene))
    return {scene: count for scene, count in rows}
