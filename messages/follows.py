"""Who began and ceased to follow, and through which QR code."""

from __future__ import annotations

import dataclasses
import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.tables import follows


@dataclasses.dataclass(frozen=True)
class Counts:
    """How many followed through one QR code, scanned it though they followed already, and left after following so."""

    followed: int
    scanned: int
    left: int


@dataclasses.dataclass(frozen=True)
class Change:
    """That a driver follows, or follows no more, since then."""

    driver: str
    follows: bool
    scene: str
    at: datetime.datetime


def record(session: Connection, channel: str, driver: str, event: str, scene: str, now: datetime.datetime) -> None:
    """Keeps one `followed`, `scanned` or `left`; `scene` is the QR code's, "" without one."""
    session.execute(sa.insert(follows).values(channel=channel, driver=driver, event=event, scene=scene[:64], at=now))


def counts(session: Connection, since: datetime.datetime, until: datetime.datetime) -> dict[str, Counts]:
    """Scene → counts of the span; "" is without a code. Who left counts where the last follow came from."""
    rows = session.execute(sa.select(follows.c.scene, follows.c.event, sa.func.count()).where(
        _within(since, until), follows.c.event != "left").group_by(follows.c.scene, follows.c.event))
    came = {(scene, event): count for scene, event, count in rows}
    gone = {scene: count for scene, count in session.execute(_left_by_scene(since, until))}
    scenes = sorted({scene for scene, _ in came} | set(gone))
    return {scene: Counts(came.get((scene, "followed"), 0), came.get((scene, "scanned"), 0), gone.get(scene, 0))
            for scene in scenes}


def latest(session: Connection, since: datetime.datetime) -> list[Change]:
    """What each driver did last, of those who did anything since then."""
    last = sa.select(sa.func.max(follows.c.id)).where(follows.c.at >= since).group_by(follows.c.channel,
                                                                                     follows.c.driver)
    rows = session.execute(sa.select(follows).where(follows.c.id.in_(last)).order_by(follows.c.id))
    return [Change(row.driver, row.event != "left", row.scene, row.at) for row in rows]


def _left_by_scene(since: datetime.datetime, until: datetime.datetime) -> sa.sql.Select:
    before = sa.alias(follows)
    last = (sa.select(before.c.scene).where(
        before.c.channel == follows.c.channel, before.c.driver == follows.c.driver, before.c.event == "followed",
        before.c.id < follows.c.id).order_by(before.c.id.desc()).limit(1).correlate(follows).scalar_subquery())
    left = (sa.select(sa.func.coalesce(last, "").label("scene"))
            .where(_within(since, until), follows.c.event == "left").subquery())
    return sa.select(left.c.scene, sa.func.count()).group_by(left.c.scene)


def _within(since: datetime.datetime, until: datetime.datetime) -> sa.sql.ColumnElement[bool]:
    return sa.and_(follows.c.at >= since, follows.c.at < until)
