"""Appointments: the driver's own with a voucher for the window, and a calendar to book, change and cancel."""

from __future__ import annotations

import datetime
from typing import Any, Dict, List, Tuple

import segno
from markupsafe import Markup
from sanic.response import HTTPResponse, redirect
from sqlalchemy.orm import Session

from traffic.appointments import Booking, book, bookings_of, cancel, change
from traffic.bindings import bound_vehicles
from traffic.errors import AlreadyBooked, PlateError, SlotFull, SlotUnknown, TooManyNoShows
from traffic.no_shows import no_booking_before
from traffic.opening_days import FARTHEST_DAYS, day_bounds
from traffic.page_links import digest
from traffic.plates import parse_plate
from traffic.slots import KINDS
from traffic.vehicles import Vehicle
from traffic.waiting_list import stop_waiting, wait, waiting_of
from web.driver.calendar import Calendar, calendar_of
from web.driver.errors import Missing
from web.driver.guard import Route, Visit
from web.driver.hall import Hall
from web.seals import new_token

ELSEWHERE = ("other", "listed")  # the plate stands in another field: typed, or picked from a fleet's list


async def _bookings(hall: Hall, visit: Visit) -> HTTPResponse:
    found = await hall.look_up(bookings_of, visit.subscriber, now=visit.now)
    waiting = await hall.look_up(waiting_of, visit.subscriber, now=visit.now)
    return hall.page("appointments.html", visit=visit, bookings=[(b, voucher(hall, b)) for b in found],
                     waiting=waiting, said=visit.asked("said"))


def voucher(hall: Hall, booking: Booking) -> Markup:
    """The voucher's QR code as SVG: an officer's phone opens the desk's page of this number."""
    code = segno.make(f"{hall.settings.pages_address}/desk/vouchers/{booking.number}", error="m")
    return Markup(code.svg_inline(border=2, svgclass="qr", lineclass=None, omitsize=True))  # noqa: S704 - segno's own


async def _kinds(hall: Hall, visit: Visit) -> HTTPResponse:
    return hall.page("appointment_kinds.html", visit=visit)


async def _new(hall: Hall, visit: Visit, kind: str) -> HTTPResponse:
    return await _offer(hall, visit, kind)


async def _offer(hall: Hall, visit: Visit, kind: str, status: int = 200, wrong: str = "") -> HTTPResponse:
    if kind not in KINDS:
        raise Missing("no such kind of appointment")
    calendar, vehicles = await hall.look_up(_offered, visit, kind)
    again = await hall.look_up(no_booking_before, visit.subscriber, now=visit.now)
    return hall.page("calendar.html", status, visit=visit, kind=kind, booking=None, vehicles=vehicles, wrong=wrong,
                     again=again, full=_full_day(visit, calendar),
                     plate=visit.field("plate") or visit.asked("plate"), calendar=calendar,
                     other=visit.field("other") or hall.station.plate_prefix, key=new_token())


def _full_day(visit: Visit, calendar: Calendar) -> datetime.date | None:
    """The full day on which a place is wanted; None for any other."""
    wanted = visit.asked("full") or visit.field("full")
    return next((day.date for week in calendar.weeks for day in week
                 if day.state == "full" and day.date.isoformat() == wanted), None)


async def _wait(hall: Hall, visit: Visit, kind: str) -> HTTPResponse:
    """Onto the waiting list of a full day, or of the whole month when all of it is full."""
    if kind not in KINDS:
        raise Missing("no such kind of appointment")
    calendar, _ = await hall.look_up(_offered, visit, kind)
    full = _full_day(visit, calendar)
    if full is None and calendar.chosen:
        return await _offer(hall, visit, kind, 409)  # a place is free meanwhile
    first, last = day_bounds(full) if full else (visit.now, visit.now + datetime.timedelta(days=FARTHEST_DAYS))
    try:
        await hall.change(wait, visit.subscriber, kind, _plate(visit), max(first, visit.now), last, now=visit.now)
    except PlateError:
        return await _offer(hall, visit, kind, 400, "plate")
    except TooManyNoShows:
        return await _offer(hall, visit, kind, 409)  # says so by itself
    except AlreadyBooked as error:
        return await _offer(hall, visit, kind, 409, "booked" if error.number else "booked_by_other")
    return redirect("/h5/appointments?said=waiting", status=303)


