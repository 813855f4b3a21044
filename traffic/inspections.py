"""When a vehicle's inspection (年检) is due, and whether on the line or only the sticker is to be fetched.

Sources: 道路交通安全法实施条例 article 16; eased by 公交管〔2022〕295号, in force since 2022-10-01, for motorcycles
and for private passenger vehicles of nine seats or less (面包车 excepted): on the line in the 6th and 10th year, a
sticker every two years in between, on the line every year after the 10th. Valid to the end of the month.
"""

from __future__ import annotations

import calendar
import dataclasses
import datetime
import itertools
from typing import Iterator, Tuple

from traffic.vehicles import Vehicle

ON_LINE, STICKER = "on_line", "sticker"
EASED = ((2, STICKER), (4, STICKER), (6, ON_LINE), (8, STICKER), (10, ON_LINE))
EASED_YEARS = 10
FOREVER = 1000
# (up to which age in years, every so many months)
PRIVATE_SMALL = ((6, 24), (15, 12), (FOREVER, 6))
COMMERCIAL_PASSENGER = ((5, 12), (FOREVER, 6))
LORRY_OR_LARGE = ((10, 12), (FOREVER, 6))
MOTORCYCLE = ((4, 24), (FOREVER, 12))
OTHER = ((FOREVER, 12),)
MONTHS_AHEAD = 3
Due = Tuple[datetime.date, str]


@dataclasses.dataclass(frozen=True)
class Inspection:
    """The next one: `kind` is on_line (上线检测) or sticker (免上线, 申领标志); possible from `from_day`."""

    kind: str
    from_day: datetime.date
    due_on: datetime.date
    overdue: bool


def month_end(day: datetime.date, months: int) -> datetime.date:
    """The last day of the month so many months later (or earlier)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return datetime.date(year, month + 1, calendar.monthrange(year, month + 1)[1])


def eased(vehicle: Vehicle) -> bool:
    """Whether the easier rule holds: no van, no accident with injuries, private, nine seats or less."""
    small = vehicle.kind == "small_car" and vehicle.use == "private" and vehicle.seats <= 9
    return (small or vehicle.kind == "motorcycle") and not vehicle.injury_accident


def due_dates(vehicle: Vehicle) -> Iterator[Due]:
    """(due, kind) of all inspections since the registration, without end; none when it is not recorded."""
    if vehicle.registered_on is None:
        return
    if eased(vehicle):
        yield from ((month_end(vehicle.registered_on, years * 12), kind) for years, kind in EASED)
        yield from ((month_end(vehicle.registered_on, years * 12), ON_LINE)
                    for years in itertools.count(EASED_YEARS + 1))
    months = 0
    while True:
        months += next(every for years, every in _plan(vehicle) if months < years * 12)
        yield month_end(vehicle.registered_on, months), ON_LINE


def _plan(vehicle: Vehicle) -> Tuple[Tuple[int, int], ...]:
    if vehicle.kind in ("small_car", "van"):
        return PRIVATE_SMALL if vehicle.use == "private" else COMMERCIAL_PASSENGER
    if vehicle.kind == "motorcycle":
        return MOTORCYCLE
    if vehicle.kind == "bus" and vehicle.use != "private":
        return COMMERCIAL_PASSENGER
    return LORRY_OR_LARGE if vehicle.kind in ("bus", "lorry") else OTHER


def next_inspection(vehicle: Vehicle, today: datetime.date) -> Inspection | None:
    """The inspection that is due next; what is recorded as valid-until beats the computed date.

    None when neither that nor the registration is recorded.
    """
    recorded = vehicle.inspected_until
    due = recorded or next((day for day, _ in due_dates(vehicle) if day >= today), None)
    if due is None:
        return None
    kind = next((kind for day, kind in due_dates(vehicle) if day >= due), ON_LINE)
    return Inspection(kind, month_end(due, -MONTHS_AHEAD) + datetime.timedelta(days=1), due, due < today)
