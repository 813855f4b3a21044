"""The driver's vehicles and licences: bind one by its proof, see them, unbind."""

from __future__ import annotations

import re
from typing import Any, Dict, List

from sanic.response import HTTPResponse, redirect
from sqlalchemy.orm import Session

from traffic.bindings import (
    bind_license,
    bind_vehicle,
    bound_licenses,
    bound_vehicles,
    unbind_license,
    unbind_vehicle,
)
from traffic.drivers import Driver
from traffic.errors import LicenseError, PlateError, ProofError, TooManyProofs
from traffic.inspections import next_inspection
from traffic.vehicles import Vehicle
from web.driver.errors import Missing
from web.driver.guard import Route, Visit
from web.driver.hall import Hall

FRAME_LENGTH, TAIL_LENGTH = 17, 6


async def _vehicles(hall: Hall, visit: Visit) -> HTTPResponse:
    return await _show_vehicles(hall, visit)


async def _show_vehicles(hall: Hall, visit: Visit, status: int = 200, **said: Any) -> HTTPResponse:
    found = await hall.look_up(bound_vehicles, visit.subscriber)
    due = {vehicle.id: next_inspection(vehicle, hall.today()) for vehicle in found}
    values = {"plate": hall.station.plate_prefix, "tail": "", "wrong": "", "said": visit.asked("said"), **said}
    return hall.page("vehicles.html", status, visit=visit, vehicles=found, due=due, **values)


async def _bind_vehicle(hall: Hall, visit: Visit) -> HTTPResponse:
    plate, tail = visit.field("plate"), _tail(visit.field("tail"))
    typed = {"plate": plate, "tail": tail}
    if len(tail) != TAIL_LENGTH:
        return await _show_vehicles(hall, visit, 400, wrong="tail_length", **typed)
    try:
        await hall.change(bind_vehicle, visit.subscriber, plate, tail, visit.now)
    except PlateError as error:
        return await _show_vehicles(hall, visit, 400, wrong=error.reason, **typed)
    except (ProofError, TooManyProofs) as error:
        return await _show_vehicles(hall, visit, 400, wrong=_proof(error), **typed)
    return redirect("/h5/vehicles?said=bound", status=303)


async def _licenses(hall: Hall, visit: Visit) -> HTTPResponse:
    return await _show_licenses(hall, visit)


async def _show_licenses(hall: Hall, visit: Visit, status: int = 200, **said: Any) -> HTTPResponse:
    found = await hall.look_up(bound_licenses, visit.subscriber)
    values = {"number": "", "tail": "", "wrong": "", "said": visit.asked("said"), **said}
    return hall.page("licenses.html", status, visit=visit, licenses=found, **values)


async def _bind_license(hall: Hall, visit: Visit) -> HTTPResponse:
    number, tail = visit.field("number"), _tail(visit.field("tail"))
    typed = {"number": number, "tail": tail}
    if len(tail) != TAIL_LENGTH:
        return await _show_licenses(hall, visit, 400, wrong="tail_length", **typed)
    try:
        await hall.change(bind_license, visit.subscriber, number, tail, visit.now)
    except LicenseError:
        return await _show_licenses(hall, visit, 400, wrong="number", **typed)
    except (ProofError, TooManyProofs) as error:
        return await _show_licenses(hall, visit, 400, wrong=_proof(error), **typed)
    return redirect("/h5/licenses?said=bound", status=303)


def _tail(typed: str) -> str:
    """The last six places, also of who typed the whole number."""
    plain = re.sub(r"[\s-]", "", typed).upper()
    return plain[-TAIL_LENGTH:] if len(plain) in (12, FRAME_LENGTH) else plain


def _proof(error: Exception) -> str:
    return "too_many" if isinstance(error, TooManyProofs) else "proof"


async def _ask_unbind_vehicle(hall: Hall, visit: Visit, number: str) -> HTTPResponse:
    vehicle = await hall.look_up(own_vehicle, visit.subscriber, number)
    return hall.page("unbind.html", visit=visit, vehicle=vehicle, license=None)


async def _unbind_vehicle(hall: Hall, visit: Visit, number: str) -> HTTPResponse:
    vehicle = await hall.look_up(own_vehicle, visit.subscriber, number)
    await hall.change(unbind_vehicle, visit.subscriber, vehicle.plate, now=visit.now)
    return redirect("/h5/vehicles?said=unbound", status=303)


async def _ask_unbind_license(hall: Hall, visit: Visit, number: str) -> HTTPResponse:
    return hall.page("unbind.html", visit=visit, vehicle=None,
                     license=await hall.look_up(own_license, visit.subscriber, number))


async def _unbind_license(hall: Hall, visit: Visit, number: str) -> HTTPResponse:
    driver = await hall.look_up(own_license, visit.subscriber, number)
    await hall.change(unbind_license, visit.subscriber, driver.license_number, now=visit.now)
    return redirect("/h5/licenses?said=unbound", status=303)


def own_vehicle(session: Session, subscriber: str, number: str) -> Vehicle:
    """The subscriber's bound vehicle of this id. Raises Missing, equal for unknown and another's."""
    return _own(bound_vehicles(session, subscriber), number)


def own_license(session: Session, subscriber: str, number: str) -> Driver:
    """The subscriber's bound licence of this id. Raises Missing, equal for unknown and another's."""
    return _own(bound_licenses(session, subscriber), number)


def _own(bound: List[Any], number: str) -> Any:
    by_number: Dict[str, Any] = {str(each.id): each for each in bound}
    if number not in by_number:
        raise Missing("nothing of this number is bound")
    return by_number[number]


ROUTES = [
    Route("/vehicles", _vehicles), Route("/vehicles", _bind_vehicle, "POST"),
    Route("/vehicles/<number:str>/unbind", _ask_unbind_vehicle),
    Route("/vehicles/<number:str>/unbind", _unbind_vehicle, "POST"),
    Route("/licenses", _licenses), Route("/licenses", _bind_license, "POST"),
    Route("/licenses/<number:str>/unbind", _ask_unbind_license),
    Route("/licenses/<number:str>/unbind", _unbind_license, "POST"),
]
