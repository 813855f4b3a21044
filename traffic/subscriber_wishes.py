"""What a subscriber wants to hear and when: reminders switched off, quiet hours, what sort of driver (tags)."""

from __future__ import annotations

import datetime
from typing import List, Set, Tuple

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session

from traffic.database import Base, UtcDateTime, utc_now

REMINDERS = ("appointment", "inspection", "license", "violation", "points", "ticket", "case")
TAGS = ("motorcycle", "lorry", "town", "ebike")


class ReminderSwitch(Base):
    """A kind of reminder that a subscriber switched off."""

    __tablename__ = "reminder_switches"

    subscriber: Mapped[str] = sa.Column(sa.String(64), primary_key=True)
    kind: Mapped[str] = sa.Column(sa.String(16), primary_key=True)
    off_at: Mapped[datetime.datetime] = sa.Column(UtcDateTime, nullable=False)


class QuietHours(Base):
    """Clock times of the station between which a subscriber wants no news; `begins` after `ends` spans midnight."""

    __tablename__ = "quiet_hours"

    subscriber: Mapped[str] = sa.Column(sa.String(64), primary_key=True)
    begins: Mapped[datetime.time] = sa.Column(sa.Time, nullable=False)
    ends: Mapped[datetime.time] = sa.Column(sa.Time, nullable=False)


class SubscriberTag(Base):
    """What sort of driver a subscriber says they are: one of TAGS."""

    __tablename__ = "subscriber_tags"
    __table_args__ = (sa.Index("ix_subscriber_tags_tag", "tag"),)

    subscriber: Mapped[str] = sa.Column(sa.String(64), primary_key=True)
    tag: Mapped[str] = sa.Column(sa.String(16), primary_key=True)
    given_at: Mapped[datetime.datetime] = sa.Column(UtcDateTime, nullable=False)


def switch_reminder(session: Session, subscriber: str, kind: str, on: bool, *,
                    now: datetime.datetime | None = None) -> None:
    """Switches one kind of reminder, or `all` of them; again changes nothing."""
    for each in REMINDERS if kind == "all" else (kind,):
        row = session.get(ReminderSwitch, (subscriber, each))
        if on and row:
            session.delete(row)
        elif not on and not row:
            session.add(ReminderSwitch(subscriber=subscriber, kind=each, off_at=now or utc_now()))
    session.flush()


def reminders_off(session: Session, subscriber: str) -> Set[str]:
    """Kinds that the subscriber switched off."""
    return set(session.execute(sa.select(ReminderSwitch.kind).where(ReminderSwitch.subscriber == subscriber)).scalars())


def set_quiet_hours(session: Session, subscriber: str, hours: Tuple[datetime.time, datetime.time] | None) -> None:
    """Sets them, or with None forgets them."""
    row = session.get(QuietHours, subscriber)
    if hours is None or hours[0] == hours[1]:
        if row:
            session.delete(row)
    else:
        row = row or QuietHours(subscriber=subscriber)
        row.begins, row.ends = hours
        session.add(row)
    session.flush()


def quiet_hours(session: Session, subscriber: str) -> Tuple[datetime.time, datetime.time] | None:
    """The subscriber's own quiet hours."""
    row = session.get(QuietHours, subscriber)
    return (row.begins, row.ends) if row else None


def set_tag(session: Session, subscriber: str, tag: str, on: bool = True, *,
            now: datetime.datetime | None = None) -> None:
    """Puts a subscriber among drivers of a sort, or takes them out; again changes nothing."""
    row = session.get(SubscriberTag, (subscriber, tag))
    if on and not row:
        session.add(SubscriberTag(subscriber=subscriber, tag=tag, given_at=now or utc_now()))
    elif not on and row:
        session.delete(row)
    session.flush()


def tags_of(session: Session, subscriber: str) -> List[str]:
    """A subscriber's tags in the order of TAGS."""
    query = sa.select(SubscriberTag.tag).where(SubscriberTag.subscriber == subscriber)
    return sorted(session.execute(query).scalars(), key=TAGS.index)


def is_quiet(clock: datetime.time, hours: Tuple[datetime.time, datetime.time]) -> bool:
    """Whether a clock time falls into these hours."""
    begins, ends = hours
    return begins <= clock < ends if begins < ends else clock >= begins or clock < ends


def quiet_until(moment: datetime.datetime, hours: Tuple[datetime.time, datetime.time] | None) -> datetime.datetime:
    """When one may speak: `moment` (in the station's zone) itself, or the end of the quiet hours that it falls into."""
    if hours is None:
        return moment
    ends = hours[1]
    if not is_quiet(moment.timetz().replace(tzinfo=None), hours):
        return moment
    end = moment.replace(hour=ends.hour, minute=ends.minute, second=0, microsecond=0)
    return end if end > moment else end + datetime.timedelta(days=1)
