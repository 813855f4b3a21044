"""A driver's accident case on pages: place, photos with the camera, details, cause by picture, agreement."""

from __future__ import annotations

from typing import Any, Callable

from sanic.response import HTTPResponse, raw, redirect
from sqlalchemy.orm import Session

from traffic import photos
from traffic.accident_cases import (
    PHOTO_KINDS,
    CaseView,
    add_photo,
    agree,
    case_of,
    cases_of,
    current_case,
    give_up,
    object_to,
    proposal,
    propose,
    tell_place,
)
from traffic.accident_causes import cause, causes, other, share_of
from traffic.accident_decisions import visit as book_visit
from traffic.accident_diagrams import svg
from traffic.accident_joining import VEHICLE_KINDS, Details, join, tell_details
from traffic.accident_stops import stop, stopped_for
from traffic.errors import (
    AnotherCase,
    CaseMoved,
    CauseUnknown,
    DetailsRefused,
    JoinRefused,
    OwnCase,
    PhotoRefused,
    SlotFull,
    TooManyNoShows,
    TooManyProofs,
)
from traffic.presentation import day, local
from web.driver.accident_agreement import agreement_pdf, agreement_picture, place_of
from web.driver.accident_tellings import tell
from web.driver.accident_words import words
from web.driver.errors import Missing
from web.driver.guard import Route, Visit
from web.driver.hall import Hall

STEPS = {"place": 0, "photos": 1, "details": 2, "join": 2, "other_details": 2, "cause": 3, "agree": 4,
         "other_agrees": 4, "with_officer": 4}
JOIN_REFUSED = {TooManyProofs: "too_many", JoinRefused: "code", OwnCase: "own", AnotherCase: "another"}
FIELDS = tuple(Details.__dataclass_fields__)
Deed = Callable[..., CaseView]


async def _home(hall: Hall, visit: Visit) -> HTTPResponse:
    found = await hall.look_up(current_case, visit.subscriber, hall.now())
    if found and not visit.asked("all"):
        return redirect(f"/h5/accident/{found.case.number}", status=303)
    return await _list(hall, visit)


async def _list(hall: Hall, visit: Visit, status: int = 200, wrong: str = "", code: str = "") -> HTTPResponse:
    mine = await hall.look_up(cases_of, visit.subscriber)
    return hall.page("accidents.html", status, visit=visit, cases=mine, wrong=wrong, code=code, words=words())


async def _join(hall: Hall, visit: Visit) -> HTTPResponse:
    code = visit.field("code")
    try:
        joined = await hall.change(join, visit.subscriber, code, hall.now())
    except (TooManyProofs, JoinRefused, OwnCase, AnotherCase) as error:
        # a wrong code and another's case are both simply not there
        status = 404 if isinstance(error, JoinRefused) else 400
        return await _list(hall, visit, status, wrong=JOIN_REFUSED[type(error)], code=code)
    await _tell(hall, joined.case.number)
    return redirect(f"/h5/accident/{joined.case.number}", status=303)


async def _case(hall: Hall, visit: Visit, number: str) -> HTTPResponse:
    return await _show(hall, visit, number)


async def _show(hall: Hall, visit: Visit, number: str, status: int = 200, **said: Any) -> HTTPResponse:
    found = await hall.look_up(case_of, visit.subscriber, number)
    me = found.me
    typed = {name: getattr(me, name) or "" for name in FIELDS}
    values = {"wrong": {}, "problem": visit.asked("problem"), "typed": typed, "told": "", **said}
    return hall.page("accident.html", status, visit=visit, found=found, case=found.case, me=me, them=found.them,
                     step=found.step, at=STEPS.get(found.step), words=words(), kinds=PHOTO_KINDS,
                     cause=cause(found.case.cause) if found.case.cause else None, place=place_of(found),
                     ground=stopped_for(found.case), proposal=proposal(found.case), vehicle_kinds=VEHICLE_KINDS,
                     other=other, **values)


async def _place(hall: Hall, visit: Visit, number: str) -> HTTPResponse:
    place = visit.field("place")
    if not place:
        return await _show(hall, visit, number, 400, problem="place")
    return await _do(hall, visit, number, tell_place, place, weather=visit.field("weather"))


async def _photo(hall: Hall, visit: Visit, number: str) -> HTTPResponse:
    await hall.look_up(case_of, visit.subscriber, number)
    sent = visit.request.files.get("photo") if visit.request.files else None
    try:
        photo = await hall.do(photos.clean_photo, sent.body if sent else b"")
        return await _do(hall, visit, number, add_photo, photo, kind=visit.field("kind"), received_at=hall.now(),
                         source="page")
    except PhotoRefused as error:
        problem = error.reason if sent and sent.body else "no_file"
        return await _show(hall, visit, number, 400, problem=problem)


async def _details(hall: Hall, visit: Visit, number: str) -> HTTPResponse:
    typed = {name: visit.field(name) for name in FIELDS}
    try:
        return await _do(hall, visit, number, _describe, Details(**typed), visit.field("weather"))
    except DetailsRefused as error:
        return await _show(hall, visit, number, 400, wrong=error.wrong, typed=typed)


def _describe(session: Session, subscriber: str, number: str, told: Details, weather: str) -> CaseView:
    """Details, and the weather, which who sent a location in the chat was not asked for; the agreement must name it."""
    found = tell_details(session, subscriber, number, told)
    return found if found.case.weather else tell_place(session, subscriber, number, weather=weather)


