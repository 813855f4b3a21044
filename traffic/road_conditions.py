"""Road conditions (路况): bulletins by road and place, valid at a moment; expired ones vanish by themselves."""

from __future__ import annotations

import dataclasses
import datetime
import re
from typing import Dict, List, Set

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, relationship

from traffic.database import Base, UtcDateTime
from traffic.recurring import holds, said
from traffic.roads import Place, Road, Segment, find_place, find_road
from traffic.roads import places as places
from traffic.roads import roads as roads
from traffic.weekdays import EVERY_DAY

KINDS = ("closed", "jam", "works", "accident", "weather")
_END = r"(?:[，,。；;：:\s]+|$)"
SAYS_KIND = {  # how a cause may begin that only says its kind again: 封路修桥 is 修桥, 堵车，车多 is 车多
    "closed": re.compile(r"(?:道路|交通|全线|双向|临时|实行|实施)*(?:全?封闭|封路|封道|断路|断行|交通管制)"
                         rf"(?:通行|交通)?了?(?:{_END}|(?![式管期区段线至到中的]))"),
    "jam": re.compile(rf"(?:道路|交通)?(?:拥堵|堵车|缓行|堵)了?{_END}"),
    "works": re.compile(rf"(?:道路)?(?:正在|有)?施工{_END}"),
    "accident": re.compile(rf"(?:发生|有|出)?(?:交通)?事故{_END}"),
    "weather": re.compile(rf"天气(?:不好|原因){_END}"),
}


class BulletinRow(Base):
    """What hinders traffic on a road between two places (both empty: on the whole of it) for a span of time.

    Within the span on `days` (see `weekdays`) at `hours` (see `recurring`).
    """

    __tablename__ = "bulletins"
    __table_args__ = (sa.Index("ix_bulletins_starts_at_ends_at", "starts_at", "ends_at"),)

    id: Mapped[int] = sa.Column(sa.Integer, primary_key=True)
    source_number: Mapped[str | None] = sa.Column(sa.String(40), unique=True)
    road_id: Mapped[int] = sa.Column(sa.ForeignKey("roads.id"), nullable=False, index=True)
    from_place_id: Mapped[int | None] = sa.Column(sa.ForeignKey("places.id"))
    to_place_id: Mapped[int | None] = sa.Column(sa.ForeignKey("places.id"))
    direction: Mapped[str | None] = sa.Column(sa.String(40))
    one_way: Mapped[bool] = sa.Column(sa.Boolean, nullable=False, default=False, server_default=sa.false())
    kind: Mapped[str] = sa.Column(sa.String(12), nullable=False)
    cause: Mapped[str] = sa.Column(sa.String(100), nullable=False)
    starts_at: Mapped[datetime.datetime] = sa.Column(UtcDateTime, nullable=False)
    ends_at: Mapped[datetime.datetime | None] = sa.Column(UtcDateTime)
    detour: Mapped[str | None] = sa.Column(sa.String(100))
    days: Mapped[str] = sa.Column(sa.String(7), nullable=False, default=EVERY_DAY, server_default=EVERY_DAY)
    hours: Mapped[str] = sa.Column(sa.String(60), nullable=False, default="", server_default="")
    road: Mapped[Road] = relationship(Road, lazy="joined", innerjoin=True)
    from_place: Mapped[Place | None] = relationship(Place, lazy="joined", foreign_keys=from_place_id)
    to_place: Mapped[Place | None] = relationship(Place, lazy="joined", foreign_keys=to_place_id)


@dataclasses.dataclass(frozen=True)
class Bulletin:
    """A bulletin as drivers see it; `kind` is one of KINDS, `ends` None means until further notice.

    `cause` doesn't say the kind again, so it may be "", and ends with the days and hours that recur.
    """

    id: int
    road: str
    section: str | None
    direction: str | None
    kind: str
    cause: str
    starts: datetime.datetime
    ends: datetime.datetime | None
    detour: str | None


