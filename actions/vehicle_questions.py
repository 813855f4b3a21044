"""The two questions that lead to a vehicle: its plate, and (once) the end of its frame number as a proof."""

from __future__ import annotations

import re
from typing import Any, Dict, List, Sequence

from rasa_sdk import Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions import records
from actions.counter_codes import tell_counter_code
from actions.forms import Form, asked_for
from actions.presentation import mask_plate
from actions.turn import Turn, begins
from bot.settings import load_station
from traffic.bindings import bind_vehicle, bound_vehicles, owns
from traffic.errors import PlateError, ProofError, TooManyProofs
from traffic.plates import parse_plate
from traffic.vehicles import Vehicle

ALL = "all"
PROVEN = "proven"
REFUSED = "refused"
ALL_OF_THEM = re.compile(r"(?:都|全部|全都|所有|每一?辆|一起)(?:的|都)?(?:车|查|看)?(?:一下|看看|吧|了|一遍)?")
TAIL = re.compile(r"(?<![0-9A-Za-z])[0-9A-Za-z]{2,17}(?![0-9A-Za-z])")
TAIL_NAMED = re.compile(r"(?:车架号?|识别代号|VIN|vin|后[6六]位|末[6六]位)"
                        r"[^0-9A-Za-z]{0,8}([0-9A-Za-z]{6})(?![0-9A-Za-z])")
BEHIND_PLATE = re.compile(r"[0-9A-Za-z挂学警港澳][ ，,、/]+(\d{6})$")
CORRECTS = re.compile(r"[发写打输搞弄]错|不对|才对|车牌|应该是|换(?:一|个|成)")
FRAME_LENGTH, TAIL_LENGTH = 17, 6


class VehicleForm(Form):
    """A form that needs a vehicle of the asker's own; plate and proof are asked only as far as they are missing."""

    async def get_extraction_events(self, dispatcher: CollectingDispatcher, tracker: Tracker,
                                    domain: DomainDict) -> List[EventType]:
        """As any form; who has no papers at hand gets a code for the counter."""
        told = await tell_counter_code(dispatcher, tracker, self.form_name())
        return told or await super().get_extraction_events(dispatcher, tracker, domain)

    async def extract_plate(self, dispatcher: CollectingDispatcher, tracker: Tracker,
                            domain: DomainDict) -> Dict[str, Any]:
        """A plate in the words; on opening also the one an officer spoke of, or the only one that is bound."""
        turn = Turn.of(tracker)
        heard = plate_heard(turn, tracker) if self.speaks_to(turn, "plate_number", "bad_plate") else None
        if heard is None and begins(tracker, self.form_name()):
            heard = await _talked_of(tracker) or await self.plate_assumed(turn)
        return {"plate": heard} if heard is not None else {}

    async def plate_assumed(self, turn: Turn) -> str | None:
        """The plate when none was said."""
        bound = await records.look_up(bound_vehicles, turn.subscriber)
        return bound[0].plate if len(bound) == 1 else None

    async def validate_plate(self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker,
                             domain: DomainDict) -> Dict[str, Any]:
        """A plate that can exist; a vehicle already bound needs no proof. Equal words for unknown and not yours."""
        if value == ALL:
            return {"plate": ALL, "frame_tail": PROVEN}
        try:
            plate = meant_plate(value)
        except PlateError as error:
            dispatcher.utter_message(response=f"utter_bad_plate_{error.reason}")
            return {"plate": None}
        if await records.look_up(owns, tracker.sender_id, plate):
            return {"plate": plate, "frame_tail": PROVEN}
        return {"plate": plate, "frame_tail": tracker.slots_to_validate().get("frame_tail")}

    async def extract_frame_tail(self, dispatcher: CollectingDispatcher, tracker: Tracker,
                                 domain: DomainDict) -> Dict[str, Any]:
        """Six places, alone when they were asked for, else named as what they are."""
        turn = Turn.of(tracker)
        found = frame_tail_heard(turn) if asked_for(tracker, "frame_tail") else _frame_tail_named(turn)
        whole = re.fullmatch(rf"[0-9A-Za-z]{{{FRAME_LENGTH}}}", turn.text)  # all of the frame number, and nothing else
        answers = found and (self.speaks_to(turn) or whole or turn.is_mostly(found))
        return {"frame_tail": found} if answers else {}

    async def validate_frame_tail(self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker,
                                  domain: DomainDict) -> Dict[str, Any]:
        """Binds the vehicle; what was typed is not kept."""
        plate = tracker.get_slot("plate")
        if value in (PROVEN, REFUSED) or not plate:
            return {"frame_tail": value if plate else None}
        if len(value) != TAIL_LENGTH:
            dispatcher.utter_message(response="utter_frame_tail_length")
            return {"frame_tail": None}
        try:
            await records.change(bind_vehicle, tracker.sender_id, plate, value.upper(), records.now(),
                                 Turn.of(tracker).key)
        except ProofError:
            dispatcher.utter_message(response="utter_proof_failed")
            return {"frame_tail": None}
        except TooManyProofs:
            dispatcher.utter_message(response="utter_too_many_proofs")
            return {"frame_tail": REFUSED}
        dispatcher.utter_message(response="utter_vehicle_bound", plate=mask_plate(plate))
        return {"frame_tail": PROVEN}


