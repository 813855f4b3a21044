"""The question which of the free times of an appointment (预约) is wanted, and the many ways to answer it."""

from __future__ import annotations

import datetime
from typing import Any, Dict, List

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions import records
from actions.choice_words import moves
from actions.forms import Form, asked_for
from actions.presentation import day, local, moment
from actions.turn import Turn, begins
from actions.waiting import WANTS_TO_WAIT, is_wait, offered_wait, put_on_list, waiting_button
from actions.wanted_times import (
    LONGEST_PICK,
    SOON,
    Offer,
    has_choice_words,
    instead,
    is_bygone,
    moment_of,
    slots_for,
    time_heard,
    time_named,
    why_not,
    wider,
)
from bot.settings import load_station
from traffic.appointments import bookings_of
from traffic.errors import AlreadyBooked, SlotFull, SlotUnknown, TooManyNoShows
from traffic.slot_holds import hold
from traffic.slots import Slot

OFFERED = 3
NONE = "none"
BOOKING_FORM = "appointment_form"


class SlotForm(Form):
    """A form that ends with the choice of a free time; `appointment_kind` says of what."""

    remembers = ("appointment_kind", "wanted_time", "offered", "chosen_shown")

    async def extract_chosen_slot(self, dispatcher: CollectingDispatcher, tracker: Tracker,
                                  domain: DomainDict) -> Dict[str, Any]:
        """A time picked, or a wish that leads to another offer; the choice can be changed until it is confirmed."""
        turn = Turn.of(tracker)
        waits = offered_wait(tracker.events) if WANTS_TO_WAIT.search(turn.text) else None
        if waits and asked_for(tracker, "chosen_slot"):
            return {"chosen_slot": waits}
        if WANTS_TO_WAIT.search(turn.text) and asked_for(tracker, "chosen_slot"):
            dispatcher.utter_message(response="utter_no_need_to_wait")
            return {"wanted_time": tracker.get_slot("wanted_time") or {}}
        choosing = asked_for(tracker, "chosen_slot") or asked_for(tracker, "confirmed")
        offered = tracker.get_slot("offered") or []
        if choosing and SOON.fullmatch(turn.text):
            dispatcher.utter_message(response="utter_soonest")
            return {"wanted_time": {}, "chosen_slot": None}
        moved = time_named(turn) is not None and moves(turn.text) and len(turn.text) <= LONGEST_PICK
        if choosing and (moved or self.speaks_to(turn, "time", "appointment_slot") or has_choice_words(turn.text)):
            return time_heard(turn, tracker.get_slot("wanted_time") or {}, offered)
        time = time_named(turn)
        if time and begins(tracker, self.form_name()) and is_bygone(time):
            return {}
        if time and (begins(tracker, self.form_name()) or self.speaks_to(turn, "time")):
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
        exact = [s for s in found if s.starts == moment_of(wish["from"])] or (found if len(found) == 1 else [])
        if not exact:
            return events
        offer = as_offer(exact[0])
        if not await held(dispatcher, tracker.sender_id, offer):
            return events
        tracker.slots["chosen_slot"] = offer["id"]
        return [*events, SlotSet("offered", [offer]), SlotSet("chosen_slot", offer["id"]),
                SlotSet("chosen_shown", _shown(offer))]

    async def validate_chosen_slot(self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker,
                                   domain: DomainDict) -> Dict[str, Any]:
        """One of those offered, kept for its driver until the answer; or the waiting list instead of any."""
        if is_wait(value):
            await self._wait(value, dispatcher, tracker)
            return {"chosen_slot": value, "confirmed": NONE}
        offer = next((o for o in tracker.get_slot("offered") or [] if o["id"] == int(value)), None)
        if offer is None or not await held(dispatcher, tracker.sender_id, offer):
            return {"chosen_slot": None}
        return {"chosen_slot": offer["id"], "chosen_shown": _shown(offer)}


    async def _wait(self, value: str, dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
        """Onto the waiting list, or why not: who couldn't book doesn't wait either."""
        try:
            waited = await put_on_list(tracker.sender_id, tracker.get_slot("appointment_kind"),
                                       tracker.get_slot("plate"), value)
        except TooManyNoShows as refused:
            tell_no_shows(dispatcher, refused.again)
        except AlreadyBooked:
            dispatcher.utter_message(response="utter_booked_by_other")
        else:
            dispatcher.utter_message(response=f"utter_waiting{waited.how}", **waited.places)


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
            wish = instead(wish, obstacle)
        slots = await _others(tracker, kind, wish)
        full = wish if not slots and not wish.get("after") else None
        if not slots:
            dispatcher.utter_message(response="utter_no_more_slots" if wish.get("after") else "utter_slots_full")
            wish = wider(wish)
            slots = await _others(tracker, kind, wish)
        offered = [as_offer(slot) for slot in slots]
        buttons = [slot_button(offer) for offer in offered]
        if full is not None and (tracker.active_loop or {}).get("name") == BOOKING_FORM:
            buttons.append(waiting_button(full))
        dispatcher.utter_message(response="utter_ask_chosen_slot" if offered else "utter_ask_other_day",
                                 buttons=buttons)
        return [SlotSet("offered", offered), SlotSet("wanted_time", wish)]


async def _others(tracker: Tracker, kind: str, wish: Dict[str, Any]) -> List[Slot]:
    """Free times as wished; to who moves an appointment not the time that it has already."""
    changed = tracker.get_slot("booking")
    booked = await records.look_up(bookings_of, tracker.sender_id, now=records.now()) if changed else []
    own = {booking.slot.starts for booking in booked if booking.number == changed}
    found = await records.look_up(slots_for, kind, wish, OFFERED + len(own))
    return [slot for slot in found if slot.starts not in own][:OFFERED]


def tell_no_shows(dispatcher: CollectingDispatcher, again: datetime.date) -> None:
    """Says from when on somebody can book again who missed too many; the sentence is the station's own."""
    shown_day = day(again, local(records.now()).date())
    dispatcher.utter_message(text=load_station().told_no_shows(shown_day))


async def held(dispatcher: CollectingDispatcher, subscriber: str, offer: Offer) -> bool:
    """Keeps the place while its driver confirms; says so when somebody else was quicker."""
    try:
        await records.change(hold, subscriber, int(offer["id"]), now=records.now())
    except (SlotFull, SlotUnknown):
        dispatcher.utter_message(response="utter_slot_taken")
        return False
    return True


def as_offer(slot: Slot) -> Dict[str, Any]:
    """A slot as it is kept in the conversation; the moment in the station's time zone."""
    return {"id": slot.id, "starts": local(slot.starts).isoformat(), "site": slot.site, "address": slot.address}


def slot_button(offer: Offer) -> Dict[str, str]:
    """The button that picks it."""
    return {"title": _shown(offer), "payload": f'/inform{{"appointment_slot": "{offer["id"]}"}}'}


def _shown(offer: Offer) -> str:
    return moment(moment_of(offer["starts"]), local(records.now()).date())
