"""The two questions that lead to a driving licence: its number, and the end of its file number as a proof."""

from __future__ import annotations

import re
from typing import Any, Dict, List

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions import records
from actions.counter_codes import tell_counter_code
from actions.forms import Form, asked_for
from actions.presentation import mask_license
from actions.sealing import sealed, unsealed
from actions.turn import Turn, begins
from actions.vehicle_questions import PROVEN, REFUSED
from traffic.bindings import bind_license, bound_licenses
from traffic.drivers import Driver, normal_license_number
from traffic.errors import LicenseError, ProofError, TooManyProofs

LICENSE = re.compile(r"(?<![0-9A-Za-z])[0-9][0-9 ]{9,22}[0-9Xx](?![0-9A-Za-z])")
TAIL = re.compile(r"(?<!\d)\d{2,17}(?!\d)")
TAIL_NAMED = re.compile(r"(?:档案(?:编号|号)?|后[6六]位|末[6六]位)[^0-9]{0,8}(\d{6})(?!\d)")
HANDLE = "license:"
PLATE_ALONE = ("inform", "nlu_fallback", "query_points")  # anything else asks for another service
SHORTEST = 4  # places; fewer within other words are another number (我12分了还能开车不)
NUMBER_LENGTH, FILE_LENGTH, TAIL_LENGTH = 18, 12, 6


class LicenseForm(Form):
    """A form that needs a licence of the asker's own; number and proof are asked only as far as they are missing."""

    async def get_extraction_events(self, dispatcher: CollectingDispatcher, tracker: Tracker,
                                    domain: DomainDict) -> List[EventType]:
        """As any form; who has no papers at hand gets a code for the counter, who sends a plate is set right."""
        turn = Turn.of(tracker)
        if asked_for(tracker, "license_number") and turn.intent in PLATE_ALONE and turn.mostly("plate_number"):
            dispatcher.utter_message(response="utter_plate_for_license")
            return [SlotSet("license_number", None)]
        told = await tell_counter_code(dispatcher, tracker, self.form_name())
        return told or await super().get_extraction_events(dispatcher, tracker, domain)

    async def extract_license_number(self, dispatcher: CollectingDispatcher, tracker: Tracker,
                                     domain: DomainDict) -> Dict[str, Any]:
        """A number in the words, or, on opening, the only licence that is bound."""
        turn = Turn.of(tracker)
        heard = _number_heard(turn, tracker)
        if heard and self.speaks_to(turn, "license_number"):
            return {"license_number": heard}
        if begins(tracker, self.form_name()):
            return await self.license_assumed(turn)
        return {}

    async def license_assumed(self, turn: Turn) -> Dict[str, Any]:
        """The licence when none was said."""
        bound = await records.look_up(bound_licenses, turn.subscriber)
        return {"license_number": handle_of(bound[0])} if len(bound) == 1 else {}

    async def validate_license_number(self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker,
                                      domain: DomainDict) -> Dict[str, Any]:
        """18 places; a licence already bound needs no proof. The slot keeps the number sealed."""
        bound = await records.look_up(bound_licenses, tracker.sender_id)
        picked = next((driver.license_number for driver in bound if handle_of(driver) == value), None)
        try:
            number = picked or normal_license_number(str(value))
        except LicenseError:
            dispatcher.utter_message(response="utter_bad_license_number")
            return {"license_number": None}
        proven = any(driver.license_number == number for driver in bound)
        return {"license_number": sealed(number), "file_tail": PROVEN if proven else None}

    async def extract_file_tail(self, dispatcher: CollectingDispatcher, tracker: Tracker,
                                domain: DomainDict) -> Dict[str, Any]:
        """Six digits, alone when they were asked for, else named as what they are."""
        turn = Turn.of(tracker)
        named = TAIL_NAMED.search(turn.text)
        if named:
            return {"file_tail": named[1]}
        found = next(iter(TAIL.findall(turn.text)), "") if asked_for(tracker, "file_tail") else ""
        means_it = turn.is_mostly(found) or (len(found) >= SHORTEST and self.speaks_to(turn, "license_number"))
        if not found or not means_it:
            return {}
        return {"file_tail": found[-TAIL_LENGTH:] if len(found) == FILE_LENGTH else found}

    async def validate_file_tail(self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker,
                                 domain: DomainDict) -> Dict[str, Any]:
        """Binds the licence; what was typed is not kept."""
        number = unsealed(tracker.get_slot("license_number"))
        if value in (PROVEN, REFUSED) or not number:
            return {"file_tail": value if number else None}
        if len(value) != TAIL_LENGTH:
            dispatcher.utter_message(response="utter_file_tail_length")
            return {"file_tail": None}
        try:
            await records.change(bind_license, tracker.sender_id, number, value, records.now(),
                                 Turn.of(tracker).key)
        except ProofError:
            dispatcher.utter_message(response="utter_license_proof_failed")
            return {"file_tail": None}
        except TooManyProofs:
            dispatcher.utter_message(response="utter_too_many_license_proofs")
            return {"file_tail": REFUSED}
        dispatcher.utter_message(response="utter_license_bound", license=mask_license(number))
        return {"file_tail": PROVEN}


def _number_heard(turn: Turn, tracker: Tracker) -> str | None:
    """A licence number; a file number (12 digits) looks like one, so that only its own question takes any length."""
    numbers = [str(n) for n in turn.values("license_number")]
    if asked_for(tracker, "license_number"):
        typed = LICENSE.search(turn.text)
        return next(reversed(numbers), typed.group() if typed else None)
    return next((n for n in numbers if len(n) == NUMBER_LENGTH or n.startswith(HANDLE)), None)


def handle_of(driver: Driver) -> str:
    """What stands for a bound licence in a button, so that its number is nowhere kept."""
    return f"{HANDLE}{driver.id}"
