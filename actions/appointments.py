"""Appointments (预约) for an inspection or a visit to have an accident handled: booking, and asking for them."""

from __future__ import annotations

from typing import Any, Dict, List, Sequence

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions import records
from actions.answers import yes_or_no_heard
from actions.inspections import tell_due
from actions.presentation import local, mask_plate, moment
from actions.slot_questions import NONE, SlotForm, tell_no_shows
from actions.turn import Turn, begins
from actions.vehicle_questions import ALL, meant_plate, plate_heard, vehicle_buttons
from actions.waiting import span_shown
from traffic.appointments import Booking, book, bookings_of
from traffic.bindings import bound_vehicles, owns
from traffic.errors import AlreadyBooked, PlateError, SlotFull, SlotUnknown, TooManyNoShows
from traffic.no_shows import no_booking_before
from traffic.slot_holds import release
from traffic.waiting_list import WaitingRow, waiting_of

KINDS = {"book_inspection": "inspection", "book_accident_handling": "accident_handling"}


class ValidateAppointmentForm(SlotForm):
    """Which vehicle, which time, and whether that is right; booking is part of the last answer, for it may fail."""

    asks = ("plate", "chosen_slot", "confirmed")
    opened_by = tuple(KINDS)

    def name(self) -> str:
        """Rasa's name."""
        return "validate_appointment_form"

    async def get_extraction_events(self, dispatcher: CollectingDispatcher, tracker: Tracker,
                                    domain: DomainDict) -> List[EventType]:
        """As any form; what is booked follows from the sentence that opened it, or a later one of its kind."""
        events = await super().get_extraction_events(dispatcher, tracker, domain)
        kind = KINDS.get(Turn.of(tracker).intent)
        if kind and kind != tracker.get_slot("appointment_kind"):
            tracker.slots["appointment_kind"] = kind
            events += [SlotSet("appointment_kind", kind), SlotSet("chosen_slot", None)]
        return events

    async def required_slots(self, domain_slots: List[str], dispatcher: CollectingDispatcher, tracker: Tracker,
                             domain: DomainDict) -> List[str]:
        """Nothing more when there is an appointment of this kind already, or the asker waits for a place."""
        return [] if tracker.get_slot("confirmed") == NONE else domain_slots

    async def extract_plate(self, dispatcher: CollectingDispatcher, tracker: Tracker,
                            domain: DomainDict) -> Dict[str, Any]:
        """A plate in the words, or the only vehicle that is bound."""
        turn = Turn.of(tracker)
        heard = plate_heard(turn, tracker) if self.speaks_to(turn, "plate_number", "bad_plate") else None
        if heard is None and begins(tracker, self.form_name()):
            bound = await records.look_up(bound_vehicles, turn.subscriber)
            heard = bound[0].plate if len(bound) == 1 else None
        return {"plate": heard} if heard not in (None, ALL) else {}

    async def validate_plate(self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker,
                             domain: DomainDict) -> Dict[str, Any]:
        """A plate that can exist, without an appointment of this kind. Only of one's own vehicle its due date is told.
        """
        try:
            plate = meant_plate(value)
        except PlateError as error:
            dispatcher.utter_message(response=f"utter_bad_plate_{error.reason}")
            return {"plate": None}
        kind = tracker.get_slot("appointment_kind") or KINDS.get(Turn.of(tracker).intent)
        for booking in await records.look_up(bookings_of, tracker.sender_id, now=records.now()):
            if (booking.kind, booking.plate) == (kind, plate):
                dispatcher.utter_message(response="utter_booked_before", **shown(booking))
                return {"plate": plate, "confirmed": NONE}
        again = await records.look_up(no_booking_before, tracker.sender_id, now=records.now())
        if again:
            tell_no_shows(dispatcher, again)
            return {"plate": plate, "confirmed": NONE}
        vehicle = await records.look_up(owns, tracker.sender_id, plate) if kind == "inspection" else None
        if vehicle:
            tell_due(dispatcher, vehicle)
        return {"plate": plate, "plate_shown": mask_plate(plate)}

    async def extract_confirmed(self, dispatcher: CollectingDispatcher, tracker: Tracker,
                                domain: DomainDict) -> Dict[str, Any]:
        """Yes or no, to the time that was chosen before."""
        return yes_or_no_heard(tracker, yes="约|就这|定") if tracker.get_slot("chosen_slot") else {}

    async def validate_confirmed(self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker,
                                 domain: DomainDict) -> Dict[str, Any]:
        """Books at a yes; at a no, or when somebody else was quicker, other times are offered."""
        if value is not True:
            await records.change(release, tracker.sender_id)
            return {"confirmed": value if value == NONE else None, "chosen_slot": None}
        try:
            booking = await records.change(
                book, tracker.sender_id, tracker.get_slot("appointment_kind"), int(tracker.get_slot("chosen_slot")),
                tracker.get_slot("plate"), Turn.of(tracker).key, now=records.now())
        except (SlotFull, SlotUnknown):
            dispatcher.utter_message(response="utter_slot_taken")
            return {"confirmed": None, "chosen_slot": None}
        except TooManyNoShows as refused:
            tell_no_shows(dispatcher, refused.again)
            return {"confirmed": NONE}
        except AlreadyBooked:
            dispatcher.utter_message(response="utter_booked_by_other")
            return {"confirmed": NONE}
        dispatcher.utter_message(response=f"utter_booked_{booking.kind}", **shown(booking))
        return {"confirmed": True}


