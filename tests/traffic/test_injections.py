from __future__ import annotations

import contextlib
import csv
import datetime
import pathlib
from typing import Dict, Iterator, List

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from tests.injections import COUNT, injections, some
from tests.traffic.conftest import NOW, add_driver, add_slots, add_vehicle
from traffic.announcements import latest
from traffic.appointments import book, bookings_of, cancel, change, free_slots
from traffic.bindings import bind_license, bind_vehicle, bound_vehicles, owns, unbind_license, unbind_vehicle
from traffic.database import reading, writing
from traffic.errors import TrafficError
from traffic.imports.column_maps import KINDS, column_map
from traffic.imports.files import import_file
from traffic.near import cameras_near
from traffic.passability import way
from traffic.plates import find_plates
from traffic.privacy import data_of, forget
from traffic.road_conditions import conditions
from traffic.road_subscriptions import subscribe_road, unsubscribe_road
from traffic.slot_holds import hold, release
from traffic.speed_cameras import cameras
from traffic.subscribers import consent, follow
from traffic.tables import metadata
from traffic.tickets import open_ticket, rate, ticket
from traffic.violations import Violation, violations_of
from traffic.waiting_list import stop_waiting, wait

DAY = datetime.timedelta(days=1)
ATTEMPTS = {"proof_attempts"}


def counts(engine: Engine) -> Dict[str, int]:
    with engine.connect() as connection:
        return {table.name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
                for table in metadata.sorted_tables}


@pytest.fixture
def settled(engine: Engine) -> Engine:
    with writing(engine) as session:
        vehicle = add_vehicle(session)
        add_driver(session)
        add_slots(session, 3, capacity=5)
        session.add(Violation(record_number="1", vehicle_id=vehicle.id, happened_at=NOW - DAY, place="测试路",
                              city="台州", province="浙江", code="1039", offense="停车", fine_fen=15000, points=0))
    return engine


def for_this(engine: Engine, count: int = COUNT) -> List[str]:
    # PostgreSQL takes its time for a round trip; what is special there is the driver, and every tenth string meets it
    return some(count if engine.dialect.name == "sqlite" else 20)


def look_up(session: Session, text: str) -> None:
    assert violations_of(session, 1, offense=text) == []
    assert violations_of(session, 1, place=text) == []
    assert conditions(session, NOW, text, text, text) == []
    assert cameras(session, text, text) == []
    assert latest(session, topic=text, now=NOW) == []
    assert owns(session, text[:64], text) is None
    assert bound_vehicles(session, text) == []
    assert bookings_of(session, text, now=NOW) == []
    assert free_slots(session, text, NOW, NOW + DAY, text, now=NOW) == []
    assert not any(data_of(session, text).values())
    assert cameras_near(session, (28.0, 121.0)) == []
    find_plates(text)
    for refused in (lambda: way(session, text, text, NOW), lambda: ticket(session, text, text),
                    lambda: rate(session, text, text, 5), lambda: cancel(session, text, text),
                    lambda: change(session, text, text, 1, text, now=NOW)):
        with pytest.raises(TrafficError):
            refused()


def test_no_look_up_lets_a_string_be_more_than_a_string(settled: Engine) -> None:
    before = counts(settled)
    with reading(settled) as session:
        for text in for_this(settled):
            look_up(session, text)
    assert counts(settled) == before


def test_no_proof_is_a_way_in(settled: Engine) -> None:
    before = counts(settled)
    for number, text in enumerate(for_this(settled)):
        for bind in (bind_vehicle, bind_license):
            for value, tail in ((text, "123456"), ("浙JA1234" if bind is bind_vehicle else "339999199001010011", text)):
                with writing(settled) as session, contextlib.suppress(TrafficError):
                    bind(session, f"driver{number}", value, tail, NOW + number * DAY)
                    raise AssertionError("bound")
    with writing(settled) as session:
        for text in for_this(settled):
            for unbind in (unbind_vehicle, unbind_license):
                with contextlib.suppress(TrafficError):
                    assert not unbind(session, text, text)
    assert {k: v for k, v in counts(settled).items() if k not in ATTEMPTS} == {
        k: v for k, v in before.items() if k not in ATTEMPTS}


def test_what_is_kept_is_kept_as_it_was_written_and_nothing_besides(settled: Engine) -> None:
    before, texts = counts(settled), for_this(settled)
    with writing(settled) as session:
        for number, text in enumerate(texts):
            opened = open_ticket(session, f"driver{number}", "complaint", text, f"key{number} {text}"[:128],
                                 plate=text[:12], place=text[:100], now=NOW)
            assert (opened.text, ticket(session, f"driver{number}", opened.number).text) == (text, text)
    after = counts(settled)
    assert after["tickets"] - before["tickets"] == len(texts)
    assert {k for k in after if after[k] != before[k]} == {"tickets", "number_counters"}


def test_every_other_change_takes_strings_as_strings(settled: Engine) -> None:
    before = counts(settled)
    with writing(settled) as session:
        for text in (t[:64] for t in for_this(settled, 150)):
            follow(session, text, scene=text, now=NOW)
            consent(session, text, text[:20], text[:20], now=NOW)
            wait(session, text, text[:20], text[:12], NOW, NOW + DAY, now=NOW)
            assert stop_waiting(session, text, text[:20])
            with contextlib.suppress(TrafficError):
                subscribe_road(session, text, text, now=NOW)
            with contextlib.suppress(TrafficError):
                unsubscribe_road(session, text, text, now=NOW)
            hold(session, text, 1, now=NOW)
            booking = book(session, text, "inspection", 1, text[:12], f"b{text}"[:128], now=NOW)
            release(session, text)
            cancel(session, text, booking.number)
            forget(session, text, now=NOW)
    after = counts(settled)
    assert {k for k in after if after[k] != before[k]} == {"bookings", "number_counters"}


def rows_of(kind: str) -> Iterator[List[str]]:
    names = [column.names[0] for column in column_map(kind).columns]
    yield names
    for number, text in enumerate(injections()):
        good = [GOOD.get(kind, {}).get(name, "") for name in names]
        row = [value.format(number) if value else text for value in good]
        yield [text if at == number % len(names) else value for at, value in enumerate(row)]


GOOD = {"violations": {"违法编号": "N{0}", "号牌号码": "浙JA1234", "号牌种类": "02", "违法时间": "2026-08-01 09:00",
                       "违法地址": "路{0}", "违法城市": "台州", "违法省份": "浙江", "违法行为": "1039",
                       "违法行为名称": "停车", "罚款金额": "150", "记分": "0"},
        "vehicles": {"号牌号码": "浙JB{0:04d}", "号牌种类": "02"},
        "drivers": {"驾驶证号": "33999919900101{0:04d}", "姓名": "测试甲"}}


@pytest.mark.parametrize("kind", KINDS)
def test_no_column_of_a_file_lets_a_string_be_more_than_a_string(sqlite_engine: Engine, tmp_path: pathlib.Path,
                                                               kind: str) -> None:
    path = tmp_path / f"{kind}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows_of(kind))
    before = counts(sqlite_engine)
    report = import_file(sqlite_engine, kind, path)
    after = counts(sqlite_engine)
    table = column_map(kind).table
    made = {r.table for r in column_map(kind).references if r.missing == "create"}
    assert report.rows == len(injections())
    assert report.good + report.bad_count == report.rows
    assert after[table] - before[table] <= report.good
    assert {k for k in after if after[k] != before[k]} <= {table, "import_runs", "import_bad_rows", *made}
