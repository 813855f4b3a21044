"""The violations of the driver's vehicles: pictures, sums, what is paid; and the points of the licences."""

from __future__ import annotations

import pathlib
from typing import Any, Dict, List

from sanic.response import HTTPResponse, raw
from sqlalchemy.orm import Session

from bot.settings import VAR
from traffic.bindings import bound_licenses, bound_vehicles
from traffic.drivers import Driver
from traffic.points import FULL, PointsPeriod, points_of
from traffic.vehicles import Vehicle
from traffic.violations import Violation, late_fee_fen, totals, violations_of
from web.driver.bindings import own_license, own_vehicle
from web.driver.errors import Missing
from web.driver.guard import Route, Visit
from web.driver.hall import Hall

STATES = {"unpaid": False, "paid": True}
PHOTOS = "photos/violations"  # below VAR; an import's column 图片 holds a path below this
DEMO_PHOTOS = pathlib.Path(__file__).parent / "static" / "demo"
TYPES = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png"}
SHOWN = 100


async def _violations(hall: Hall, visit: Visit) -> HTTPResponse:
    wanted, state = visit.asked("vehicle"), visit.asked("state")
    state = state if state in STATES else ""
    found = await hall.look_up(_look, visit.subscriber, wanted)
    late = {v.id: late_fee_fen(v, hall.today()) for v in found["violations"]}
    shown = [v for v in found["violations"] if not state or v.paid == STATES[state]]
    return hall.page("violations.html", visit=visit, state=state, shown=shown[:SHOWN], late=late,
                     photos={v.id for v in shown if photo_file(v.photo)}, sums=totals(found["violations"]), **found)


def _look(session: Session, subscriber: str, wanted: str) -> Dict[str, Any]:
    vehicles = bound_vehicles(session, subscriber)
    vehicle: Vehicle | None = own_vehicle(session, subscriber, wanted) if wanted else next(iter(vehicles), None)
    violations = violations_of(session, vehicle.id) if vehicle else []
    return {"vehicles": vehicles, "vehicle": vehicle, "violations": violations}


async def _photo(hall: Hall, visit: Visit, number: str) -> HTTPResponse:
    violation = await hall.look_up(own_violation, visit.subscriber, number)
    file = photo_file(violation.photo)
    if file is None:
        raise Missing("this violation has no picture")
    return raw(await hall.do(file.read_bytes), content_type=TYPES[file.suffix.lower()])


def own_violation(session: Session, subscriber: str, number: str) -> Violation:
    """A violation of one of the subscriber's vehicles, as the list shows it. Raises Missing."""
    for vehicle in bound_vehicles(session, subscriber):
        for violation in violations_of(session, vehicle.id):
            if str(violation.id) == number:
                return violation
    raise Missing("no such violation")


def photo_file(photo: str | None) -> pathlib.Path | None:
    """The picture's file, None when there is none; a path that leads out of the folder is none."""
    for folder in (VAR / PHOTOS, DEMO_PHOTOS):
        file = (folder / photo).resolve() if photo and "\0" not in photo else None
        if file and file.suffix.lower() in TYPES and folder.resolve() in file.parents and file.is_file():
            return file
    return None


async def _points(hall: Hall, visit: Visit) -> HTTPResponse:
    found = await hall.look_up(_look_at_points, visit.subscriber, visit.asked("license"), hall.today())
    return hall.page("points.html", visit=visit, full=FULL, **found)


def _look_at_points(session: Session, subscriber: str, wanted: str, today: Any) -> Dict[str, Any]:
    licenses: List[Driver] = bound_licenses(session, subscriber)
    driver: Driver | None = own_license(session, subscriber, wanted) if wanted else next(iter(licenses), None)
    period: PointsPeriod | None = points_of(session, driver.id, today) if driver else None
    return {"licenses": licenses, "license": driver, "period": period}


ROUTES = [Route("/violations", _violations), Route("/violations/<number:str>/photo", _photo),
          Route("/points", _points)]
