"""Who wants to hear about which road, on which days, at which hour."""

from __future__ import annotations

import datetime
from typing import List, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, relationship

from traffic.database import Base, UtcDateTime, utc_now
from traffic.errors import NotYours, RoadUnknown
from traffic.roads import Road, find_road
from traffic.weekdays import EVERY_DAY, with_days, without_days


class RoadSubscription(Base):
    """A wish for news of one road (None: all), at once or daily at a clock time of the station; days as in weekdays."""

    __tablename__ = "road_subscriptions"
    __table_args__ = (sa.Index("ix_road_subscriptions_subscriber", "subscriber"),)

    id: Mapped[int] = sa.Column(sa.Integer, primary_key=True)
    subscriber: Mapped[str] = sa.Column(sa.String(64), nullable=False)
    road_id: Mapped[int | None] = sa.Column(sa.ForeignKey("roads.id"), index=True)
    daily_at: Mapped[datetime.time | None] = sa.Column(sa.Time)
    only_closures: Mapped[bool] = sa.Column(sa.Boolean, nullable=False, default=False, server_default=sa.false())
    days: Mapped[str] = sa.Column(sa.String(7), nullable=False, default=EVERY_DAY, server_default=EVERY_DAY)
    created_at: Mapped[datetime.datetime] = sa.Column(UtcDateTime, nullable=False)
    ended_at: Mapped[datetime.datetime | None] = sa.Column(UtcDateTime)
    road: Mapped[Road | None] = relationship(Road, lazy="joined")


def _running(subscriber: str, road: Road | None) -> List[sa.sql.ColumnElement]:
    which = RoadSubscription.road_id == road.id if road else RoadSubscription.road_id.is_(None)
    return [RoadSubscription.subscriber == subscriber, RoadSubscription.ended_at.is_(None), which]


def _known_road(session: Session, name: str | None) -> Road | None:
    road = find_road(session, name) if name is not None else None
    if name is not None and road is None:
        raise RoadUnknown("no road of this name")
    return road


def subscribe_road(session: Session, subscriber: str, road: str | None, *, daily_at: datetime.time | None = None,
                   only_closures: bool = False, days: str = EVERY_DAY,
                   now: datetime.datetime | None = None) -> RoadSubscription:
    """Subscribes to a road by name or alias (None: all); again changes hour, kind and days. Raises RoadUnknown."""
    known = _known_road(session, road)
    row = session.execute(sa.select(RoadSubscription).where(*_running(subscriber, known))).scalars().first()
    if row is None:
        row = RoadSubscription(subscriber=subscriber, road_id=known.id if known else None, created_at=now or utc_now())
        session.add(row)
    row.daily_at, row.only_closures, row.days = daily_at, only_closures, days
    session.flush()
    session.refresh(row)
    return row


def unsubscribe_road(session: Session, subscriber: str, road: str | None, *,
                     now: datetime.datetime | None = None) -> int:
    """Ends a road's subscription, or with None every one; how many ended. Raises RoadUnknown."""
    known = _known_road(session, road)
    which = _running(subscriber, known) if known else _running(subscriber, None)[:2]
    ended = sa.update(RoadSubscription).where(*which).values(ended_at=now or utc_now())
    return session.execute(ended, execution_options={"synchronize_session": "fetch"}).rowcount


def end_subscription(session: Session, subscriber: str, number: int, *, now: datetime.datetime | None = None) -> None:
    """Ends one subscription by its id, also the one of all roads alone. Raises NotYours, also when it ended before."""
    row = session.get(RoadSubscription, number)
    if row is None or row.subscriber != subscriber or row.ended_at is not None:
        raise NotYours("no such subscription")
    row.ended_at = now or utc_now()
    session.flush()


def road_subscriptions(session: Session, subscriber: str) -> List[RoadSubscription]:
    """What a subscriber hears about."""
    query = sa.select(RoadSubscription).where(*_running(subscriber, None)[:2]).order_by(RoadSubscription.id)
    return list(session.execute(query).scalars())


def unsubscribe_others(session: Session, subscriber: str, kept: Sequence[str | None], *,
                       now: datetime.datetime) -> List[str | None]:
    """Ends all but these roads (None: the one of all roads); names of what ended."""
    ended = [row for row in road_subscriptions(session, subscriber)
             if (row.road.name if row.road else None) not in kept]
    for row in ended:
        row.ended_at = now
    session.flush()
    return [row.road.name if row.road else None for row in ended]


def resumable(session: Session, subscriber: str, road: str | None = None) -> List[RoadSubscription]:
    """What ended last (of a road, or with None together) and isn't running, in the order in which it began."""
    over = sa.select(RoadSubscription).where(RoadSubscription.subscriber == subscriber,
                                             RoadSubscription.ended_at.is_not(None))
    rows = list(session.execute(over.order_by(RoadSubscription.ended_at.desc(), RoadSubscription.id.desc())).scalars())
    last = [row for row in rows if row.road and row.road.name == road][:1] if road else [
        row for row in rows if row.ended_at == rows[0].ended_at]
    running = {row.road_id for row in road_subscriptions(session, subscriber)}
    return [row for row in reversed(last) if row.road_id not in running]


def resume(session: Session, subscriber: str, road: str | None, *, now: datetime.datetime) -> List[RoadSubscription]:
    """Begins again what is resumable as it was; empty when nothing is."""
    return [subscribe_road(session, subscriber, row.road.name if row.road else None, daily_at=row.daily_at,
                           only_closures=row.only_closures, days=row.days, now=now)
            for row in resumable(session, subscriber, road)]


def only_closures(session: Session, subscriber: str, now: datetime.datetime) -> None:
    """From now on closures alone, of the roads that one hears about, also of those daily; who hears of none, of all."""
    rows = road_subscriptions(session, subscriber)
    for row in rows:
        row.only_closures, row.daily_at = True, None
    session.flush()
    if not rows:
        subscribe_road(session, subscriber, None, only_closures=True, now=now)


def choose_days(session: Session, subscriber: str, road: str | None, how: str, days: str,
                now: datetime.datetime) -> int:
    """Hears `only` on these days, `with` them or `without` them, of a road or of all that is subscribed (None).

    How many subscriptions changed; one that no day is left for ends.
    """
    rows = [row for row in road_subscriptions(session, subscriber)
            if road is None or (row.road and row.road.name == road)]
    for row in rows:
        left = {"only": days, "with": with_days(row.days, days), "without": without_days(row.days, days)}[how]
        if left:
            row.days = left
        else:
            row.ended_at = now
    session.flush()
    return len(rows)
