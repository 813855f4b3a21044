"""Appointments (预约): book, ask for, change and cancel an inspection or a visit to have an accident handled."""

from __future__ import annotations

from typing import Any, Dict, List, Sequence

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions import records
from actions.answers import yes_or_no_heard
from actions.forms import Form, asked_for
from actions.presentation import local, mask_plate, moment
from actions.slot_questions import SlotForm
from actions.turn import Turn, begins
from actions.vehicle_questions import ALL, meant_plate, plate_heard, vehicle_buttons
from traffic.appointments import Booking, book, bookings_of, cancel, change
from traffic.bindings import bound_vehicles
from traffic.errors import AlreadyBooked, NotYours, PlateError, SlotFull, SlotUnknown

KINDS = {"book_inspection": "inspection", "book_accident_handling": "accident_handling"}
NONE = "none"


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
        """Nothing more when there is an appointment of this kind already."""
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
        """A plate that can exist, without an appointment of this kind. No proof: nothing is shown of the vehicle."""
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
        return {"plate": plate, "plate_shown": mask_plate(plate)}

    async def extract_confirmed(self, dispatcher: CollectingDispatcher, tracker: Tracker,
                                domain: DomainDict) -> Dict[str, Any]:
        """Yes or no, to the time that was chosen before."""
        return yes_or_no_heard(tracker, yes="约|就这|定") if tracker.get_slot("chosen_slot") else {}

    async def validate_confirmed(self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker,
                                 domain: DomainDict) -> Dict[str, Any]:
        """Books at a yes; at a no, or when somebody else was quicker, other times are offered."""
        if value is not True:
            return {"confirmed": value if value == NONE else None, "chosen_slot": None}
        try:
            booking = await records.change(
                book, tracker.sender_id, tracker.get_slot("appointment_kind"), int(tracker.get_slot("chosen_slot")),
                tracker.get_slot("plate"), Turn.of(tracker).key, now=records.now())
        except (SlotFull, SlotUnknown):
            dispatcher.utter_message(response="utter_slot_taken")
            return {"confirmed": None, "chosen_slot": None}
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
        dispatcher.utter_message(response="utter_ask_appointment_vehicle" if vehicles else "utter_ask_appointment_plate",
                                 buttons=vehicle_buttons(vehicles))
        return []


class BookingForm(Form):
    """A form about an appointment there is already."""

    async def extract_booking(self, dispatcher: CollectingDispatcher, tracker: Tracker,
                              domain: DomainDict) -> Dict[str, Any]:
        """A number, or on opening the only appointment."""
        turn = Turn.of(tracker)
        number = turn.value("ticket_number")
        if number and self.speaks_to(turn, "ticket_number"):
            return {"booking": str(number).upper()}
        if not begins(tracker, self.form_name()):
            return {}
        bookings = await records.look_up(bookings_of, turn.subscriber, now=records.now())
        return {"booking": bookings[0].number if bookings else NONE} if len(bookings) < 2 else {}

    async def validate_booking(self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker,
                               domain: DomainDict) -> Dict[str, Any]:
        """One of the asker's own."""
        if value == NONE:
            dispatcher.utter_message(response="utter_no_bookings")
            return {"booking": NONE}
        bookings = await records.look_up(bookings_of, tracker.sender_id, now=records.now())
        booking = next((b for b in bookings if b.number == value), None)
        if booking is None:
            dispatcher.utter_message(response="utter_booking_unknown")
            return {"booking": None if bookings else NONE}
        return {"booking": value, "booking_shown": shown(booking)["when"], "appointment_kind": booking.kind}

    async def required_slots(self, domain_slots: List[str], dispatcher: CollectingDispatcher, tracker: Tracker,
                             domain: DomainDict) -> List[str]:
        """Nothing is asked of who has no appointment."""
        return [] if tracker.get_slot("booking") == NONE else domain_slots


