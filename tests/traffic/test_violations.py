from __future__ import annotations

import datetime

import pytest
from sqlalchemy.orm import Session

from bot.settings import ROOT
from tests.traffic.conftest import NOW, add_vehicle
from traffic.offenses import OFFENSES, RECORDED_AS, recorded_as
from traffic.violations import Violation, late_fee_fen, totals, violations_of

DAY = datetime.timedelta(days=1)


def offend(session: Session, vehicle_id: int, number: int, **columns: object) -> Violation:
    row = Violation(**{"record_number": str(number), "vehicle_id": vehicle_id, "happened_at": NOW - number * DAY,
                       "place": "测试路1号", "city": "台州", "province": "浙江", "code": "1039", "offense": "违法停车",
                       "fine_fen": 15000, "points": 3, **columns})
    session.add(row)
    session.flush()
    return row


@pytest.fixture
def vehicle(session: Session) -> int:
    vehicle = add_vehicle(session)
    offend(session, vehicle.id, 1)
    offend(session, vehicle.id, 2, decided_on=NOW.date(), paid_on=NOW.date(), city="杭州")
    offend(session, vehicle.id, 3, decided_on=NOW.date(), offense="超速10%")
    offend(session, add_vehicle(session, "浙JB0001").id, 4)
    return vehicle.id


def numbers(rows: list[Violation]) -> list[str]:
    return [row.record_number for row in rows]


def test_only_this_vehicles_violations_latest_first(session: Session, vehicle: int) -> None:
    assert numbers(violations_of(session, vehicle)) == ["1", "2", "3"]
    assert [v.state for v in violations_of(session, vehicle)] == ["open", "paid", "decided"]
    assert violations_of(session, 999) == []


@pytest.mark.parametrize(("filters", "expected"), [
    ({"paid": False}, ["1", "3"]), ({"paid": True}, ["2"]), ({"place": "杭州"}, ["2"]), ({"offense": "超速"}, ["3"]),
    ({"place": "测试路", "paid": False}, ["1", "3"]), ({"since": NOW - 2 * DAY}, ["1", "2"]),
    ({"until": NOW - 2 * DAY}, ["3"]), ({"offense": "%"}, ["3"]), ({"place": "_"}, []), ({"place": "' OR 1=1"}, [])])
def test_filters(session: Session, vehicle: int, filters: dict, expected: list[str]) -> None:
    assert numbers(violations_of(session, vehicle, **filters)) == expected


@pytest.mark.parametrize("called", ["超速", "闯红灯", "违法停车", "压线", "不系安全带", "开车打手机", "逆行",
                                    "不礼让行人", "占用应急车道", "不按导向车道行驶", "遮挡号牌",
                                    "逾期未检验", "未戴头盔", "酒驾"])
def test_what_drivers_call_an_offense_finds_it_under_its_recorded_name(session: Session, called: str) -> None:
    vehicle = add_vehicle(session, "浙JC0001").id
    for number, offense in enumerate(OFFENSES, 100):
        offend(session, vehicle, number, offense=offense.name)
    found = [v.offense for v in violations_of(session, vehicle, offense=called)]
    assert 0 < len(found) < 8
    assert all(any(part in name for part in recorded_as(called)) for name in found)


def test_every_name_that_drivers_give_an_offense_is_known_to_the_records() -> None:
    lines = (ROOT / "data" / "dictionary" / "offenses.txt").read_text(encoding="utf-8").splitlines()
    assert {line.split()[0] for line in lines if line.strip() and not line.startswith("#")} == set(RECORDED_AS)


def test_a_decided_warning_without_fine_is_settled(session: Session) -> None:
    vehicle = add_vehicle(session).id
    offend(session, vehicle, 1, fine_fen=0, decided_on=NOW.date())
    offend(session, vehicle, 2, fine_fen=0)
    assert numbers(violations_of(session, vehicle, paid=True)) == ["1"]
    assert numbers(violations_of(session, vehicle, paid=False)) == ["2"]


def test_totals_of_all_and_of_what_is_unpaid(session: Session, vehicle: int) -> None:
    sums = totals(violations_of(session, vehicle))
    assert (sums.count, sums.fine_fen, sums.points) == (3, 45000, 9)
    assert (sums.unpaid_count, sums.unpaid_fine_fen, sums.unpaid_points) == (2, 30000, 6)
    assert totals([]).count == 0


def test_the_new_owner_does_not_see_what_the_old_one_did(session: Session) -> None:
    vehicle = add_vehicle(session, owner_since=NOW - 2 * DAY)
    for number in (1, 3):
        offend(session, vehicle.id, number)
    assert numbers(violations_of(session, vehicle.id)) == ["1"]


@pytest.mark.parametrize(("days", "fee"), [(0, 0), (15, 0), (16, 450), (17, 900), (48, 14850), (49, 15000),
                                           (400, 15000)])
def test_the_late_fee_grows_from_the_sixteenth_day_to_the_fine_itself(session: Session, days: int, fee: int) -> None:
    row = offend(session, add_vehicle(session).id, 1, decided_on=datetime.date(2026, 8, 3))
    assert late_fee_fen(row, datetime.date(2026, 8, 3) + datetime.timedelta(days=days)) == fee


def test_no_late_fee_before_a_decision_and_none_more_after_payment(session: Session) -> None:
    vehicle = add_vehicle(session).id
    later = datetime.date(2027, 1, 1)
    assert late_fee_fen(offend(session, vehicle, 1), later) == 0
    assert late_fee_fen(offend(session, vehicle, 2, decided_on=datetime.date(2026, 1, 1),
                               paid_on=datetime.date(2026, 1, 10)), later) == 0
