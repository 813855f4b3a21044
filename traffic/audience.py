"""Who is meant by an officer's words (摩托车车主和货车司机，订了75省道的), by what the records know of followers."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Callable, Dict, FrozenSet, Tuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.settings import load_station
from traffic.appointments import ACTIVE, BookingRow
from traffic.audience_words import Group, Part, read_words
from traffic.bindings import LicenseBinding, VehicleBinding
from traffic.drivers import Driver
from traffic.opening_days import day_bounds, local_day
from traffic.road_subscriptions import RoadSubscription
from traffic.roads import roads
from traffic.slots import SlotRow
from traffic.subscriber_wishes import SubscriberTag
from traffic.subscribers import gone
from traffic.vehicles import Vehicle
from traffic.violations import SETTLED, Violation


@dataclasses.dataclass(frozen=True)
class Audience:
    """All of these parts; none means everyone. `unknown` are words that nobody understood."""

    parts: Tuple[Part, ...]
    unknown: Tuple[str, ...]

    @property
    def everyone(self) -> bool:
        """Whether no one is left out."""
        return not self.parts and not self.unknown


@dataclasses.dataclass(frozen=True)
class Meant:
    """A set of drivers, or (`but`) all others: whoever follows is known to the post room only."""

    drivers: FrozenSet[str]
    but: bool = False

    def __contains__(self, driver: str) -> bool:
        return (driver in self.drivers) != self.but

    def __invert__(self) -> Meant:
        return Meant(self.drivers, not self.but)

    def __and__(self, other: Meant) -> Meant:
        if self.but and other.but:
            return Meant(self.drivers | other.drivers, True)
        one, two = (other, self) if self.but else (self, other)
        return Meant(one.drivers - two.drivers if two.but else one.drivers & two.drivers)

    def __or__(self, other: Meant) -> Meant:
        return ~(~self & ~other)


NEW_ENERGY_LENGTH = 8  # a green plate has one place more
EVERYONE, NOBODY = Meant(frozenset(), True), Meant(frozenset())


def read_audience(session: Session, words: str) -> Audience:
    """Reads an officer's words; a comma means both, 和 or 、 means any, 除了 and 没 all others."""
    names = {alias: road.id for road in roads(session) for alias in (road.name, *road.aliases)}
    parts, unknown = read_words(words, names, load_station().region)
    return Audience(parts, unknown or (() if words.strip() else ("",)))


def members(session: Session, audience: Audience, now: datetime.datetime) -> Meant:
    """The drivers meant, without those who left."""
    today, found = local_day(now), ~Meant(gone(session))
    for turned, groups in audience.parts:
        any_of = NOBODY
        for group in groups:
            any_of = any_of | _all_of(session, group, today)
        found = found & (~any_of if turned else any_of)
    return found


def _all_of(session: Session, group: Group, today: datetime.date) -> Meant:
    found = EVERYONE
    for clause in group:
        drivers = session.execute(QUERIES[clause.name](clause.number, today)).scalars()
        found = found & Meant(frozenset(drivers), clause.but)
    return found


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
    open_ones = sa.select(sa.func.count()).select_from(Violation).where(
        Violation.vehicle_id == Vehicle.id, sa.not_(SETTLED)).scalar_subquery()
    return _owners().where(open_ones >= max(1, number))


def _of_kind(*kinds: str) -> Callable[[int, datetime.date], sa.sql.Select]:
    return lambda number, today: _owners().where(Vehicle.kind.in_(kinds))


def _booked(number: int, today: datetime.date) -> sa.sql.Select:
    return sa.select(BookingRow.subscriber).join(SlotRow, BookingRow.slot_id == SlotRow.id).where(
        BookingRow.state == ACTIVE, SlotRow.starts_at >= day_bounds(today)[0])


def _local_plate() -> sa.sql.ColumnElement:
    return Vehicle.plate.startswith(load_station().plate_prefix)


QUERIES: Dict[str, Callable[[int, datetime.date], sa.sql.Select]] = {
    "motorcycle": _tagged("motorcycle", ("motorcycle",)), "lorry": _tagged("lorry", ("lorry", "trailer")),
    "ebike": _tagged("ebike", ()), "town": _tagged("town", ()), "road": _on_road, "unpaid": _unpaid,
    "inspection": lambda number, today: _owners().where(_until(Vehicle.inspected_until, number, today)),
    "inspection_over": lambda number, today: _owners().where(Vehicle.inspected_until < today),
    "license": lambda number, today: _holders().where(_until(Driver.valid_until, number, today)),
    "license_over": lambda number, today: _holders().where(Driver.valid_until < today),
    "licensed": lambda number, today: _holders(), "bound": lambda number, today: _owners(), "booked": _booked,
    "van": _of_kind("van"), "bus": _of_kind("bus"), "small_car": _of_kind("small_car"),
    "new_energy": lambda number, today: _owners().where(sa.func.length(Vehicle.plate) == NEW_ENERGY_LENGTH),
    "own_plate": lambda number, today: _owners().where(_local_plate()),
    "other_plate": lambda number, today: _owners().where(sa.not_(_local_plate())),
}