class ValidateChangeAppointmentForm(BookingForm, SlotForm):
    """Which appointment, to which time, and whether that is right."""

    asks = ("booking", "chosen_slot", "confirmed")
    opened_by = ("change_appointment",)

    def name(self) -> str:
        """Rasa's name."""
        return "validate_change_appointment_form"

    async def extract_confirmed(self, dispatcher: CollectingDispatcher, tracker: Tracker,
                                domain: DomainDict) -> Dict[str, Any]:
        """Yes or no, to the time that was chosen before."""
        return yes_or_no_heard(tracker, yes="改|就这|定") if tracker.get_slot("chosen_slot") else {}

    async def validate_confirmed(self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker,
                                 domain: DomainDict) -> Dict[str, Any]:
        """Moves the appointment at a yes; else other times are offered."""
        if value is not True:
            return {"confirmed": None, "chosen_slot": None}
        try:
            booking = await records.change(change, tracker.sender_id, tracker.get_slot("booking"),
                                           int(tracker.get_slot("chosen_slot")), Turn.of(tracker).key, now=records.now())
        except (SlotFull, SlotUnknown):
            dispatcher.utter_message(response="utter_slot_taken")
            return {"confirmed": None, "chosen_slot": None}
        except NotYours:
            dispatcher.utter_message(response="utter_booking_unknown")
            return {"confirmed": True}
        dispatcher.utter_message(response="utter_appointment_changed", **shown(booking))
        return {"confirmed": True}


class ValidateCancelAppointmentForm(BookingForm):
    """Which appointment, and whether that is really meant."""

    asks = ("booking", "confirmed")
    opened_by = ("cancel_appointment",)

    def name(self) -> str:
        """Rasa's name."""
        return "validate_cancel_appointment_form"

    async def extract_confirmed(self, dispatcher: CollectingDispatcher, tracker: Tracker,
                                domain: DomainDict) -> Dict[str, Any]:
        """Yes or no; here 取消 means yes."""
        return yes_or_no_heard(tracker, yes="取消|退") if asked_for(tracker, "confirmed") else {}

    async def validate_confirmed(self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker,
                                 domain: DomainDict) -> Dict[str, Any]:
        """Cancels at a yes."""
        try:
            if value:
                await records.change(cancel, tracker.sender_id, tracker.get_slot("booking"))
        except NotYours:
            dispatcher.utter_message(response="utter_booking_unknown")
            return {"confirmed": value}
        dispatcher.utter_message(response="utter_appointment_cancelled" if value else "utter_appointment_kept",
                                 when=tracker.get_slot("booking_shown"))
        return {"confirmed": value}


class ActionAskBooking(Action):
    """Offers the asker's appointments."""

    def name(self) -> str:
        """Rasa's name."""
        return "action_ask_booking"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> List[EventType]:
        """Says the question."""
        bookings = await records.look_up(bookings_of, tracker.sender_id, now=records.now())
        buttons = [{"title": f"utter_title_booking_{b.kind}", "payload": f'/inform{{"ticket_number": "{b.number}"}}',
                    **shown(b)} for b in bookings]
        dispatcher.utter_message(response="utter_ask_booking", buttons=buttons)
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
    """Says a subscriber's appointments still to come."""
    bookings = await records.look_up(bookings_of, subscriber, now=records.now())
    if bookings:
        dispatcher.utter_message(response="utter_bookings", lines=_lines(bookings))
    else:
        dispatcher.utter_message(response="utter_no_bookings")


def _lines(bookings: Sequence[Booking]) -> List[Dict[str, Any]]:
    return [{"say": f"utter_booking_{booking.kind}", **shown(booking)} for booking in bookings]


def shown(booking: Booking) -> Dict[str, str]:
    """A booking's places in a sentence."""
    when = moment(booking.slot.starts, local(records.now()).date())
    return {"booking_number": booking.number, "when": when, "where": booking.slot.site, "address": booking.slot.address,
            "plate": mask_plate(booking.plate or "")}
