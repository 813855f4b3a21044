"""The invented town of Duqiao (杜桥): a whole station's records to try everything on, the same for the same seed."""

from __future__ import annotations

import datetime
import random
from typing import Any, Callable, Dict, Iterable, List, Tuple

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from bot.settings import load_station
from traffic.database import utc_now, writing
from traffic.demo import examples, offending, people, visits
from traffic.demo.town import build_town, read_town
from traffic.drivers import Driver
from traffic.errors import DemoRefused
from traffic.inspections import due_dates
from traffic.opening_days import local_day
from traffic.points import PointRecord
from traffic.slot_opening import open_sites, open_slots
from traffic.vehicles import Vehicle
from traffic.violations import Violation

SEED = 577
Progress = Callable[[int, int, str], None]
Rows = List[Dict[str, Any]]


def has_records(engine: Engine) -> bool:
    """Whether the database holds vehicles already."""
    with engine.connect() as connection:
        return connection.execute(sa.select(Vehicle.id).limit(1)).first() is not None


def make_demo(engine: Engine, *, seed: int = SEED, today: datetime.date | None = None,
              progress: Progress | None = None, vehicles: int = 20_000, drivers: int = 15_000,
              violations: int = 60_000) -> None:
    """Fills an empty database in one transaction: broken off, it leaves nothing.

    `progress` hears (steps done, steps in all, what comes next). Raises DemoRefused when there are records.
    """
    if has_records(engine):
        raise DemoRefused("the database already holds records: the demo town goes only into an empty one")
    today = today or local_day(utc_now())
    tell = progress or (lambda done, total, what: None)
    with writing(engine) as session:
        _fill(session, random.Random(seed), today, tell, (vehicles, drivers, violations))


def _fill(session: Session, dice: random.Random, today: datetime.date, tell: Progress,
          counts: Tuple[int, int, int]) -> None:
    tell(0, 5, "roads")
    build_town(session, today)
    tell(1, 5, "drivers and vehicles")
    cars = _people(session, dice, today, counts[0], counts[1])
    tell(2, 5, "violations and points")
    _offending(session, dice, today, cars, counts[2])
    tell(3, 5, "appointments")
    open_sites(session)
    open_slots(session, today)
    visits.fill_slots(session, dice, [car["plate"] for car in cars[len(examples.VEHICLES):]], today)
    tell(4, 5, "counters")
    _set_counters(session)
    tell(5, 5, "done")


def _people(session: Session, dice: random.Random, today: datetime.date, vehicles: int, drivers: int) -> Rows:
    holders = examples.driver_rows(today)
    first = len(holders) + 1
    holders += people.drivers(dice, first, drivers - len(holders), today)
    _insert(session, Driver, holders)
    cars = examples.vehicle_rows(today)
    plates = people.plates(dice, vehicles - len(cars), load_station().plate_prefix, {car["plate"] for car in cars})
    cars += people.vehicles(dice, len(cars) + 1, plates, range(first, drivers + 1), today)
    for car in cars:
        car["inspected_until"] = _inspected_until(dice, car, today)
    _insert(session, Vehicle, cars)
    return cars


def _inspected_until(dice: random.Random, car: Dict[str, Any], today: datetime.date) -> datetime.date:
    """The next due date; for one in forty the last one, which was missed."""
    before = None
    for due, _ in due_dates(Vehicle(**car)):
        if due >= today:
            return before if before and dice.random() < 1 / 40 else due
        before = due
    raise AssertionError("due dates have no end")


def _offending(session: Session, dice: random.Random, today: datetime.date, cars: Rows, count: int) -> None:
    rows = examples.violation_rows(today)
    spots = [(road["name"], place) for road in read_town()["roads"] for place in road["places"]]
    others = [(car["id"], car["owner_id"]) for car in cars[len(examples.VEHICLES):]]
    mine = len(rows)
    rows += offending.violations(dice, mine + 1, others, count - mine, spots, today)
    _insert(session, Violation, rows)
    points = examples.point_rows(today)
    costly = (row for row in rows[mine:] if row["decided_on"] and row["points"])
    points += (offending.point_record(number, row) for number, row in enumerate(costly, len(points) + 1))
    _insert(session, PointRecord, points)


def _insert(session: Session, table: type, rows: Iterable[Dict[str, Any]]) -> None:
    session.execute(sa.insert(table), list(rows))


def _set_counters(session: Session) -> None:
    """PostgreSQL's sequences do not notice ids that were given."""
    if session.get_bind().dialect.name == "postgresql":
        for table in ("drivers", "vehicles", "violations", "point_records"):
            session.execute(sa.text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'),"  # noqa: S608
                                    f" (SELECT max(id) FROM {table}))"))
