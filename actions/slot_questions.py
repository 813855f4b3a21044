"""The question which of the free times of an appointment (预约) is wanted, and the many ways to answer it."""

from __future__ import annotations

import datetime
import re
from typing import Any, Dict, List, Mapping, Sequence

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict
from sqlalchemy.orm import Session

from actions import records
from actions.choice_words import asks_for_others, only_part_of_day, part_of_day, takes_any
from actions.forms import Form, asked_for
from actions.presentation import local, moment
from actions.turn import Turn, begins
from traffic.appointments import free_slots, why_closed
from traffic.opening_days import FARTHEST_DAYS, day_bounds
from traffic.slots import Slot

OFFERED = 3
DAY = re.compile(r"[今明后昨前]天|今[早晚]|明[早晚]|周|星期|礼拜|[号日月]|下个|\d+天|[一二两三四五六七]天")
Wanted = Dict[str, Any]
"""from, to (ISO), grain; part: morning or afternoon; at: a clock time; after: what was offered until there."""
Offer = Mapping[str, Any]


class SlotForm(Form):
    """A form that ends with the choice of a free time; `appointment_kind` says of what."""

    remembers = ("appointment_kind", "wanted_time", "offered", "chosen_shown")

    async def extract_chosen_slot(self, dispatcher: CollectingDispatcher, tracker: Tracker,
                                  domain: DomainDict) -> Dict[str, Any]:
        """A time picked, or a wish that leads to another offer; the choice can be changed until it is confirmed."""
        turn = Turn.of(tracker)
        choosing = asked_for(tracker, "chosen_slot") or asked_for(tracker, "confirmed")
        offered = tracker.get_slot("offered") or []
        if choosing and (self.speaks_to(turn, "time", "appointment_slot") or has_choice_words(turn.text)):
            return time_heard(turn, tracker.get_slot("wanted_time") or {}, offered)
        time = turn.value("time")
        if isinstance(time, dict) and (begins(tracker, self.form_name()) or self.speaks_to(turn, "time")):
            return {"wanted_time": time}
        return {}

    async def get_validation_events(self, dispatcher: CollectingDispatcher, tracker: Tracker,
                                    domain: DomainDict) -> List[EventType]:
        """As any form; a free time that was named to the hour is taken without offering it first."""
        events = await super().get_validation_events(dispatcher, tracker, domain)
        wish = tracker.slots_to_validate().get("wanted_time") or {}
        if wish.get("grain") != "hour" or tracker.get_slot("chosen_slot") or not tracker.get_slot("appointment_kind"):
            return events
        found = await records.look_up(slots_for, tracker.get_slot("appointment_kind"), wish, OFFERED)
        if len(found) != 1:
            return events
        events += [SlotSet("offered", [as_offer(found[0])]), SlotSet("chosen_slot", found[0].id),
                   SlotSet("chosen_shown", _shown(as_offer(found[0])))]
        tracker.slots["chosen_slot"] = found[0].id
        return events

    async def validate_chosen_slot(self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker,
                                   domain: DomainDict) -> Dict[str, Any]:
        """One of those offered."""
        offer = next((o for o in tracker.get_slot("offered") or [] if o["id"] == int(value)), None)
        return {"chosen_slot": offer["id"], "chosen_shown": _shown(offer)} if offer else {"chosen_slot": None}


class ActionAskChosenSlot(Action):
    """Offers the nearest free times, and says why the wanted one can't be had."""

    def name(self) -> str:
        """Rasa's name."""
        return "action_ask_chosen_slot"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> List[EventType]:
        """Says the question."""
        kind, wish = tracker.get_slot("appointment_kind"), tracker.get_slot("wanted_time") or {}
        obstacle = why_not(wish)
        if obstacle:
            dispatcher.utter_message(response=f"utter_closed_{obstacle}")
            wish = _instead(wish, obstacle)
        slots = await records.look_up(slots_for, kind, wish, OFFERED)
        if not slots:
            dispatcher.utter_message(response="utter_no_more_slots" if wish.get("after") else "utter_slots_full")
            slots = await records.look_up(slots_for, kind, _wider(wish), OFFERED)
        offered = [as_offer(slot) for slot in slots]
        dispatcher.utter_message(response="utter_ask_chosen_slot" if offered else "utter_ask_other_day",
                                 buttons=[slot_button(offer) for offer in offered])
        return [SlotSet("offered", offered), SlotSet("wanted_time", wish)]


def has_choice_words(text: str) -> bool:
    """Whether the words pick from an offer, whatever else they may mean elsewhere."""
    return only_part_of_day(text) or (len(text) <= 15 and (asks_for_others(text) or takes_any(text)))