def as_bulletin(row: BulletinRow) -> Bulletin:
    """The bulletin with names for ids; a section is 杜桥—白沙, or one place."""
    names = [place.name for place in (row.from_place, row.to_place) if place]
    return Bulletin(row.id, row.road.name, "—".join(dict.fromkeys(names)) or None, row.direction, row.kind,
                    "，".join(part for part in (_cause_alone(row), said(row.days, row.hours)) if part),
                    row.starts_at, row.ends_at, row.detour)


def _cause_alone(row: BulletinRow) -> str:
    return SAYS_KIND[row.kind].sub("", row.cause, count=1) if SAYS_KIND[row.kind].match(row.cause) else row.cause


def conditions(session: Session, at: datetime.datetime, road: str | None = None, place: str | None = None,
               to: str | None = None, *, until: datetime.datetime | None = None) -> List[Bulletin]:
    """Bulletins valid at a moment, worst kind first; on a road and, or, whose section touches a place.

    With `until` those valid at any time from `at` until then. With `road`, `place` and `to` those on the road between
    the two places. Names may be aliases; a name nobody knows gives an empty list (`find_road`, `find_place` tell).
    """
    rows = valid_rows(session, at, until)
    if road is not None and place is not None and to is not None:
        rows = _on_section(session, rows, road, place, to)
        place = None
    if road is not None:
        wanted = find_road(session, road)
        rows = [row for row in rows if wanted and row.road_id == wanted.id]
    if place is not None:
        spot = find_place(session, place)
        rows = [row for row in rows if spot and spot.id in places_touched(session, row)]
    return [as_bulletin(row) for row in sorted(rows, key=lambda row: (KINDS.index(row.kind), row.starts_at, row.id))]


def _on_section(session: Session, rows: List[BulletinRow], road: str, start: str, end: str) -> List[BulletinRow]:
    known, ends = find_road(session, road), [find_place(session, name) for name in (start, end)]
    if known is None or None in ends:
        return []
    section = {s.id for s in segments_between(session, known.id, *(place.id for place in ends if place))}
    return [row for row in rows if section & {s.id for s in segments_touched(session, row)}]


def valid_rows(session: Session, at: datetime.datetime, until: datetime.datetime | None = None) -> List[BulletinRow]:
    """The bulletins' rows valid at a moment, or at any time until another."""
    still = sa.or_(BulletinRow.ends_at.is_(None), BulletinRow.ends_at > at)
    rows = session.execute(sa.select(BulletinRow).where(BulletinRow.starts_at <= (until or at), still)).scalars()
    return [row for row in rows if _recurs_within(row, at, until or at)]


def _recurs_within(row: BulletinRow, at: datetime.datetime, until: datetime.datetime) -> bool:
    if row.days == EVERY_DAY and not row.hours:
        return True
    return holds(row.days, row.hours, max(at, row.starts_at), min(until, row.ends_at or until))


def segments_touched(session: Session, row: BulletinRow) -> List[Segment]:
    """The segments a bulletin covers: between its places, all of the road without any, none for a single spot."""
    if row.from_place_id is None or row.to_place_id is None:
        return _along(session, row.road_id) if row.from_place_id is row.to_place_id else []
    return segments_between(session, row.road_id, row.from_place_id, row.to_place_id)


def segments_between(session: Session, road_id: int, start: int, end: int) -> List[Segment]:
    """The segments of a road between two of its places, in either order; a place not on it counts as its beginning."""
    along = _along(session, road_id)
    order: Dict[int, int] = {s.from_place_id: s.position for s in along}
    order.update({s.to_place_id: s.position + 1 for s in along})
    ends = sorted(order.get(place, 0) for place in (start, end))
    return [s for s in along if ends[0] <= s.position < ends[1]]


def _along(session: Session, road_id: int) -> List[Segment]:
    query = sa.select(Segment).where(Segment.road_id == road_id).order_by(Segment.position)
    return list(session.execute(query).scalars())


def places_touched(session: Session, row: BulletinRow) -> Set[int]:
    """Ids of the places on a bulletin's section, its ends included."""
    ends = {place for place in (row.from_place_id, row.to_place_id) if place is not None}
    segments = segments_touched(session, row)
    return ends | {s.from_place_id for s in segments} | {s.to_place_id for s in segments}
