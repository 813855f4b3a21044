"""Does the wishes of one sentence together and says in one message what is so now, and what could not be done."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any, Callable, Dict, List, Mapping, Sequence

from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.orm import Session

from actions import records
from actions.fulfilment import tell_all
from actions.quiet_hours import completed
from actions.road_names import ALL, road_of
from actions.subscription_lines import Line, hours_said, road_line, waiting_lines
from actions.wishes import Wish
from traffic.road_subscriptions import (
    RoadSubscription,
    choose_days,
    only_closures,
    resume,
    road_subscriptions,
    subscribe_road,
    unsubscribe_others,
    unsubscribe_road,
)
from traffic.subscriber_wishes import (
    REMINDERS,
    quiet_hours,
    set_quiet_hours,
    set_tag,
    switch_reminder,
)
from traffic.weekdays import EVERY_DAY

NOON = 12
LAST = ("others", "no_other_reminders")  # 别的都别发，75省道封路告诉我: what is wanted begins before the rest ends


async def fulfil_all(wishes: Sequence[Wish], dispatcher: CollectingDispatcher, driver: str) -> None:
    """Does them in one transaction, and says so; a list that was asked for comes behind."""
    some = [wish for wish in wishes if wish.kind != "list"]
    doing = await records.change(done_together, driver, some, records.now()) if some else Doing(driver, records.now())
    said = [*doing.lines, *doing.problems]
    if said:
        dispatcher.utter_message(response=f"utter_wishes_{'done' if doing.lines else 'answered'}", lines=said)
    if len(some) < len(wishes):
        await tell_all(dispatcher, driver)


@dataclasses.dataclass
class Doing:
    """What has been done for a driver: lines of what is so now, problems that were met."""

    driver: str
    now: datetime.datetime
    lines: List[Line] = dataclasses.field(default_factory=list)
    problems: List[Line] = dataclasses.field(default_factory=list)

    def say(self, response: str, **fields: Any) -> None:
        """One more line, unless it is there."""
        line: Line = {"say": response, **fields}
        self.lines += [] if line in self.lines else [line]

    def regret(self, response: str, **fields: Any) -> None:
        """One more problem, unless it is there."""
        line: Line = {"say": response, **fields}
        self.problems += [] if line in self.problems else [line]

    def show(self, rows: Sequence[RoadSubscription]) -> None:
        """Lines of subscriptions as they are kept."""
        self.lines += [line for row in rows for line in [road_line(row)] if line not in self.lines]

    def ended(self, names: Sequence[str | None]) -> None:
        """Lines of what ended."""
        for name in names:
            self.say("utter_road_ended" if name else "utter_all_roads_ended", name=name or "")


def done_together(session: Session, driver: str, wishes: Sequence[Wish], now: datetime.datetime) -> Doing:
    """Does the wishes, what ends first: 以后75省道告诉我，以前订的都退了 is no reason to end the new one."""
    doing = Doing(driver, now)
    for wish in sorted(wishes, key=lambda wish: (wish.kind != "unsubscribe") + (wish.kind in LAST)):
        DOES[wish.kind](session, doing, wish)
    if any(wish.kind in ("quiet", "subscribe", "change", "resume", "replace") for wish in wishes):
        doing.problems += waiting_lines(session, driver)
    return doing


def _rows(session: Session, doing: Doing, names: Sequence[str | None] = ()) -> List[RoadSubscription]:
    rows = road_subscriptions(session, doing.driver)
    return [row for row in rows if not names or (row.road.name if row.road else None) in names]


def _known(session: Session, doing: Doing, names: Sequence[str]) -> List[str | None]:
    """The roads' own names (None: all); those that there are not are regretted."""
    found: List[str | None] = []
    for name in names:
        road = None if name == ALL else road_of(session, name)
        if road is None and name != ALL:
            doing.regret("utter_line_road_unknown", name=name)
        else:
            found.append(road.name if road else None)
    return found


def _subscribe(session: Session, doing: Doing, wish: Wish) -> None:
    for name in _known(session, doing, wish.roads or (ALL,)):
        doing.show([_begun(session, doing, name, wish.wanted)])


