"""The next step of an accident case, and what one may send for it: pictures, a place, the other driver's code."""

from __future__ import annotations

import contextlib
import datetime
import re
from typing import Any, Callable, Dict

from rasa_sdk.executor import CollectingDispatcher

from actions import records
from actions.presentation import local, mask_plate, moment, time_of_day
from actions.turn import Turn
from bot.personal_numbers import covered
from traffic import photos
from traffic.accident_cases import CaseView, add_photo, case_of, current_case, give_up, tell_place
from traffic.accident_causes import cause
from traffic.accident_decisions import coming_visit
from traffic.accident_joining import CODE_LASTS, join
from traffic.accident_rules import GROUNDS, ground_midway
from traffic.accident_stops import RUNNING, stop
from traffic.appointments import Booking
from traffic.errors import (
    AnotherCase,
    CaseMoved,
    JoinRefused,
    NotYours,
    OwnCase,
    PhotoRefused,
    TooManyProofs,
)

CODE_SAID = re.compile(r"(?:加入|(?<![号牌证口])码)[^\d，。；]{0,4}([2-9]{6})(?!\d)")
CODE_ALONE = re.compile(r"([2-9]{6})[。.!！]?")
ON_THE_WAY = ("gathering", "proposed")
GO_ON = {"title": "utter_title_accident_go_on", "payload": "/report_minor_accident"}
GIVE_UP = {"title": "utter_title_accident_give_up", "payload": '/inform{"accident_answer": "give_up"}'}
REFUSED = {TooManyProofs: "utter_accident_too_many_codes", JoinRefused: "utter_accident_code_unknown",
           OwnCase: "utter_accident_own_code", AnotherCase: "utter_accident_another_case"}


async def take_up_accident(dispatcher: CollectingDispatcher, turn: Turn) -> bool:
    """What a picture, a location, a code or a tap means for an accident case; False when it means nothing."""
    if CODE_SAID.search(turn.text):
        return await take_code(dispatcher, turn)
    for given, do in GIVEN.items():
        if turn.value(given) or turn.metadata.get(given):
            return bool(await do(dispatcher, turn))
    return False


async def stop_for_words(dispatcher: CollectingDispatcher, turn: Turn) -> bool:
    """Leaves an open case to an officer when its driver says that somebody is hurt, drunk …; whether it did.

    Both drivers then hear of it from the post of the case (web/driver/accident_tellings.py).
    """
    ground = ground_midway(turn.text)
    found = await records.look_up(current_case, turn.subscriber, records.now()) if ground else None
    if ground is None or found is None or found.case.state not in RUNNING:
        return False
    with contextlib.suppress(CaseMoved):
        await records.change(stop, turn.subscriber, found.case.number, covered(turn.text), records.now())
    dispatcher.utter_message(response=f"utter_accident_{ground}", law=GROUNDS[ground].law)
    return True


async def take_picture(dispatcher: CollectingDispatcher, turn: Turn) -> bool:
    """Keeps a picture as the next photo that is missing; False without an open case."""
    found = await records.look_up(current_case, turn.subscriber, records.now())
    if found is None:
        return False
    problem = turn.metadata.get("photo_problem")
    data = photos.read(str(turn.metadata.get("photo") or ""))
    if problem or data is None:
        dispatcher.utter_message(response=f"utter_accident_photo_{problem or 'late'}")
        return True
    sent = turn.metadata.get("photo_at")
    received = datetime.datetime.fromisoformat(sent) if sent else records.now()
    try:
        now = await records.change(add_photo, turn.subscriber, found.case.number, photos.as_photo(data),
                                   source="chat", received_at=received)
    except (PhotoRefused, CaseMoved):
        dispatcher.utter_message(response="utter_accident_photo_too_many")
        return True
    if not now.located:
        dispatcher.utter_message(response="utter_accident_photo_kept")
    else:
        await tell_next(dispatcher, now)
    return True


async def _take_place(dispatcher: CollectingDispatcher, turn: Turn) -> bool:
    found = await records.look_up(current_case, turn.subscriber, records.now())
    if found is None or found.located or found.case.state != "gathering":
        return False
    place = turn.metadata["location"]
    told = await records.change(tell_place, turn.subscriber, found.case.number, place.get("label"),
                                latitude=place.get("lat"), longitude=place.get("lon"))
    await tell_next(dispatcher, told)
    return True


def code_in(turn: Turn) -> str | None:
    """The other driver's code: 加入 234567, 码是234567, or nothing but six such digits."""
    found = CODE_SAID.search(turn.text) or CODE_ALONE.fullmatch(turn.text)
    return str(turn.value("accident_code") or "") or (found[1] if found else None)