def time_heard(turn: Turn, wish: Wanted, offered: Sequence[Offer]) -> Dict[str, Any]:
    """What an answer changes: the choice itself, or the wish by which to offer again (then the choice is open)."""
    if turn.value("appointment_slot"):
        return {"chosen_slot": turn.value("appointment_slot")}
    if only_part_of_day(turn.text):
        return _offer_again({**wish, "part": part_of_day(turn.text), "after": None, "at": None, "grain": None})
    time = turn.value("time")
    if isinstance(time, dict) and time.get("from"):
        return _time_named(turn.text, time, wish, offered)
    if asks_for_others(turn.text):
        return _offer_again({**wish, "after": offered[-1]["starts"] if offered else None})
    if takes_any(turn.text) and offered:
        return {"chosen_slot": offered[0]["id"]}
    return {}


def _time_named(text: str, time: Mapping[str, Any], wish: Wanted, offered: Sequence[Offer]) -> Dict[str, Any]:
    to_the_hour = time.get("grain") == "hour"
    if not to_the_hour or DAY.search(text):
        fitting = [o for o in offered if to_the_hour and time["from"] <= o["starts"] < time["to"]]
        return {"chosen_slot": fitting[0]["id"]} if len(fitting) == 1 else _offer_again(dict(time))
    clock = local(datetime.datetime.fromisoformat(time["from"])).strftime("%H:%M")
    fitting = [o for o in offered if _clock(o["starts"]) == clock]
    return {"chosen_slot": fitting[0]["id"]} if fitting else _offer_again({**wish, "at": clock, "grain": None})


def _offer_again(wish: Wanted) -> Dict[str, Any]:
    return {"wanted_time": wish, "chosen_slot": None}


def why_not(wish: Wanted) -> str | None:
    """past, too_far, holiday or weekday_closed when no appointment is possible in the wanted time at all."""
    if not wish.get("from"):
        return None
    starts, ends = (local(datetime.datetime.fromisoformat(wish[key])) for key in ("from", "to"))
    if ends <= records.now():
        return "past"
    today = local(records.now()).date()
    first, last = max(starts.date(), today), (ends - datetime.timedelta(seconds=1)).date()
    days = min(max((last - first).days, 0), FARTHEST_DAYS)
    reasons = {why_closed(first + datetime.timedelta(days=d), today) for d in range(days + 1)}
    return next(iter(reasons)) if len(reasons) == 1 else None


def _instead(wish: Wanted, obstacle: str) -> Wanted:
    """After a closed day the days behind it; after a past or too distant one from now on."""
    return {"from": wish["from"], "part": wish.get("part")} if obstacle in ("holiday", "weekday_closed") else {}


def _wider(wish: Wanted) -> Wanted:
    """From the wanted day on, at any hour."""
    starts = wish.get("from") if not wish.get("after") else None
    if not starts:
        return {}
    return {"from": day_bounds(local(datetime.datetime.fromisoformat(starts)).date())[0].isoformat()}


def slots_for(session: Session, kind: str, wish: Wanted, limit: int) -> List[Slot]:
    """Free slots that fit a wish, nearest first; times the asker has already seen are left out."""
    now = records.now()
    earliest = max([now, *(_moment(wish[key]) for key in ("from",) if wish.get(key))])
    if wish.get("after"):
        earliest = max(earliest, _moment(wish["after"]) + datetime.timedelta(minutes=1))
    horizon = now + datetime.timedelta(days=FARTHEST_DAYS + 1)
    latest = min(horizon, _moment(wish["to"])) if wish.get("to") and not wish.get("after") else horizon
    found = free_slots(session, kind, earliest, latest, wish.get("part"), 500 if wish.get("at") else limit, now=now)
    return [s for s in found if not wish.get("at") or _clock(s.starts.isoformat()) == wish["at"]][:limit]


def as_offer(slot: Slot) -> Dict[str, Any]:
    """A slot as it is kept in the conversation; the moment in the station's time zone."""
    return {"id": slot.id, "starts": local(slot.starts).isoformat(), "site": slot.site, "address": slot.address}


def slot_button(offer: Offer) -> Dict[str, str]:
    """The button that picks it."""
    return {"title": _shown(offer), "payload": f'/inform{{"appointment_slot": "{offer["id"]}"}}'}


def _shown(offer: Offer) -> str:
    return moment(_moment(offer["starts"]), local(records.now()).date())


def _moment(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text)


def _clock(starts: str) -> str:
    return local(_moment(starts)).strftime("%H:%M")
