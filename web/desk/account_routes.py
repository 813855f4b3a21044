"""An officer's own page: who one is, and one-time codes for signing in."""

from __future__ import annotations

from sanic.response import HTTPResponse, redirect

from messages.database import reading, writing
from web.desk import one_time_codes
from web.desk.deeds import record
from web.desk.errors import BadText
from web.desk.guard import Route, Visit
from web.desk.office import Office


async def _page(office: Office, visit: Visit) -> HTTPResponse:
    return await _show(office, visit, one_time_codes.new_secret(), "")


async def _show(office: Office, visit: Visit, secret: str, wrong: str) -> HTTPResponse:
    enrolled = await office.do(_enrolled, office, visit)
    picture = "" if enrolled else one_time_codes.picture_of(secret, visit.officer.name, office.station.account_name)
    sealed = office.seals.close(f"{visit.officer.id}:{secret}")
    return office.page("account.html", visit=visit, enrolled=enrolled, secret=secret, picture=picture, wrong=wrong,
                       sealed=sealed, said=visit.request.args.get("said", ""))


def _enrolled(office: Office, visit: Visit) -> bool:
    with reading(office.engine) as session:
        return one_time_codes.has_codes(session, visit.officer.id)


async def _enrol(office: Office, visit: Visit) -> HTTPResponse:
    owner, _, secret = (office.seals.open(visit.field("sealed")) or "").partition(":")
    if owner != str(visit.officer.id) or await office.do(_enrolled, office, visit):
        return redirect("/desk/account", status=303)
    try:
        await office.do(_keep, office, visit, secret)
    except BadText as error:
        return await _show(office, visit, secret, error.why)
    return redirect("/desk/account?said=enrolled", status=303)


def _keep(office: Office, visit: Visit, secret: str) -> None:
    with writing(office.engine) as session:
        office.codes.enrol(session, visit.officer.id, secret, visit.field("code"), visit.now)
        record(session, visit.officer.name, "codes_enrolled", f"officer:{visit.officer.name}", now=visit.now)


ROUTES = [Route("/account", _page, may=""), Route("/account/codes", _enrol, "POST", may="")]