async def take_code(dispatcher: CollectingDispatcher, turn: Turn) -> bool:
    """Joins the case of the code that was said, or says why not."""
    try:
        joined = await records.change(join, turn.subscriber, code_in(turn) or "", records.now())
    except (TooManyProofs, JoinRefused, OwnCase, AnotherCase) as error:
        dispatcher.utter_message(response=REFUSED[type(error)])
        return True
    dispatcher.utter_message(response="utter_accident_joined", case=joined.case.number)
    await tell_next(dispatcher, joined)
    return True


async def _take_answer(dispatcher: CollectingDispatcher, turn: Turn) -> bool:
    found = await records.look_up(current_case, turn.subscriber, records.now())
    if found is None or turn.value("accident_answer") != "give_up":
        return False
    try:
        await records.change(give_up, turn.subscriber, found.case.number, records.now())
        dispatcher.utter_message(response="utter_accident_given_up", case=found.case.number)
    except CaseMoved:
        await tell_next(dispatcher, found)
    return True


GIVEN: Dict[str, Callable[..., Any]] = {"accident_code": take_code, "accident_answer": _take_answer,
                                        "image": take_picture, "location": _take_place}


async def tell_next(dispatcher: CollectingDispatcher, found: CaseView, resumed: bool = False) -> None:
    """Says what this driver does next; of a case that has ended, when and where both come to the window."""
    if resumed and found.case.state in ON_THE_WAY:
        dispatcher.utter_message(response="utter_accident_resumed", **_about(found))
    step = found.step
    if late_for_joining(found):
        dispatcher.utter_message(response="utter_accident_step_join_over", **_about(found))
    elif step == "photos":
        missing = found.missing_photos
        dispatcher.utter_message(response=f"utter_ask_accident_photo_{missing[0]}", left=len(missing),
                                 done=5 - len(missing))
    elif step == "details" and found.them:
        dispatcher.utter_message(response="utter_accident_step_details_joined", **_about(found))
    else:
        visit = await records.look_up(coming_visit, found.case, records.now())
        name = f"utter_accident_step_{step}{'_visit' if visit else ''}"
        dispatcher.utter_message(response=name, **_about(found), **_visit(visit))


def late_for_joining(found: CaseView) -> bool:
    """Whether the other driver did not come while the code was good; then it is no use to go on."""
    alone = found.case.state == "gathering" and len(found.parties) < 2
    return alone and found.case.created_at <= records.now() - CODE_LASTS


async def tell_other_missing(dispatcher: CollectingDispatcher, found: CaseView) -> None:
    """What to do when the other driver doesn't join; when he has joined, the next step."""
    if len(found.parties) < 2 and not late_for_joining(found):
        dispatcher.utter_message(response="utter_accident_other_missing", **_about(found))
    else:
        await tell_next(dispatcher, found)


async def go_on(dispatcher: CollectingDispatcher, subscriber: str) -> bool:
    """Takes up an open case where it was (继续, after whatever pause); False without one."""
    found = await records.look_up(current_case, subscriber, records.now())
    if found:
        await tell_next(dispatcher, found, resumed=True)
    return bool(found)


async def tell_case(dispatcher: CollectingDispatcher, found: CaseView) -> None:
    """Reminds of a case, with what is still to do, and lets one go on or leave it."""
    buttons = [dict(GO_ON), dict(GIVE_UP)] if found.case.state == "gathering" else [dict(GO_ON)]
    dispatcher.utter_message(response=f"utter_ask_accident_reminder_{found.step}", buttons=buttons, **_about(found))


async def tell_case_by_number(dispatcher: CollectingDispatcher, subscriber: str, number: str) -> None:
    """How far a case is; equal words for unknown and another's."""
    try:
        found = await records.look_up(case_of, subscriber, number)
    except NotYours:
        dispatcher.utter_message(response="utter_ticket_unknown")
        return
    await tell_next(dispatcher, found, resumed=True)


def _about(found: CaseView) -> Dict[str, Any]:
    case, me = found.case, found.me
    chosen = cause(case.cause) if case.cause else None
    return {"case": case.number, "code": case.join_code, "left": len(found.missing_photos),
            "when": _when(case.created_at), "plate": mask_plate(me.plate) if me and me.plate else "",
            "cause": chosen.title if chosen else "", "reason": case.reason or ""}


def _visit(visit: Booking | None) -> Dict[str, Any]:
    """When and where it is, and under which number it can be moved."""
    if visit is None:
        return {}
    return {"visit": moment(visit.slot.starts, local(records.now()).date()), "where": visit.slot.site,
            "address": visit.slot.address, "booking": visit.number}


def _when(at: datetime.datetime) -> str:
    """今天上午9:20 for today, else with its day; the words around it are in `data/`."""
    same_day = local(at).date() == local(records.now()).date()
    return time_of_day(at) if same_day else moment(at)
