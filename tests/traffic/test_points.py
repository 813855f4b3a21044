from __future__ import annotations

import datetime
from typing import List

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tests.traffic.conftest import add_driver
from traffic.drivers import Driver
from traffic.points import (
    PointRecord,
    PointReduction,
    period_number,
    period_starting,
    points_of,
    present_period,
    stage_of,
)

DATE = datetime.date
days = st.dates(DATE(2000, 1, 1), DATE(2040, 12, 31))


def record(day: DATE, points: int, paid: DATE | None = None, fine_fen: int = 10000) -> PointRecord:
    return PointRecord(recorded_on=day, points=points, fine_fen=fine_fen, fine_paid_on=paid)


def standing(records: List[PointRecord], today: DATE, reductions: List[PointReduction] | None = None) -> int:
    driver = Driver(first_issued_on=DATE(2020, 5, 10))
    return present_period(driver, records, reductions or [], today).points


def test_a_period_runs_twelve_months_from_the_first_issue(session: Session) -> None:
    period = points_of(session, add_driver(session).id, DATE(2026, 8, 3))
    assert (period.starts, period.clears_on) == (DATE(2026, 5, 10), DATE(2027, 5, 10))


def test_a_licence_first_issued_on_29_february() -> None:
    first = DATE(2020, 2, 29)
    assert [period_starting(first, n) for n in (0, 1, 4)] == [first, DATE(2021, 2, 28), DATE(2024, 2, 29)]
    assert [period_number(first, DATE(2021, 2, day)) for day in (27, 28)] == [0, 1]


@given(days, days)
def test_every_day_lies_in_exactly_its_period(first: DATE, day: DATE) -> None:
    number = period_number(first, day)
    assert number == 0 or period_starting(first, number) <= day
    assert day < period_starting(first, number + 1)


def test_paid_points_below_twelve_are_cleared_at_the_end() -> None:
    records = [record(DATE(2026, 1, 5), 9, DATE(2026, 1, 20))]
    assert standing(records, DATE(2026, 5, 9)) == 9
    assert standing(records, DATE(2026, 5, 10)) == 0


def test_only_the_points_of_the_unpaid_fine_go_into_the_next_period() -> None:
    records = [record(DATE(2026, 1, 5), 6, DATE(2026, 1, 20)), record(DATE(2026, 2, 5), 3)]
    assert standing(records, DATE(2026, 8, 3)) == 3


def test_a_fine_paid_too_late_still_carries_its_points_for_one_period() -> None:
    records = [record(DATE(2026, 2, 5), 3, DATE(2026, 6, 1))]
    assert standing(records, DATE(2026, 8, 3)) == 3
    assert standing(records, DATE(2027, 5, 10)) == 0


def test_points_without_a_fine_are_cleared() -> None:
    assert standing([record(DATE(2026, 2, 5), 3, None, fine_fen=0)], DATE(2026, 8, 3)) == 0


def test_twelve_points_stay_until_course_and_test_are_passed() -> None:
    records = [record(DATE(2026, 1, 5), 12, DATE(2026, 1, 20))]
    assert standing(records, DATE(2026, 8, 3)) == 12
    assert standing(records, DATE(2030, 8, 3)) == 12
    assert standing(records, DATE(2026, 8, 3), [PointReduction(reduced_on=DATE(2026, 2, 1), points=12,
                                                              reason="full_course")]) == 0


def test_what_comes_after_the_course_counts_again() -> None:
    records = [record(DATE(2026, 6, 5), 12, DATE(2026, 6, 20)), record(DATE(2026, 7, 20), 3)]
    course = PointReduction(reduced_on=DATE(2026, 7, 1), points=12, reason="full_course")
    assert standing(records, DATE(2026, 8, 3), [course]) == 3


def test_learning_takes_off_at_most_six_a_period() -> None:
    records = [record(DATE(2026, 6, 5), 11)]
    learned = [PointReduction(reduced_on=DATE(2026, 7, n), points=2, reason="learning") for n in range(1, 6)]
    assert standing(records, DATE(2026, 8, 3), learned[:2]) == 7
    assert standing(records, DATE(2026, 8, 3), learned) == 5


@pytest.mark.parametrize(("points", "stage"), [(0, "normal"), (8, "normal"), (9, "nine"), (11, "nine"),
                                               (12, "twelve"), (30, "twelve")])
def test_the_stage_follows_from_the_points(points: int, stage: str) -> None:
    assert stage_of(points) == stage


@given(st.lists(st.tuples(days, st.sampled_from([1, 3, 6, 9, 12])), max_size=8), days, days)
def test_points_are_never_lost_nor_invented(given_points: list[tuple[DATE, int]], first: DATE, today: DATE) -> None:
    records = [record(day, points) for day, points in given_points if day <= today]
    period = present_period(Driver(first_issued_on=first), records, [], today)
    assert period.points == sum(r.points for r in records)


@given(st.lists(st.tuples(days, st.sampled_from([1, 3])), max_size=3), days)
def test_paid_at_once_only_this_period_counts(given_points: list[tuple[DATE, int]], today: DATE) -> None:
    first = DATE(1999, 5, 10)
    records = [record(day, points, day) for day, points in given_points if day <= today]
    start = period_starting(first, period_number(first, today))
    expected = sum(r.points for r in records if r.recorded_on >= start)
    assert present_period(Driver(first_issued_on=first), records, [], today).points == expected


def test_points_are_read_from_the_records_and_not_from_the_future(session: Session) -> None:
    driver = add_driver(session, trainee_until=DATE(2026, 12, 31))
    for number, (day, points) in enumerate([(DATE(2026, 6, 1), 6), (DATE(2026, 7, 1), 3), (DATE(2026, 9, 1), 3)]):
        session.add(PointRecord(driver_id=driver.id, record_number=str(number), recorded_on=day, points=points,
                                code="1", offense="测试", place="测试路", fine_fen=100, fine_paid_on=day))
    session.flush()
    period = points_of(session, driver.id, DATE(2026, 8, 3))
    assert (period.points, period.stage, len(period.records)) == (9, "nine", 2)
    assert period.trainee_until == DATE(2026, 12, 31)
