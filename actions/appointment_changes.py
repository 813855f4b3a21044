"""Changing and cancelling appointments (改约、取消)."""

from __future__ import annotations

from typing import Any, Dict, List

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions import records
from actions.answers import yes_or_no_heard
from actions.appointments import shown
from actions.forms import Form
from actions.slot_questions import NONE, SlotForm
from actions.turn import Turn, begins
from traffic.appointments import bookings_of, cancel, change
from traffic.errors import NotYours, SlotFull, SlotUnknown
from traffic.slot_holds import release
from traffic.waiting_list import stop_waiting, waiting_of


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
    gives_way = True

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
            await records.change(release, tracker.sender_id)
            return {"confirmed": None, "chosen_slot": None}
        try:
            booking = await records.change(
                change, tracker.sender_id, tracker.get_slot("booking"), int(tracker.get_slot("chosen_slot")),
                Turn.of(tracker).key, now=records.now())
        except (SlotFull, SlotUnknown):
            dispatcher.utter_message(response="utter_slot_taken")
            return {"confirmed": None, "chosen_slot": None}
        except NotYours:
            dispatcher.utter_message(response="utter_booking_unknown")
            return {"confirmed": True}
        dispatcher.utter_message(response="utter_appointment_changed", **shown(booking))
        return {"confirmed": True}


class ValidateCancelAppointmentForm(BookingForm):
    """Which appointment, and whether that is really meant. Who only waits for a place stops waiting."""

    asks = ("booking", "confirmed")
    opened_by = ("cancel_appointment",)
    gives_way = True

    async def validate_booking(self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker,
                               domain: DomainDict) -> Dict[str, Any]:
        """One of the asker's own; without any, the waiting list ends."""
        waiting = await records.look_up(waiting_of, tracker.sender_id, now=records.now()) if value == NONE else []
        for row in waiting:
            await records.change(stop_waiting, tracker.sender_id, row.kind)
        if waiting:
            dispatcher.utter_message(response="utter_waiting_stopped")
            return {"booking": NONE}
        return await super().validate_booking(value, dispatcher, tracker, domain)

    def name(self) -> str:
        """Rasa's name."""
        return "validate_cancel_appointment_form"

    async def extract_confirmed(self, dispatcher: CollectingDispatcher, tracker: Tracker,
                                domain: DomainDict) -> Dict[str, Any]:
        """Yes or no; here 取消 means yes."""
        return yes_or_no_heard(tracker, yes="取消|退")

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
