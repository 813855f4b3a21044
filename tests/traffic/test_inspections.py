from __future__ import annotations

import datetime
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traffic.inspections import due_dates, next_inspection
from traffic.vehicles import Vehicle

DATE = datetime.date
TODAY = DATE(2026, 8, 3)


def vehicle(**columns: object) -> Vehicle:
    return Vehicle(**{"kind": "small_car", "use": "private", "seats": 5, "injury_accident": False,
                      "registered_on": DATE(2020, 3, 15), **columns})


def first(count: int, **columns: object) -> list[str]:
    return [f"{due:%y-%m} {kind}" for due, kind in itertools.islice(due_dates(vehicle(**columns)), count)]


def test_a_private_car_goes_on_the_line_in_the_6th_and_10th_year_and_then_yearly() -> None:
    assert first(7) == ["22-03 sticker", "24-03 sticker", "26-03 on_line", "28-03 sticker", "30-03 on_line",
                        "31-03 on_line", "32-03 on_line"]


def test_a_motorcycle_has_the_same_rule() -> None:
    assert first(7, kind="motorcycle", seats=2) == first(7)


def test_a_motorcycle_after_an_accident_with_injuries_goes_twice_in_four_years_then_yearly() -> None:
    assert first(4, kind="motorcycle", seats=2, injury_accident=True) == [
        "22-03 on_line", "24-03 on_line", "25-03 on_line", "26-03 on_line"]


@pytest.mark.parametrize("columns", [{"kind": "van"}, {"injury_accident": True}, {"seats": 10}])
def test_without_the_easier_rule_every_second_year_then_yearly_then_twice(columns: dict) -> None:
    assert first(4, **columns) == ["22-03 on_line", "24-03 on_line", "26-03 on_line", "27-03 on_line"]
    assert first(14, **columns)[-3:] == ["35-03 on_line", "35-09 on_line", "36-03 on_line"]


def test_a_taxi_is_inspected_yearly_and_after_five_years_twice() -> None:
    assert first(7, use="commercial")[3:] == ["24-03 on_line", "25-03 on_line", "25-09 on_line", "26-03 on_line"]


def test_a_lorry_is_inspected_yearly_and_after_ten_years_twice() -> None:
    assert first(12, kind="lorry", use="commercial")[8:] == ["29-03 on_line", "30-03 on_line", "30-09 on_line",
                                                             "31-03 on_line"]


def test_validity_ends_with_the_month() -> None:
    assert next(due_dates(vehicle(registered_on=DATE(2022, 2, 28))))[0] == DATE(2024, 2, 29)


def test_the_next_one_says_kind_window_and_whether_it_was_missed() -> None:
    coming = next_inspection(vehicle(registered_on=DATE(2020, 9, 1)), TODAY)
    assert (coming.kind, coming.due_on, coming.from_day, coming.overdue) == ("on_line", DATE(2026, 9, 30),
                                                                             DATE(2026, 7, 1), False)
    missed = next_inspection(vehicle(inspected_until=DATE(2026, 3, 31)), TODAY)
    assert (missed.kind, missed.due_on, missed.overdue) == ("on_line", DATE(2026, 3, 31), True)


def test_without_any_record_nothing_is_said() -> None:
    assert next_inspection(vehicle(registered_on=None), TODAY) is None
    assert next_inspection(vehicle(registered_on=None, inspected_until=DATE(2026, 9, 30)), TODAY).kind == "on_line"


@given(st.dates(DATE(1990, 1, 1), DATE(2026, 1, 1)), st.sampled_from(["small_car", "van", "lorry", "bus", "trailer"]),
       st.sampled_from(["private", "commercial"]), st.dates(DATE(2026, 1, 1), DATE(2060, 1, 1)))
def test_due_dates_only_go_forward_at_month_ends(registered: DATE, kind: str, use: str, today: DATE) -> None:
    car = vehicle(registered_on=registered, kind=kind, use=use)
    dues = [due for due, _ in itertools.islice(due_dates(car), 60)]
    assert dues == sorted(set(dues))
    assert all((due + datetime.timedelta(days=1)).day == 1 for due in dues)
    assert next_inspection(car, today).due_on >= today