async def _talked_of(tracker: Tracker) -> str | None:
    """The asker's own vehicle that an officer and the driver spoke of just before."""
    plate = tracker.get_slot("talked_of")
    return plate if plate and await records.look_up(owns, tracker.sender_id, plate) else None


def plate_heard(turn: Turn, tracker: Tracker) -> Any:
    """A plate, `ALL`, {"bad": reason, "text"} for one that can't exist, or None."""
    if turn.value("plate_number"):
        return turn.value("plate_number")
    if asked_for(tracker, "plate") and ALL_OF_THEM.fullmatch(turn.text):
        return ALL
    bad = [e for e in turn.entities if e.get("entity") == "bad_plate"]
    if bad and (not asked_for(tracker, "frame_tail") or CORRECTS.search(turn.text)):
        return {"bad": bad[-1]["value"], "text": turn.text[bad[-1].get("start", 0):bad[-1].get("end", 0)]}
    return None


def frame_tail_heard(turn: Turn) -> str | None:
    """The places typed as an answer; of a whole frame number the last six. A corrected plate is none."""
    kinds = ("plate_number", "bad_plate") if CORRECTS.search(turn.text) else ("plate_number",)
    plates = [e for e in turn.entities if e.get("entity") in kinds]
    text = turn.text
    for plate in reversed(plates):
        text = text[:plate.get("start", 0)] + " " + text[plate.get("end", 0):]
    found: List[str] = [t for t in TAIL.findall(text) if any(c.isdigit() for c in t)]
    if not found:
        return None
    best = min(found, key=lambda tail: abs(len(tail) - TAIL_LENGTH))
    return best[-TAIL_LENGTH:] if len(best) == FRAME_LENGTH else best


def _frame_tail_named(turn: Turn) -> str | None:
    """Named as what they are, or six digits right behind the plate (浙JA1234 123456)."""
    found = TAIL_NAMED.search(turn.text) or BEHIND_PLATE.search(turn.text)
    return found[1] if found and (turn.values("plate_number") or not BEHIND_PLATE.search(turn.text)) else None


def meant_plate(value: Any) -> str:
    """The plate's normal form; without a province it is taken for one of the station's. Raises PlateError."""
    if not isinstance(value, dict):
        return parse_plate(str(value)).text
    if value["bad"] == "no_province" and value["text"]:
        return parse_plate(load_station().plate_prefix[0] + value["text"]).text
    raise PlateError(value["bad"])


def vehicle_buttons(vehicles: Sequence[Vehicle]) -> List[Dict[str, str]]:
    """A button for each vehicle, its plate masked."""
    return [{"title": mask_plate(v.plate), "payload": f'/inform{{"plate_number": "{v.plate}"}}'} for v in vehicles]
