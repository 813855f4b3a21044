"""Binding (绑定) vehicles and licences to the asker, and unbinding them."""

from __future__ import annotations

import re
from typing import Any, Dict, List, Tuple

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict
from sqlalchemy.orm import Session

from actions import records
from actions.answers import yes_or_no_heard
from actions.forms import ENDED, EXPLAINED, UNCLEAR, Form, emptied
from actions.license_questions import HANDLE, LicenseForm, handle_of
from actions.presentation import mask_license, mask_plate
from actions.sealing import unsealed
from actions.turn import Turn, begins
from actions.vehicle_questions import ALL, PROVEN, VehicleForm
from traffic.bindings import bound_licenses, bound_vehicles, unbind_license, unbind_vehicle


class ValidateBindVehicleForm(VehicleForm):
    """The plate and the end of the frame number."""

    asks = ("plate", "frame_tail")
    opened_by = ("bind_vehicle",)

    def name(self) -> str:
        """Rasa's name."""
        return "validate_bind_vehicle_form"

    async def get_extraction_events(self, dispatcher: CollectingDispatcher, tracker: Tracker,
                                    domain: DomainDict) -> List[EventType]:
        """As any form; who opens it with a question about a fleet or a household is told first, and who only asks
        what is bound already hears that."""
        turn = Turn.of(tracker)
        if begins(tracker, self.form_name()) and WHICH_BOUND.search(turn.text):
            await tell_bound(dispatcher, turn.subscriber)
            return [*self._forget(tracker), SlotSet("misses", ENDED)]
        asks = EXPLAINED["plate"].search(turn.text) and not turn.value("plate_number")
        if asks and begins(tracker, self.form_name()):
            dispatcher.utter_message(response="utter_explain_plate")
        return await super().get_extraction_events(dispatcher, tracker, domain)

    async def plate_assumed(self, turn: Turn) -> str | None:
        """None: whoever binds wants another vehicle than those bound."""
        return None

    async def validate_plate(self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker,
                             domain: DomainDict) -> Dict[str, Any]:
        """As elsewhere, but a vehicle already bound is worth a word."""
        filled = await super().validate_plate(value, dispatcher, tracker, domain)
        if filled.get("frame_tail") == PROVEN:
            dispatcher.utter_message(response="utter_vehicle_bound_before", plate=mask_plate(filled["plate"]))
        return filled


class ActionBindVehicle(Action):
    """Ends the form; binding itself is part of checking the proof."""

    def name(self) -> str:
        """Rasa's name."""
        return "action_bind_vehicle"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> List[EventType]:
        """Says what can be done now."""
        plate = tracker.get_slot("plate")
        if plate and tracker.get_slot("frame_tail") == PROVEN:
            dispatcher.utter_message(response="utter_vehicle_ready", buttons=[
                {"title": "utter_title_query_violations", "payload": f'/query_violations{{"plate_number": "{plate}"}}'},
                {"title": "utter_title_book_inspection", "payload": f'/book_inspection{{"plate_number": "{plate}"}}'}])
        return emptied("plate", "frame_tail")


class ValidateBindLicenseForm(LicenseForm):
    """The licence number and the end of the file number."""

    asks = ("license_number", "file_tail")
    opened_by = ("bind_license",)

    def name(self) -> str:
        """Rasa's name."""
        return "validate_bind_license_form"

    async def license_assumed(self, turn: Turn) -> Dict[str, Any]:
        """Nothing: whoever binds wants another licence than those bound."""
        return {}

    async def validate_license_number(self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker,
                                      domain: DomainDict) -> Dict[str, Any]:
        """As elsewhere, but a licence already bound is worth a word."""
        filled = await super().validate_license_number(value, dispatcher, tracker, domain)
        if filled.get("file_tail") == PROVEN:
            dispatcher.utter_message(response="utter_license_bound_before",
                                     license=mask_license(unsealed(filled["license_number"]) or ""))
        return filled


class ActionBindLicense(Action):
    """Ends the form; binding itself is part of checking the proof."""

    def name(self) -> str:
        """Rasa's name."""
        return "action_bind_license"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> List[EventType]:
        """Says what can be done now."""
        if tracker.get_slot("license_number") and tracker.get_slot("file_tail") == PROVEN:
            points = {"title": "utter_title_query_points", "payload": "/query_points"}
            dispatcher.utter_message(response="utter_license_ready", buttons=[points])
        return emptied("license_number", "file_tail")


