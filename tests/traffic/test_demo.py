from __future__ import annotations

import datetime
import pathlib
import shutil
from typing import List

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from tests.traffic.conftest import NOW
from traffic.appointments import BookingRow, free_slots
from traffic.bindings import bind_license, bind_vehicle
from traffic.database import open_engine, reading, writing
from traffic.demo import SEED, examples, has_records, make_demo
from traffic.demo.people import CHECKS, WEIGHTS
from traffic.demo.town import read_town
from traffic.dictionary import write_dictionary
from traffic.drivers import Driver
from traffic.errors import DemoRefused
from traffic.offenses import OFFENSES
from traffic.plates import parse_plate
from traffic.points import PointRecord, points_of
from traffic.road_conditions import conditions, valid_rows
from traffic.roads import Segment, find_place, find_road
from traffic.slots import SlotRow
from traffic.tables import metadata
from traffic.vehicles import Vehicle
from traffic.violations import Violation, violations_of

TODAY = datetime.date(2026, 8, 3)
SMALL = {"today": TODAY, "vehicles": 300, "drivers": 200, "violations": 900}


def everything(engine: Engine) -> List[List[tuple]]:
    with engine.connect() as connection:
        return [sorted(map(tuple, connection.execute(sa.select(table))), key=repr) for table in metadata.sorted_tables]


