"""Bulletins as officers make them: published, changed, prolonged, ended early; each change has its number."""

from __future__ import annotations

import dataclasses
import datetime
from typing import List

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session

from traffic.database import Base, UtcDateTime
from traffic.errors import BulletinError
from traffic.recurring import are_hours, kept, spans_of
from traffic.road_conditions import KINDS, BulletinRow
from traffic.roads import find_place, find_road
from traffic.weekdays import EVERY_DAY, are_days

LONGEST_DAYS = 366
LONGEST_CAUSE = 100
TWICE = datetime.timedelta(minutes=1)
FACTS = ("road_id", "from_place_id", "to_place_id", "direction", "one_way", "kind", "cause", "starts_at", "ends_at",
         "detour", "days", "hours")


class BulletinOrigin(Base):
    """Who published a bulletin in which sentence; `revision` grows with every change that drivers should hear of."""

    __tablename__ = "bulletin_origins"

    bulletin_id: Mapped[int] = sa.Column(sa.ForeignKey("bulletins.id"), primary_key=True)
    officer: Mapped[str] = sa.Column(sa.String(32), nullable=False)
    sentence: Mapped[str] = sa.Column(sa.String(500), nullable=False)
    published_at: Mapped[datetime.datetime] = sa.Column(UtcDateTime, nullable=False)
    changed_at: Mapped[datetime.datetime] = sa.Column(UtcDateTime, nullable=False)
    revision: Mapped[int] = sa.Column(sa.Integer, nullable=False, default=1)
    ended_early: Mapped[bool] = sa.Column(sa.Boolean, nullable=False, default=False, server_default=sa.false())


@dataclasses.dataclass(frozen=True)
class Draft:
    """What an officer confirmed: names of the records, aware moments, days and hours that recur as they were typed."""

    road: str
    from_place: str | None
    to_place: str | None
    direction: str | None
    kind: str
    cause: str
    starts: datetime.datetime
    ends: datetime.datetime | None
    detour: str | None
    days: str = EVERY_DAY
    hours: str = ""


def publish(session: Session, draft: Draft, officer: str, sentence: str, now: datetime.datetime) -> BulletinRow:
    """A new bulletin. Raises BulletinError with the field that is wrong."""
    row = as_row(session, draft)
    if draft.ends and draft.ends <= now:
        raise BulletinError("ends")
    same = _just_published(session, row, officer, now)
    if same:
        return same
    session.add(row)
    session.flush()
    session.add(BulletinOrigin(bulletin_id=row.id, officer=officer, sentence=sentence[:500], published_at=now,
                               changed_at=now, revision=1))
    session.flush()
    return row


def _just_published(session: Session, row: BulletinRow, officer: str, now: datetime.datetime) -> BulletinRow | None:
    """The bulletin that the officer published a moment ago with the same facts: the button was pressed twice."""
    alike = [getattr(BulletinRow, name) == getattr(row, name) for name in FACTS]
    query = (sa.select(BulletinRow).join(BulletinOrigin, BulletinOrigin.bulletin_id == BulletinRow.id)
             .where(*alike, BulletinOrigin.officer == officer, BulletinOrigin.published_at > now - TWICE))
    return session.execute(query).scalars().first()


def change(session: Session, number: int, draft: Draft, officer: str, now: datetime.datetime) -> BulletinRow:
    """Other facts for a bulletin. Raises BulletinError."""
    row, new = bulletin_row(session, number), as_row(session, draft)
    for name in FACTS:
        setattr(row, name, getattr(new, name))
    _changed(session, row, officer, now)
    return row


def prolong(session: Session, number: int, until: datetime.datetime | None, officer: str,
            now: datetime.datetime) -> BulletinRow:
    """Lets a bulletin last until another moment (None: until further notice). Raises BulletinError."""
    row = bulletin_row(session, number)
    if until and until <= max(now, row.starts_at):
        raise BulletinError("ends")
    row.ends_at = until
    _changed(session, row, officer, now)
    return row


def end_early(session: Session, number: int, officer: str, now: datetime.datetime) -> BulletinRow:
    """The road is free again: the bulletin ends now. Raises BulletinError."""
    row = bulletin_row(session, number)
    if row.ends_at is None or row.ends_at > now:
        row.ends_at, row.starts_at = now, min(row.starts_at, now)
        _changed(session, row, officer, now).ended_early = True
        session.flush()
    return row


def bulletin_row(session: Session, number: int) -> BulletinRow:
    """A bulletin by number. Raises BulletinError."""
    row = session.get(BulletinRow, number)
    if row is None:
        raise BulletinError("unknown")
    return row


def origin_of(session: Session, number: int) -> BulletinOrigin | None:
    """Who published it; None when it was imported and never changed here."""
    return session.get(BulletinOrigin, number)


def listed(session: Session, now: datetime.datetime, limit: int = 200) -> List[BulletinRow]:
    """Bulletins that are valid or to come, in the order in which they begin."""
    still = sa.or_(BulletinRow.ends_at.is_(None), BulletinRow.ends_at > now)
    query = sa.select(BulletinRow).where(still).order_by(BulletinRow.starts_at, BulletinRow.id)
    return list(session.execute(query.limit(limit)).scalars())


def as_row(session: Session, draft: Draft) -> BulletinRow:
    """The draft with ids for names, not stored. Raises BulletinError naming the field that is wrong."""
    road = find_road(session, draft.road)
    places = [find_place(session, name) if name else None for name in (draft.from_place, draft.to_place)]
    wrong = _wrong(draft, road is not None, [place is not None for place in places])
    if wrong or road is None:
        raise BulletinError(wrong or "road")
    ids = [place.id if place else None for place in places]
    return BulletinRow(road_id=road.id, from_place_id=ids[0], to_place_id=ids[1], direction=draft.direction or None,
                       one_way=bool(draft.direction and all(ids)), kind=draft.kind, cause=draft.cause.strip(),
                       starts_at=draft.starts, ends_at=draft.ends, detour=draft.detour or None, days=draft.days,
                       hours=kept(spans_of(draft.hours)))


def _wrong(draft: Draft, road: bool, places: List[bool]) -> str:
    """The first field that is wrong, "" for none."""
    ends, starts = draft.ends, draft.starts
    span = ends is not None and not datetime.timedelta() < ends - starts <= datetime.timedelta(days=LONGEST_DAYS)
    faults = {"road": not road, "from_place": bool(draft.from_place) and not places[0],
              "to_place": bool(draft.to_place) and (not places[1] or not draft.from_place),
              "kind": draft.kind not in KINDS, "cause": not 0 < len(draft.cause.strip()) <= LONGEST_CAUSE,
              "ends": span, "hours": not are_hours(draft.hours), "days": not are_days(draft.days),
              "direction": len(draft.direction or "") > 40, "detour": len(draft.detour or "") > 100}
    return next((name for name, wrong in faults.items() if wrong), "")


def _changed(session: Session, row: BulletinRow, officer: str, now: datetime.datetime) -> BulletinOrigin:
    origin = origin_of(session, row.id)
    if origin is None:
        origin = BulletinOrigin(bulletin_id=row.id, sentence="", published_at=row.starts_at, revision=1)
        session.add(origin)
    origin.officer, origin.changed_at, origin.revision = officer, now, origin.revision + 1
    session.flush()
    return origin
