"""What a driver hears from us by itself: road news, reminders, quiet hours, what sort of driver; and all of it off."""

from __future__ import annotations

import datetime
import re
from typing import Any, Dict, List, Set, Tuple

from sanic.response import HTTPResponse, redirect
from sqlalchemy.orm import Session

from bot.settings import WEEKDAYS
from traffic.errors import RoadUnknown
from traffic.road_subscriptions import end_subscription, road_subscriptions, subscribe_road, unsubscribe_road
from traffic.roads import roads
from traffic.subscriber_wishes import (
    REMINDERS,
    TAGS,
    is_quiet,
    quiet_hours,
    reminders_off,
    set_quiet_hours,
    set_tag,
    switch_reminder,
    tags_of,
)
from traffic.weekdays import EVERY_DAY, WORKING_DAYS, name_of
from web.driver.errors import Missing
from web.driver.guard import Route, Visit
from web.driver.hall import Hall

HERE = "/h5/subscriptions"
ALL = "all"
HOWS = ("any", "closures", "daily")
CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")


async def _subscriptions(hall: Hall, visit: Visit) -> HTTPResponse:
    return await _show(hall, visit)


async def _show(hall: Hall, visit: Visit, status: int = 200, wrong: str = "") -> HTTPResponse:
    wishes = await hall.look_up(wishes_of, visit.subscriber)
    return hall.page("subscriptions.html", status, visit=visit, wrong=wrong, said=visit.asked("said"), **wishes)


def wishes_of(session: Session, subscriber: str) -> Dict[str, Any]:
    """All that the page shows; `names` are the roads that one could also subscribe to."""
    rows = road_subscriptions(session, subscriber)
    taken = {row.road_id for row in rows}
    return {"rows": rows, "all_taken": None in taken, "tags": tags_of(session, subscriber),
            "names": [road.name for road in roads(session) if road.id not in taken],
            "day_names": list(zip(EVERY_DAY, WEEKDAYS, strict=True)), "name_of": name_of, "is_quiet": is_quiet,
            "off": reminders_off(session, subscriber), "quiet": quiet_hours(session, subscriber)}


def _done(said: str) -> HTTPResponse:
    return redirect(f"{HERE}?said={said}", status=303)


async def _subscribe(hall: Hall, visit: Visit) -> HTTPResponse:
    road, how, at = visit.field("road"), visit.field("how"), _clock(visit.field("at"))
    if how not in HOWS or not road:
        return await _show(hall, visit, 400, "road")
    if how == "daily" and at is None:
        return await _show(hall, visit, 400, "clock")
    try:
        await hall.change(subscribe_road, visit.subscriber, None if road == ALL else road, now=visit.now,
                          daily_at=at if how == "daily" else None, only_closures=how == "closures",
                          days=_days(_all(visit, "day")))
    except RoadUnknown:
        return await _show(hall, visit, 400, "road")
    return _done("subscribed")


def _days(ticked: Set[str]) -> str:
    """What is ticked: working days, or days of the week; none and all are every day."""
    days = "".join(sorted(ticked & set(EVERY_DAY)))
    return WORKING_DAYS if WORKING_DAYS in ticked else days or EVERY_DAY


def _clock(typed: str) -> datetime.time | None:
    return datetime.time.fromisoformat(typed) if CLOCK.fullmatch(typed) and typed.isascii() else None


async def _end(hall: Hall, visit: Visit, number: str) -> HTTPResponse:
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise Missing("not a number")
    await hall.change(end_subscription, visit.subscriber, int(number), now=visit.now)
    return _done("ended")


async def _reminders(hall: Hall, visit: Visit) -> HTTPResponse:
    await hall.change(choose_reminders, visit.subscriber, _ticked(visit), visit.now)
    return _done("reminders")


async def _tags(hall: Hall, visit: Visit) -> HTTPResponse:
    await hall.change(choose_tags, visit.subscriber, _ticked(visit), visit.now)
    return _done("tags")


def _ticked(visit: Visit) -> Set[str]:
    return _all(visit, "on")


def _all(visit: Visit, name: str) -> Set[str]:
    form = visit.request.form
    return set(form.getlist(name, [])) if form else set()


def choose_reminders(session: Session, subscriber: str, on: Set[str], now: datetime.datetime) -> None:
    """Exactly these kinds of reminder are on afterwards."""
    for kind in REMINDERS:
        switch_reminder(session, subscriber, kind, kind in on, now=now)


def choose_tags(session: Session, subscriber: str, on: Set[str], now: datetime.datetime) -> None:
    """Exactly these tags are set afterwards."""
    for tag in TAGS:
        set_tag(session, subscriber, tag, tag in on, now=now)


async def _quiet(hall: Hall, visit: Visit) -> HTTPResponse:
    hours = _hours(visit)
    if visit.field("loud"):
        await hall.change(set_quiet_hours, visit.subscriber, None)
        return _done("loud")
    if hours is None:
        return await _show(hall, visit, 400, "quiet")
    await hall.change(set_quiet_hours, visit.subscriber, hours)
    return _done("quiet")


def _hours(visit: Visit) -> Tuple[datetime.time, datetime.time] | None:
    """Two different clock times."""
    begins, ends = _clock(visit.field("begins")), _clock(visit.field("ends"))
    return (begins, ends) if begins is not None and ends is not None and begins != ends else None


async def _ask_nothing(hall: Hall, visit: Visit) -> HTTPResponse:
    return hall.page("unsubscribe.html", visit=visit)


async def _nothing(hall: Hall, visit: Visit) -> HTTPResponse:
    await hall.change(unsubscribe_all, visit.subscriber, visit.now)
    return _done("nothing")


def unsubscribe_all(session: Session, subscriber: str, now: datetime.datetime) -> None:
    """No road news, no reminder and no tag any more; the quiet hours stay."""
    unsubscribe_road(session, subscriber, None, now=now)
    choose_reminders(session, subscriber, set(), now)
    choose_tags(session, subscriber, set(), now)


ROUTES: List[Route] = [
    Route("/subscriptions", _subscriptions), Route("/subscriptions/roads", _subscribe, "POST"),
    Route("/subscriptions/roads/<number:str>/end", _end, "POST"),
    Route("/subscriptions/reminders", _reminders, "POST"), Route("/subscriptions/tags", _tags, "POST"),
    Route("/subscriptions/quiet", _quiet, "POST"),
    Route("/subscriptions/none", _ask_nothing), Route("/subscriptions/none", _nothing, "POST"),
]