@pytest.fixture(scope="module")
def town(migrated_file: pathlib.Path, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    path = tmp_path_factory.mktemp("demo") / "town.db"
    shutil.copy(migrated_file, path)
    engine = open_engine(f"sqlite:///{path}")
    make_demo(engine, **SMALL)
    return engine


def test_the_same_seed_makes_the_same_town(town: Engine, sqlite_engine: Engine) -> None:
    make_demo(sqlite_engine, **SMALL)
    assert everything(sqlite_engine) == everything(town)


def test_another_seed_makes_another_town(town: Engine, sqlite_engine: Engine) -> None:
    make_demo(sqlite_engine, seed=SEED + 1, **SMALL)
    assert everything(sqlite_engine) != everything(town)


def test_it_is_made_on_postgresql_too_and_goes_on_counting(postgresql_engine: Engine) -> None:
    make_demo(postgresql_engine, **SMALL)
    with writing(postgresql_engine) as session:
        session.add(Vehicle(plate="浙JZ9999"))
    assert has_records(postgresql_engine)


def test_it_never_goes_into_a_database_with_records(town: Engine) -> None:
    with pytest.raises(DemoRefused):
        make_demo(town, **SMALL)


def test_broken_off_it_leaves_nothing(engine: Engine) -> None:
    def stop(done: int, _total: int, _what: str) -> None:
        if done == 4:
            raise KeyboardInterrupt

    before = everything(engine)
    with pytest.raises(KeyboardInterrupt):
        make_demo(engine, progress=stop, **SMALL)
    assert everything(engine) == before


def test_progress_is_told_from_the_first_step_to_the_last(sqlite_engine: Engine) -> None:
    heard: List[tuple] = []
    make_demo(sqlite_engine, progress=lambda *step: heard.append(step[:2]), **SMALL)
    assert heard == [(n, 5) for n in range(6)]


def test_it_has_as_many_as_asked(town: Engine) -> None:
    with reading(town) as session:
        counts = [session.execute(sa.select(sa.func.count()).select_from(t)).scalar_one()
                  for t in (Vehicle, Driver, Violation)]
    assert counts == [300, 200, 900]


def test_every_plate_can_exist_and_no_licence_number_can(town: Engine) -> None:
    with reading(town) as session:
        plates = session.execute(sa.select(Vehicle.plate)).scalars().all()
        licences = session.execute(sa.select(Driver.license_number)).scalars().all()
    assert [parse_plate(plate).text for plate in plates] == plates
    right = [CHECKS[sum(int(c) * w for c, w in zip(number, WEIGHTS, strict=False)) % 11] for number in licences]
    assert all(number[-1] != check for number, check in zip(licences, right, strict=True))


@pytest.mark.parametrize(("vehicle", "unpaid", "paid"), [(examples.VEHICLES[0], 3, 2), (examples.VEHICLES[1], 0, 0),
                                                         (examples.VEHICLES[2], 1, 0), (examples.VEHICLES[3], 12, 0)])
def test_the_example_vehicles_are_as_documented(town: Engine, vehicle: examples.ExampleVehicle, unpaid: int,
                                                paid: int) -> None:
    with writing(town) as session:
        bound = bind_vehicle(session, "anna", vehicle.plate, vehicle.frame_tail, NOW)
        counts = [len(violations_of(session, bound.id, paid=settled)) for settled in (False, True)]
    assert counts == [unpaid, paid]


@pytest.mark.parametrize(("driver", "points", "stage"), [
    (examples.NO_POINTS, 0, "normal"), (examples.NINE_POINTS, 9, "nine"), (examples.TWELVE_POINTS, 12, "twelve"),
    (examples.TRAINEE, 1, "normal")])
@pytest.mark.parametrize("today", [TODAY, datetime.date(2028, 2, 29), datetime.date(2027, 1, 1)])
def test_the_example_drivers_are_as_documented_on_any_day(sqlite_engine: Engine, driver: examples.ExampleDriver,
                                                          points: int, stage: str, today: datetime.date) -> None:
    make_demo(sqlite_engine, **{**SMALL, "today": today})
    with writing(sqlite_engine) as session:
        bound = bind_license(session, "anna", driver.license_number, driver.file_tail, NOW)
        period = points_of(session, bound.id, today)
    assert (period.points, period.stage, period.trainee_until is not None) == (points, stage, driver.trainee)


def test_points_follow_from_decided_violations(town: Engine) -> None:
    with reading(town) as session:
        pairs = session.execute(sa.select(PointRecord, Violation).join(
            Violation, Violation.record_number == PointRecord.record_number)).all()
    assert pairs
    assert all((p.points, p.driver_id, p.recorded_on) == (v.points, v.driver_id, v.decided_on) for p, v in pairs)


def test_nothing_lies_in_the_future(town: Engine) -> None:
    with reading(town) as session:
        latest = session.execute(sa.select(sa.func.max(Violation.decided_on), sa.func.max(Violation.paid_on))).one()
    assert max(latest) <= TODAY


def test_a_dozen_bulletins_are_valid_and_some_are_over_or_to_come(town: Engine) -> None:
    with reading(town) as session:
        live = conditions(session, NOW)
        assert 10 <= len(live) < len(read_town()["bulletins"])
        assert {b.kind for b in live} == {"closed", "jam", "works", "accident", "weather"}
        assert len(valid_rows(session, NOW - datetime.timedelta(days=400))) == 0


def test_every_place_can_be_reached_when_nothing_is_closed(town: Engine) -> None:
    with reading(town) as session:
        edges = session.execute(sa.select(Segment.from_place_id, Segment.to_place_id)).all()
        reached, names = {find_place(session, "杜桥").id}, read_town()["places"]
    for _ in names:
        reached |= {b for a, b in edges if a in reached} | {a for a, b in edges if b in reached}
    assert len(reached) == len(names)


def test_some_slots_are_full_and_each_counts_its_bookings(town: Engine) -> None:
    count = sa.select(sa.func.count()).where(BookingRow.slot_id == SlotRow.id).scalar_subquery()
    with reading(town) as session:
        rows = session.execute(sa.select(SlotRow.capacity, SlotRow.booked, count)).all()
        assert len(free_slots(session, "inspection", NOW, NOW + datetime.timedelta(days=7), now=NOW)) == 3
    assert all(booked == bookings for _, booked, bookings in rows)
    assert sum(capacity == booked for capacity, booked, _ in rows) > 20


def test_the_towns_names_become_word_lists(town: Engine, tmp_path: pathlib.Path) -> None:
    write_dictionary(town, tmp_path / "dictionary")
    lines = (tmp_path / "dictionary" / "roads.txt").read_text(encoding="utf-8").splitlines()
    assert "沿海高速 G15 沈海高速 甬台温高速" in lines
    with reading(town) as session:
        assert all(find_road(session, name) for line in lines for name in line.split())
    assert "杜桥" in (tmp_path / "dictionary" / "places.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("offense", OFFENSES, ids=lambda offense: offense.code)
def test_an_offense_costs_what_the_law_allows(offense: object) -> None:
    assert offense.points in (0, 1, 3, 6, 9, 12)
    assert 2000 <= offense.fine_fen <= 200_000
    assert (offense.article is None) == (offense.points == 0)


def test_a_town_of_few_vehicles_ends_too(sqlite_engine: Engine) -> None:
    make_demo(sqlite_engine, today=TODAY, vehicles=60, drivers=40, violations=100)
    with sqlite_engine.connect() as connection:
        kinds = connection.execute(sa.select(BookingRow.plate, sa.func.count()).group_by(BookingRow.kind,
                                                                                        BookingRow.plate)).all()
    assert kinds
    assert all(count == 1 for _, count in kinds)