def _begun(session: Session, doing: Doing, name: str | None, wanted: Mapping[str, Any]) -> RoadSubscription:
    return subscribe_road(session, doing.driver, name, daily_at=_hour(wanted), days=wanted.get("days") or EVERY_DAY,
                          only_closures=bool(wanted.get("closures")), now=doing.now)


def _hour(wanted: Mapping[str, Any], before: datetime.time | None = None) -> datetime.time | None:
    """The hour wanted; of two possible ones (改成八点) that of the half of the day in which the news came before."""
    if not wanted.get("daily"):
        return None
    hour = datetime.time.fromisoformat(wanted["daily"])
    later = wanted.get("either_half") and before and before.hour >= NOON > hour.hour
    return hour.replace(hour=hour.hour + NOON) if later else hour


def _unsubscribe(session: Session, doing: Doing, wish: Wish) -> None:
    if wish.what:
        return _no_kind(session, doing, wish)
    if not wish.roads:
        ended = unsubscribe_road(session, doing.driver, None, now=doing.now)
        return doing.say("utter_roads_all_ended") if ended else doing.regret("utter_nothing_subscribed")
    for name in _known(session, doing, wish.roads):
        if unsubscribe_road(session, doing.driver, name, now=doing.now):
            doing.ended([name])
        else:
            every = _hears_all(session, doing)
            doing.regret("utter_line_no_road_left_out" if every else "utter_line_not_subscribed_before", name=name)
    return None


def _hears_all(session: Session, doing: Doing) -> bool:
    return any(row.road is None for row in _rows(session, doing))


def _no_kind(session: Session, doing: Doing, wish: Wish) -> None:
    """Ends what comes daily, or the closures."""
    names = _known(session, doing, wish.roads)
    daily = wish.what == "daily"
    rows = [row for row in _rows(session, doing, names) if (row.daily_at if daily else row.only_closures)]
    for row in rows:
        row.ended_at = doing.now
    session.flush()
    doing.ended([row.road.name if row.road else None for row in rows])
    if not rows:
        doing.regret("utter_line_no_daily" if daily else "utter_nothing_subscribed")


def _others(session: Session, doing: Doing, wish: Wish) -> None:
    """Nothing ends when a road that stays isn't known: it may be one of those that would end."""
    names = _known(session, doing, wish.roads)
    if len(names) < len(wish.roads):
        return
    every = next((row for row in _rows(session, doing) if row.road is None), None)
    running = {row.road.name for row in _rows(session, doing) if row.road}
    for name in names:
        if every and name and name not in running:  # who hears of all roads and keeps one hears of it as before
            subscribe_road(session, doing.driver, name, daily_at=every.daily_at, only_closures=every.only_closures,
                           days=every.days, now=doing.now)
    ended = unsubscribe_others(session, doing.driver, names, now=doing.now)
    _keep(session, doing, wish)
    doing.ended(ended)


def _keep(session: Session, doing: Doing, wish: Wish) -> None:
    names = _known(session, doing, wish.roads)
    rows = _rows(session, doing, names) if names or not wish.roads else []
    doing.show(rows)
    kept = {row.road.name if row.road else None for row in rows}
    for name in names:
        if name and name not in kept and not _hears_all(session, doing):
            doing.regret("utter_line_not_subscribed", name=name)


def _change(session: Session, doing: Doing, wish: Wish) -> None:
    """Another hour, kind or days of what is subscribed; a road that isn't, begins."""
    names = _known(session, doing, wish.roads)
    rows = _rows(session, doing, names) if names or not wish.roads else []
    daily = [row for row in rows if row.daily_at]
    if wish.wanted.get("daily") and not names:
        rows = daily or (rows if len(rows) == 1 else [])
    for row in rows:
        row.daily_at, row.only_closures = _hour(wish.wanted, row.daily_at), bool(wish.wanted.get("closures"))
        row.days = wish.wanted.get("days") or row.days
    session.flush()
    begun = [_begun(session, doing, name, wish.wanted) for name in names
             if name not in {row.road.name if row.road else None for row in rows}]
    doing.show([*rows, *begun])
    if not (rows or begun or wish.roads):
        doing.regret("utter_line_change_which" if _rows(session, doing) else "utter_line_nothing_to_change")