class ValidateUnbindForm(Form):
    """Which binding ends, and whether that is really meant."""

    asks = ("bound", "confirmed")
    opened_by = ("unbind",)

    def name(self) -> str:
        """Rasa's name."""
        return "validate_unbind_form"

    async def required_slots(self, domain_slots: List[str], dispatcher: CollectingDispatcher, tracker: Tracker,
                             domain: DomainDict) -> List[str]:
        """Nothing is asked of who has nothing bound."""
        return [] if tracker.get_slot("bound") == NOTHING else domain_slots

    async def extract_bound(self, dispatcher: CollectingDispatcher, tracker: Tracker,
                            domain: DomainDict) -> Dict[str, Any]:
        """A plate or licence number that is named, or the only one there is."""
        turn = Turn.of(tracker)
        named = turn.value("plate_number") or turn.value("license_number")
        if named and self.speaks_to(turn, "plate_number", "license_number"):
            return {"bound": named}
        if turn.intent in UNCLEAR | {"unbind"} and EVERYTHING.search(turn.text):
            return {"bound": ALL}
        if tracker.get_slot("bound") is None and turn.intent == "unbind":
            bound = await records.look_up(bound_names, turn.subscriber)
            kind = kind_named(turn.text)
            fitting = [name for name, _ in bound if kind is None or is_license(name) == (kind == "license")]
            if len(fitting) == 1 or not bound:
                return {"bound": fitting[0] if fitting else NOTHING}
        return {}

    async def validate_bound(self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker,
                             domain: DomainDict) -> Dict[str, Any]:
        """It must be bound to the asker."""
        if value == NOTHING:
            dispatcher.utter_message(response="utter_nothing_bound")
            return {"bound": NOTHING}
        bound = dict(await records.look_up(bound_names, tracker.sender_id))
        if value == ALL and bound:
            return {"bound": ALL, "bound_shown": "、".join(bound.values())}
        value = await _handle(tracker.sender_id, str(value))
        if value not in bound:
            dispatcher.utter_message(response="utter_not_bound_to_you")
            return {"bound": None if bound else NOTHING}
        return {"bound": value, "bound_shown": bound[value]}

    async def extract_confirmed(self, dispatcher: CollectingDispatcher, tracker: Tracker,
                                domain: DomainDict) -> Dict[str, Any]:
        """Yes or no."""
        return yes_or_no_heard(tracker, yes=r"解绑|解除|确认")

    async def validate_confirmed(self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker,
                                 domain: DomainDict) -> Dict[str, Any]:
        """Either will do."""
        return {"confirmed": value}


class ActionAskBound(Action):
    """Offers all that is bound."""

    def name(self) -> str:
        """Rasa's name."""
        return "action_ask_bound"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> List[EventType]:
        """Says the question."""
        bound = await records.look_up(bound_names, tracker.sender_id)
        buttons = [{"title": shown, "payload": _payload(name)} for name, shown in bound]
        if len(bound) > 1:
            buttons.append({"title": "utter_title_everything_bound", "payload": _payload(ALL)})
        dispatcher.utter_message(response="utter_ask_bound", buttons=buttons)
        return []


class ActionUnbind(Action):
    """Ends a binding."""

    def name(self) -> str:
        """Rasa's name."""
        return "action_unbind"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> List[EventType]:
        """Does it when it was confirmed."""
        name, confirmed = tracker.get_slot("bound"), tracker.get_slot("confirmed")
        if name and name != NOTHING and confirmed is not None:
            if confirmed:
                await records.change(_end, tracker.sender_id, name)
            dispatcher.utter_message(response="utter_unbound" if confirmed else "utter_left_as_is",
                                     bound=tracker.get_slot("bound_shown"))
        return emptied("bound", "bound_shown", "confirmed")


async def tell_bound(dispatcher: CollectingDispatcher, subscriber: str) -> None:
    """Says all that is bound."""
    bound = [shown for _, shown in await records.look_up(bound_names, subscriber)]
    dispatcher.utter_message(response="utter_bound" if bound else "utter_none_bound", count=len(bound),
                             bound="、".join(bound))


NOTHING = "nothing"
WHICH_BOUND = re.compile(r"绑(?:定)?(?:着|了|过)(?:几|哪|什么|啥|多少|没)|"
                         r"(?:几|哪|什么|啥|多少).{0,4}绑(?:定)?(?:着|了|过)|"
                         r"绑(?:定)?(?:着|了|过)?.{0,4}[车证](?:没有|了没|了吗|没|吗)")
EVERYTHING = re.compile(r"全部|所有|全都|都(?:给我)?(?:解|取消|去掉|删|清)|一起解|统统")


def kind_named(text: str) -> str | None:
    """license (解绑驾照) or vehicle (把车解绑), None when neither or both are said."""
    license, vehicle = re.search(r"驾驶?[证照]|本子", text), re.search(r"车(?!证)", text)
    return None if bool(license) == bool(vehicle) else "license" if license else "vehicle"


def is_license(name: str) -> bool:
    """Whether it is the handle of a licence and no plate."""
    return name.startswith(HANDLE)


async def _handle(subscriber: str, typed: str) -> str:
    """The handle of a bound licence whose number was typed; anything else as it is."""
    for driver in await records.look_up(bound_licenses, subscriber):
        if re.sub(r"[\s-]", "", typed).upper() == driver.license_number:
            return handle_of(driver)
    return typed


def bound_names(session: Session, subscriber: str) -> List[Tuple[str, str]]:
    """(plate or handle of the licence, what is shown of it) of all that is bound."""
    plates = [(v.plate, mask_plate(v.plate)) for v in bound_vehicles(session, subscriber)]
    licenses = [(handle_of(d), mask_license(d.license_number)) for d in bound_licenses(session, subscriber)]
    return plates + licenses


def _end(session: Session, subscriber: str, name: str) -> None:
    """Ends one binding, or with ALL every one."""
    for plate in [v.plate for v in bound_vehicles(session, subscriber) if name in (v.plate, ALL)]:
        unbind_vehicle(session, subscriber, plate)
    for driver in [d for d in bound_licenses(session, subscriber) if name in (handle_of(d), ALL)]:
        unbind_license(session, subscriber, driver.license_number)


def _payload(name: str) -> str:
    return f'/inform{{"{"license_number" if is_license(name) else "plate_number"}": "{name}"}}'