async def _causes(hall: Hall, visit: Visit, number: str) -> HTTPResponse:
    found = await hall.look_up(case_of, visit.subscriber, number)
    code = visit.asked("cause")
    if found.case.state not in ("gathering", "proposed") or not found.complete:
        return redirect(f"/h5/accident/{number}", status=303)
    if code and code not in causes():
        raise Missing("no such liability case")
    return hall.page("accident_causes.html", visit=visit, found=found, case=found.case, causes=list(causes().values()),
                     chosen=causes().get(code), me=found.me, other=other, share_of=share_of, words=words())


async def _propose(hall: Hall, visit: Visit, number: str) -> HTTPResponse:
    return await _do(hall, visit, number, propose, visit.field("cause"), visit.field("a_role"), hall.now())


async def _agree(hall: Hall, visit: Visit, number: str) -> HTTPResponse:
    return await _do(hall, visit, number, agree, visit.field("proposal"), hall.now())


async def _object(hall: Hall, visit: Visit, number: str) -> HTTPResponse:
    return await _do(hall, visit, number, object_to, visit.field("why"), hall.now())


async def _stop(hall: Hall, visit: Visit, number: str) -> HTTPResponse:
    said = words()["grounds"].get(visit.field("ground"))
    if said is None:
        raise Missing("no such ground")
    return await _do(hall, visit, number, stop, said, hall.now())


async def _visit(hall: Hall, visit: Visit, number: str) -> HTTPResponse:
    try:
        return await _do(hall, visit, number, book_visit, hall.now())
    except SlotFull:
        return await _show(hall, visit, number, 409, problem="visit_full",
                           told=hall.station.windows["accident_window"].phone)
    except TooManyNoShows as refused:
        again = day(refused.again, local(hall.now()).date())
        return await _show(hall, visit, number, 409, problem="no_shows", told=hall.station.told_no_shows(again))


async def _give_up(hall: Hall, visit: Visit, number: str) -> HTTPResponse:
    return await _do(hall, visit, number, give_up, hall.now())


async def _do(hall: Hall, visit: Visit, number: str, deed: Deed, *arguments: Any, **named: Any) -> HTTPResponse:
    """Does it, tells whom it concerns, and shows the case anew. What came too late is said, and nothing is lost."""
    try:
        await hall.change(deed, visit.subscriber, number, *arguments, **named)
    except (CaseMoved, CauseUnknown):
        return redirect(f"/h5/accident/{number}?problem=moved", status=303)
    await _tell(hall, number)
    return redirect(f"/h5/accident/{number}", status=303)


async def _tell(hall: Hall, number: str) -> None:
    await hall.do(tell, hall.engine, hall.settings, number, hall.now())


async def _shown_photo(hall: Hall, visit: Visit, number: str, photo: str) -> HTTPResponse:
    path = await hall.look_up(_photo_path, visit.subscriber, number, photo)
    data = await hall.do(photos.read, path)
    if data is None:
        raise Missing("no such photo")
    return raw(data, content_type="image/jpeg")


def _photo_path(session: Session, subscriber: str, number: str, photo: str) -> str:
    found = case_of(session, subscriber, number)
    paths = {str(each.id): each.path for each in found.photos}
    if photo not in paths:
        raise Missing("no such photo")
    return paths[photo]


async def _agreement(hall: Hall, visit: Visit, number: str, kind: str) -> HTTPResponse:
    found = await hall.look_up(case_of, visit.subscriber, number)
    draw = {"pdf": agreement_pdf, "jpg": agreement_picture}.get(kind)
    if draw is None or found.case.state not in ("agreed", "decided") or found.me is None:
        raise Missing("no agreement yet")
    data = await hall.do(draw, found, found.me.role)
    types = {"pdf": "application/pdf", "jpg": "image/jpeg"}
    return raw(data, content_type=types[kind],
               headers={"Content-Disposition": f'inline; filename="{found.case.number}.{kind}"'})


async def _diagram(hall: Hall, visit: Visit | None, code: str) -> HTTPResponse:
    try:
        drawn = await hall.do(svg, code)
    except CauseUnknown:
        raise Missing("no such liability case") from None
    return raw(drawn.encode(), content_type="image/svg+xml", headers={"Cache-Control": "max-age=86400"})


CASE = "/accident/<number:str>"
ROUTES = [
    Route("/accident", _home), Route("/accident/join", _join, "POST"), Route(CASE, _case),
    Route(f"{CASE}/place", _place, "POST"), Route(f"{CASE}/photos", _photo, "POST"),
    Route(f"{CASE}/details", _details, "POST"), Route(f"{CASE}/causes", _causes),
    Route(f"{CASE}/propose", _propose, "POST"), Route(f"{CASE}/agree", _agree, "POST"),
    Route(f"{CASE}/object", _object, "POST"), Route(f"{CASE}/give-up", _give_up, "POST"),
    Route(f"{CASE}/stop", _stop, "POST"),
    Route(f"{CASE}/visit", _visit, "POST"),
    Route(f"{CASE}/photos/<photo:str>", _shown_photo), Route(f"{CASE}/agreement/<kind:str>", _agreement),
    Route("/accident-causes/<code:str>", _diagram, public=True),
]
