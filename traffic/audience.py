"""Who is meant by an officer's words (摩托车车主和货车司机，订了75省道的), by what the records know of followers."""

from __future__ import annotations

import dataclasses
import datetime
import re
from typing import Callable, Dict, FrozenSet, List, Tuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from traffic.bindings import LicenseBinding, VehicleBinding
from traffic.drivers import Driver
from traffic.opening_days import local_day
from traffic.road_subscriptions import RoadSubscription
from traffic.roads import roads
from traffic.subscriber_wishes import SubscriberTag
from traffic.subscribers import gone
from traffic.vehicles import Vehicle
from traffic.violations import SETTLED, Violation

ALL_OF = re.compile(r"[，,；;]|并且|而且|同时|且")
ANY_OF = re.compile(r"[、和或与]|以及|或者|还有")
EVERYONE = re.compile(r"所有|全部|全体|大家|每个人|粉丝|关注")
DAYS = re.compile(r"(\d{1,3})\s*天")
SOON = 30
CLAUSES: Tuple[Tuple[str, str], ...] = (
    ("motorcycle", r"摩托"), ("lorry", r"货车|卡车|大车|跑运输"), ("ebike", r"电动(?:自行)?车|电瓶车|电驴"),
    ("town", r"居民|镇上|本镇|本地|住在"), ("inspection", r"年检|检车|审车|验车"),
    ("license", r"(?:驾驶证|驾照).*(?:到期|换证|过期)"),
    ("unpaid", r"违章|违法|罚款|未处理|没处理"), ("licensed", r"绑定?了?(?:驾驶证|驾照)"),
    ("bound", r"绑定?了?车|有车|车主|司机"),
)
Clause = Tuple[str, int]


@dataclasses.dataclass(frozen=True)
class Audience:
    """All of these, each being any of those; empty means everyone. `unknown` are words that nobody understood."""

    parts: Tuple[Tuple[Clause, ...], ...]
    unknown: Tuple[str, ...]

    @property
    def everyone(self) -> bool:
        """Whether no one is left out."""
        return not self.parts and not self.unknown


def read_audience(session: Session, words: str) -> Audience:
    """Reads an officer's words; a comma means both, 和 or 、 means any."""
    names = {alias: road.id for road in roads(session) for alias in (road.name, *road.aliases)}
    parts: List[Tuple[Clause, ...]] = []
    unknown: List[str] = []
    for part in filter(None, (p.strip() for p in ALL_OF.split(words))):
        clauses = [(_clause(one, names), one) for one in filter(None, (o.strip() for o in ANY_OF.split(part)))]
        unknown += [one for clause, one in clauses if clause is None]
        known = tuple(clause for clause, _ in clauses if clause is not None)
        if known and ("everyone", 0) not in known:
            parts.append(known)
    return Audience(tuple(parts), tuple(unknown) or (() if words.strip() else ("",)))


def _clause(words: str, names: Dict[str, int]) -> Clause | None:
    road = next((names[name] for name in sorted(names, key=len, reverse=True) if name in words), None)
    if road:
        return ("road", road)
    if re.search(r"订", words):
        return ("road", 0)
    days = DAYS.search(words)
    for name, pattern in CLAUSES:
        if re.search(pattern, words):
            return (name, int(days[1]) if days else SOON if name != "license" else 90)
    return ("everyone", 0) if EVERYONE.search(words) else None


def members(session: Session, audience: Audience, now: datetime.datetime) -> FrozenSet[str] | None:
    """The subscribers meant; None means everyone who follows."""
    if audience.everyone:
        return None
    found: FrozenSet[str] | None = None
    for part in audience.parts:
        any_of = frozenset().union(*(_members(session, clause, local_day(now)) for clause in part))
        found = any_of if found is None else found & any_of
    return found - gone(session) if found is not None else frozenset()


def _members(session: Session, clause: Clause, today: datetime.date) -> FrozenSet[str]:
    name, number = clause
    return frozenset(session.execute(QUERIES[name](number, today)).scalars())


def _tagged(tag: str, kinds: Tuple[str, ...]) -> Callable[[int, datetime.date], sa.sql.Select]:
    """Those who said so, and those whose bound vehicle says so."""
    def query(number: int, today: datetime.date) -> sa.sql.Select:
        own = _owners().where(Vehicle.kind.in_(kinds))
        return sa.union(sa.select(SubscriberTag.subscriber).where(SubscriberTag.tag == tag), own)

    return query


def _owners() -> sa.sql.Select:
    return sa.select(VehicleBinding.subscriber).join(Vehicle, Vehicle.id == VehicleBinding.vehicle_id).where(
        VehicleBinding.ended_at.is_(None))


def _holders() -> sa.sql.Select:
    return sa.select(LicenseBinding.subscriber).join(Driver, Driver.id == LicenseBinding.driver_id).where(
        LicenseBinding.ended_at.is_(None))


def _until(column: sa.Column, number: int, today: datetime.date) -> sa.sql.ColumnElement:
    return column.between(today, today + datetime.timedelta(days=number))


def _on_road(number: int, today: datetime.date) -> sa.sql.Select:
    running = sa.select(RoadSubscription.subscriber).where(RoadSubscription.ended_at.is_(None))
    one = sa.or_(RoadSubscription.road_id == number, RoadSubscription.road_id.is_(None))
    return running.where(one) if number else running


def _unpaid(number: int, today: datetime.date) -> sa.sql.Select:
    return _owners().where(sa.exists().where(Violation.vehicle_id == Vehicle.id, sa.not_(SETTLED)))


QUERIES: Dict[str, Callable[[int, datetime.date], sa.sql.Select]] = {
    "motorcycle": _tagged("motorcycle", ("motorcycle",)), "lorry": _tagged("lorry", ("lorry",)),
    "ebike": _tagged("ebike", ()), "town": _tagged("town", ()), "road": _on_road, "unpaid": _unpaid,
    "inspection": lambda number, today: _owners().where(_until(Vehicle.inspected_until, number, today)),
    "license": lambda number, today: _holders().where(_until(Driver.valid_until, number, today)),
    "licensed": lambda number, today: _holders(), "bound": lambda number, today: _owners(),
}
