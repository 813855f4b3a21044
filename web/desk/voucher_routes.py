"""The voucher that a driver shows at the window: its QR code opens this page on an officer's phone."""

from __future__ import annotations

from sanic.response import HTTPResponse, redirect

from messages.database import writing
from traffic.appointments import Booking
from traffic.errors import NotYours
from traffic.vouchers import any_booking, attend
from web.desk.database import records
from web.desk.deeds import record
from web.desk.errors import Missing
from web.desk.guard import Route, Visit
from web.desk.office import Office


async def _voucher(office: Office, visit: Visit, number: str) -> HTTPResponse:
    booking = await office.do(_look, office, visit, number)
    return office.page("voucher.html", visit=visit, booking=booking, said="")


def _look(office: Office, visit: Visit, number: str) -> Booking:
    with writing(office.engine) as session:
        try:
            with records(session) as traffic:
                booking = any_booking(traffic, number)
        except NotYours:
            raise Missing("no such appointment") from None
        record(session, visit.officer.name, "looked_voucher", f"booking:{booking.number}", now=visit.now)
        return booking


async def _came(office: Office, visit: Visit, number: str) -> HTTPResponse:
    booking = await office.do(_look, office, visit, number)
    await office.do(_note, office, visit, booking.number)
    return redirect(f"/desk/vouchers/{booking.number}", status=303)


def _note(office: Office, visit: Visit, number: str) -> None:
    with writing(office.engine) as session:
        with records(session) as traffic:
            noted = attend(traffic, number)
        if noted:
            record(session, visit.officer.name, "noted_attendance", f"booking:{number}", now=visit.now)


ROUTES = [Route("/vouchers/<number:str>", _voucher), Route("/vouchers/<number:str>/came", _came, "POST")]
