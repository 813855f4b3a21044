"""The demo town's well-known records, for documentation, tests and the phone page's hint; nobody's, all invented."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any, Dict, List, Tuple

from traffic.demo.offending import point_record, violation
from traffic.demo.people import license_number, valid_until
from traffic.offenses import BY_CODE
from traffic.opening_days import local_moment

# (offense code, days ago, decided after, paid after, place); offenses as in traffic.offenses
Offending = Tuple[str, int, "int | None", "int | None", str]


@dataclasses.dataclass(frozen=True)
class ExampleVehicle:
    """A vehicle with its proof, and what is recorded for it."""

    plate: str
    frame_tail: str
    registered_years_ago: int
    offending: Tuple[Offending, ...] = ()
    plate_type: str = "02"


@dataclasses.dataclass(frozen=True)
class ExampleDriver:
    """A licence with its proof, and how many points it has in the present period."""

    license_number: str
    file_tail: str
    name: str
    offending: Tuple[Offending, ...]
    issued_days_ago: int = 5 * 365 + 200
    trainee: bool = False


VEHICLES = (
    ExampleVehicle("浙JA1234", "123456", 7, (
        ("1625", 12, None, None, "杜桥大道（中心小学附近）"), ("1039", 30, None, None, "市场街（农贸市场附近）"),
        ("1117", 41, 9, None, "解放路（人民广场附近）"), ("1357", 120, 5, 2, "东方大道（眼镜城附近）"),
        ("1320", 400, 20, 1, "75省道（白沙附近）"))),
    ExampleVehicle("浙JD12345", "654321", 2, (), "52"),
    ExampleVehicle("浙JB2345", "234567", 5, (("1636", 8, None, None, "沿海高速桃渚段"),)),
    ExampleVehicle("浙JC3456", "345678", 16, tuple(
        ("1039", 15 + 21 * number, None, None, "古城街（老街口附近）") for number in range(12))),
)
DRIVERS = (
    ExampleDriver(license_number(datetime.date(1990, 1, 1), 1), "111111", "测试甲", ()),
    ExampleDriver(license_number(datetime.date(1990, 1, 1), 2), "222222", "测试乙", (
        ("1625", 70, 10, 2, "杜桥大道（中医院附近）"), ("1330", 50, 5, 1, "解放路（杜桥附近）"))),
    ExampleDriver(license_number(datetime.date(1990, 1, 1), 3), "333333", "测试丙", (
        ("1636", 90, 10, 2, "沿海高速章安段"), ("1357", 60, 5, 1, "府前路（镇政府附近）"),
        ("1320", 30, 8, 1, "224省道（上盘附近）"))),
    ExampleDriver(license_number(datetime.date(2004, 1, 1), 4), "444444", "测试丁", (
        ("1116", 40, 5, 1, "南环路（南门附近）"),), issued_days_ago=100, trainee=True),
)
NO_POINTS, NINE_POINTS, TWELVE_POINTS, TRAINEE = DRIVERS

PHOTOS = {"1625": "red-light.png", "1039": "parking.png"}  # drawn by tools/demo_pictures.py


def vehicle_rows(today: datetime.date) -> List[Dict[str, Any]]:
    """The example vehicles, ids from 1; the first example driver owns them."""
    return [{"id": number, "plate": v.plate, "plate_type": v.plate_type, "frame_tail": v.frame_tail,
             "kind": "small_car", "use": "private", "seats": 5, "brand": "测试牌小轿车", "colour": "白",
             "state": "normal", "owner_id": 1,
             "registered_on": today.replace(day=1, year=today.year - v.registered_years_ago),
             "injury_accident": False, "insured_until": today + datetime.timedelta(days=100)}
            for number, v in enumerate(VEHICLES, 1)]


def driver_rows(today: datetime.date) -> List[Dict[str, Any]]:
    """The example drivers, ids from 1."""
    rows = []
    for number, driver in enumerate(DRIVERS, 1):
        issued = today - datetime.timedelta(days=driver.issued_days_ago)
        rows.append({"id": number, "name": driver.name, "license_number": driver.license_number,
                     "file_tail": driver.file_tail, "license_class": "C1", "first_issued_on": issued,
                     "valid_until": valid_until(issued, today),
                     "trainee_until": issued + datetime.timedelta(days=365) if driver.trainee else None})
    return rows


def violation_rows(today: datetime.date) -> List[Dict[str, Any]]:
    """What the example vehicles did, ids from 1; of some there is a picture."""
    rows = ((vehicle, offending) for vehicle, v in enumerate(VEHICLES, 1) for offending in v.offending)
    return [{**_offended(number, vehicle, 1, offending, today), "photo": PHOTOS.get(offending[0])}
            for number, (vehicle, offending) in enumerate(rows, 1)]


def point_rows(today: datetime.date) -> List[Dict[str, Any]]:
    """What it cost the example drivers, ids from 1; done with vehicles that are not in the records."""
    rows = ((driver, offending) for driver, d in enumerate(DRIVERS, 1) for offending in d.offending)
    return [point_record(number, _offended(90_000_000 + number, 0, driver, offending, today))
            for number, (driver, offending) in enumerate(rows, 1)]


def _offended(number: int, vehicle: int, driver: int, offending: Offending, today: datetime.date) -> Dict[str, Any]:
    code, ago, decided_after, paid_after, place = offending
    when = local_moment(today - datetime.timedelta(days=ago), datetime.time(8 + ago % 10, 17))
    return violation(number, vehicle, driver, BY_CODE[code], ("台州", "浙江", place), when, decided_after, paid_after,
                     today)