async def _stop_waiting(hall: Hall, visit: Visit, kind: str) -> HTTPResponse:
    await hall.change(stop_waiting, visit.subscriber, kind)
    return redirect("/h5/appointments?said=stopped", status=303)


def _plate(visit: Visit) -> str:
    """The plate picked or typed. Raises PlateError."""
    picked = visit.field("plate")
    return parse_plate(visit.field(picked) if picked in ELSEWHERE else picked).text


def _offered(session: Session, visit: Visit, kind: str) -> Tuple[Calendar, List[Vehicle]]:
    wanted = visit.asked("day") or visit.field("day")
    return calendar_of(session, kind, wanted, visit.now), bound_vehicles(session, visit.subscriber)


async def _book(hall: Hall, visit: Visit, kind: str) -> HTTPResponse:
    chosen, key = _chosen(visit)
    if kind not in KINDS or not chosen:
        return await _offer(hall, visit, kind, 400, "slot")
    try:
        await hall.change(book, visit.subscriber, kind, chosen, _plate(visit), key, now=visit.now)
    except PlateError:
        return await _offer(hall, visit, kind, 400, "plate")
    except TooManyNoShows:
        return await _offer(hall, visit, kind, 409)  # says so by itself
    except (SlotFull, SlotUnknown):
        return await _offer(hall, visit, kind, 409, "full")
    except AlreadyBooked as error:
        return await _offer(hall, visit, kind, 409, "booked" if error.number else "booked_by_other")
    return redirect("/h5/appointments?said=booked", status=303)


def _chosen(visit: Visit) -> Tuple[int, str]:
    """The slot's id (0 for none) and the form's key, by which a second press of the button books nothing more."""
    slot = visit.field("slot")
    number = int(slot) if slot.isascii() and slot.isdigit() and len(slot) < 10 else 0
    return number, f"page:{digest(visit.token)[:16]}:{visit.field('key')[:40] or new_token()}"


async def _other_time(hall: Hall, visit: Visit, number: str) -> HTTPResponse:
    return await _offer_other(hall, visit, number)


async def _offer_other(hall: Hall, visit: Visit, number: str, status: int = 200, wrong: str = "") -> HTTPResponse:
    booking = await hall.look_up(own_booking, visit, number)
    calendar, _ = await hall.look_up(_offered, visit, booking.kind)
    values: Dict[str, Any] = {"plate": "", "other": "", "vehicles": [], "again": None, "full": None, "key": new_token()}
    return hall.page("calendar.html", status, visit=visit, kind=booking.kind, booking=booking, calendar=calendar,
                     wrong=wrong, **values)


async def _change(hall: Hall, visit: Visit, number: str) -> HTTPResponse:
    await hall.look_up(own_booking, visit, number)
    chosen, key = _chosen(visit)
    if not chosen:
        return await _offer_other(hall, visit, number, 400, "slot")
    try:
        await hall.change(change, visit.subscriber, number, chosen, key, now=visit.now)
    except (SlotFull, SlotUnknown):
        return await _offer_other(hall, visit, number, 409, "full")
    return redirect("/h5/appointments?said=changed", status=303)


async def _ask_cancel(hall: Hall, visit: Visit, number: str) -> HTTPResponse:
    return hall.page("cancel.html", visit=visit, booking=await hall.look_up(own_booking, visit, number))


async def _cancel(hall: Hall, visit: Visit, number: str) -> HTTPResponse:
    await hall.change(cancel, visit.subscriber, number)
    return redirect("/h5/appointments?said=cancelled", status=303)


def own_booking(session: Session, visit: Visit, number: str) -> Booking:
    """The visitor's booking still to come. Raises Missing, equal for unknown and another's."""
    for booking in bookings_of(session, visit.subscriber, now=visit.now):
        if booking.number == number:
            return booking
    raise Missing("no such appointment")


ROUTES = [
    Route("/appointments", _bookings), Route("/appointments/new", _kinds),
    Route("/appointments/new/<kind:str>", _new), Route("/appointments/new/<kind:str>", _book, "POST"),
    Route("/appointments/new/<kind:str>/wait", _wait, "POST"),
    Route("/appointments/new/<kind:str>/stop-waiting", _stop_waiting, "POST"),
    Route("/appointments/<number:str>/change", _other_time),
    Route("/appointments/<number:str>/change", _change, "POST"),
    Route("/appointments/<number:str>/cancel", _ask_cancel),
    Route("/appointments/<number:str>/cancel", _cancel, "POST"),
]