class ActionAskAppointmentPlate(Action):
    """Asks for the vehicle; bound ones are offered."""

    def name(self) -> str:
        """Rasa's name."""
        return "action_ask_appointment_form_plate"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> List[EventType]:
        """Says the question."""
        vehicles = await records.look_up(bound_vehicles, tracker.sender_id)
        question = "utter_ask_appointment_vehicle" if vehicles else "utter_ask_appointment_plate"
        dispatcher.utter_message(response=question, buttons=vehicle_buttons(vehicles))
        return []


class ActionQueryAppointment(Action):
    """Tells the asker's appointments."""

    def name(self) -> str:
        """Rasa's name."""
        return "action_query_appointment"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> List[EventType]:
        """Says them."""
        await tell_bookings(dispatcher, tracker.sender_id)
        return []


async def tell_bookings(dispatcher: CollectingDispatcher, subscriber: str) -> None:
    """Says a subscriber's appointments still to come, and what they wait for."""
    bookings = await records.look_up(bookings_of, subscriber, now=records.now())
    waiting = await records.look_up(waiting_of, subscriber, now=records.now())
    if bookings:
        dispatcher.utter_message(response="utter_bookings", lines=_lines(bookings))
    if waiting:
        dispatcher.utter_message(response="utter_waiting_for", lines=[waiting_line(row) for row in waiting])
    if not bookings and not waiting:
        dispatcher.utter_message(response="utter_no_bookings")


def waiting_line(row: WaitingRow) -> Dict[str, Any]:
    """One entry of the waiting list."""
    waited = span_shown(max(row.earliest, records.now()), row.latest, row.part_of_day)
    return {"say": f"utter_waiting_{row.kind}{waited.how}", "plate": mask_plate(row.plate or ""), **waited.places}


def _lines(bookings: Sequence[Booking]) -> List[Dict[str, Any]]:
    return [{"say": f"utter_booking_{booking.kind}", **shown(booking)} for booking in bookings]


def shown(booking: Booking) -> Dict[str, str]:
    """A booking's places in a sentence."""
    when = moment(booking.slot.starts, local(records.now()).date())
    return {"booking_number": booking.number, "when": when, "where": booking.slot.site, "address": booking.slot.address,
            "plate": mask_plate(booking.plate or "")}