def _replace(session: Session, doing: Doing, wish: Wish) -> None:
    """Another road, heard of as the one before."""
    rows = _rows(session, doing)
    old = _known(session, doing, [wish.what]) if wish.what else [row.road.name for row in rows if row.road][-1:]
    new = _known(session, doing, wish.roads)
    before = next((row for row in rows if old and row.road and row.road.name == old[0]), None)
    if before and (new or not wish.on) and old[0] not in new and (wish.what or len(rows) == 1):
        before.ended_at = doing.now
        session.flush()
        doing.ended(old)
    elif old and wish.what and before is None:
        doing.regret("utter_line_not_subscribed_before", name=old[0])
    like = {"daily": f"{before.daily_at:%H:%M}" if before.daily_at else "", "closures": before.only_closures,
            "days": before.days} if before else {}
    doing.show([_begun(session, doing, name, like) for name in new])


def _resume(session: Session, doing: Doing, wish: Wish) -> None:
    names = _known(session, doing, wish.roads)
    if wish.roads:
        for name in names:
            running = _rows(session, doing, [name])
            doing.show(running or resume(session, doing.driver, name, now=doing.now)
                       or [_begun(session, doing, name, {})])
        return
    resumed = resume(session, doing.driver, None, now=doing.now)
    doing.show(resumed or _rows(session, doing))
    if not doing.lines:
        doing.regret("utter_line_nothing_to_change")


def _days(session: Session, doing: Doing, wish: Wish) -> None:
    names = _known(session, doing, [wish.what]) if wish.what else [None]
    if not names:
        return
    before = _rows(session, doing)
    if not choose_days(session, doing.driver, names[0], wish.how, wish.days, doing.now):
        return doing.regret("utter_no_days_to_change")
    doing.show(_rows(session, doing, [names[0]] if names[0] else ()))
    doing.ended([row.road.name if row.road else None for row in before if row.ended_at])
    return None


def _closures(session: Session, doing: Doing, wish: Wish) -> None:
    only_closures(session, doing.driver, doing.now)
    doing.show([row for row in _rows(session, doing) if row.only_closures])


def _quiet(session: Session, doing: Doing, wish: Wish) -> None:
    if wish.quiet is None:
        set_quiet_hours(session, doing.driver, None)
        return doing.say("utter_line_loud")
    hours = completed(wish.quiet, quiet_hours(session, doing.driver))
    set_quiet_hours(session, doing.driver, hours)
    return doing.say("utter_line_quiet", **hours_said(hours))


def _remind(session: Session, doing: Doing, wish: Wish) -> None:
    switch_reminder(session, doing.driver, wish.what, wish.on, now=doing.now)
    doing.say(f"utter_listed_{'on' if wish.on else 'off'}_{wish.what}")


def _no_other_reminders(session: Session, doing: Doing, wish: Wish) -> None:
    for kind in REMINDERS:
        if kind not in wish.what.split("，"):
            switch_reminder(session, doing.driver, kind, False, now=doing.now)
    doing.say("utter_listed_off_others")


def _tag(session: Session, doing: Doing, wish: Wish) -> None:
    set_tag(session, doing.driver, wish.what, wish.on, now=doing.now)
    doing.say(f"utter_listed_{'tag' if wish.on else 'no_tag'}_{wish.what}")


def _cannot(session: Session, doing: Doing, wish: Wish) -> None:
    doing.regret(wish.what)


DOES: Dict[str, Callable[[Session, Doing, Wish], None]] = {
    "subscribe": _subscribe, "unsubscribe": _unsubscribe, "others": _others, "keep": _keep, "change": _change,
    "replace": _replace, "resume": _resume, "days": _days, "closures": _closures, "quiet": _quiet, "loud": _quiet,
    "reminders": _remind, "no_other_reminders": _no_other_reminders, "tag": _tag, "cannot": _cannot}
