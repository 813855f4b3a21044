"""Violations (违章) of the asker's own vehicles."""

from __future__ import annotations

import datetime
import re
from typing import Any, Dict, List, Sequence, Tuple

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict
from sqlalchemy.orm import Session

from actions import records
from actions.forms import emptied
from actions.presentation import local, mask_plate, money, short_moment
from actions.turn import Turn, begins
from actions.vehicle_questions import ALL, PROVEN, VehicleForm, vehicle_buttons
from traffic.bindings import bound_vehicles, owns
from traffic.vehicles import Vehicle
from traffic.violations import Totals, Violation, totals, violations_of

SHOWN = 6  # one line is about 110 bytes, a WeChat text at most 2,048
UNPAID = re.compile(r"[未没](?:有)?(?:处理|交|缴|消|办|付)|待(?:处理|缴)|欠")
Wanted = Dict[str, Any]


class ValidateViolationsForm(VehicleForm):
    """Which vehicle, and a proof if it isn't bound yet."""

    asks = ("plate", "frame_tail")
    remembers = ("violations_wanted",)
    opened_by = ("query_violations",)

    def name(self) -> str:
        """Rasa's name."""
        return "validate_violations_form"

    async def get_extraction_events(self, dispatcher: CollectingDispatcher, tracker: Tracker,
                                    domain: DomainDict) -> List[EventType]:
        """As any form; which violations are wanted stands in the first sentence, so it is kept from there."""
        events = await super().get_extraction_events(dispatcher, tracker, domain)
        if begins(tracker, self.form_name()):
            events.append({"event": "slot", "name": "violations_wanted", "value": wanted(Turn.of(tracker))})
        return events


class ActionAskPlate(Action):
    """Asks for a plate; bound vehicles are offered."""

    def name(self) -> str:
        """Rasa's name."""
        return "action_ask_violations_form_plate"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> List[EventType]:
        """Says the question."""
        vehicles = await records.look_up(bound_vehicles, tracker.sender_id)
        if not vehicles:
            dispatcher.utter_message(response="utter_ask_plate")
            return []
        every = {"title": "utter_title_all_vehicles", "payload": f'/inform{{"plate_number": "{ALL}"}}'}
        dispatcher.utter_message(response="utter_ask_which_vehicle", buttons=[*vehicle_buttons(vehicles), every])
        return []


class ActionQueryViolations(Action):
    """Tells the violations of one vehicle, or of all that are bound."""

    def name(self) -> str:
        """Rasa's name."""
        return "action_query_violations"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> List[EventType]:
        """Says them; the binding is asked for again here, a slot proves nothing."""
        plate, proven = tracker.get_slot("plate"), tracker.get_slot("frame_tail") == PROVEN
        if plate and proven:
            found = await records.look_up(_found, tracker.sender_id, plate, tracker.get_slot("violations_wanted") or {})
            for vehicle, violations in found:
                tell(dispatcher, vehicle, violations, bool(tracker.get_slot("violations_wanted")))
        return emptied("plate", "frame_tail", "violations_wanted")


def wanted(turn: Turn) -> Wanted:
    """What the sentence narrows down: paid, since, until (ISO), offense, place; empty for everything."""
    time = turn.value("time")
    span = {"since": time["from"], "until": time["to"]} if isinstance(time, dict) and time.get("from") else {}
    named = {key: turn.value(key) for key in ("offense", "place") if turn.value(key)}
    return {**({"paid": False} if UNPAID.search(turn.text) else {}), **span, **named}


def _found(session: Session, subscriber: str, plate: str, wish: Wanted) -> List[Tuple[Vehicle, List[Violation]]]:
    one = None if plate == ALL else owns(session, subscriber, plate)
    vehicles = bound_vehicles(session, subscriber) if plate == ALL else [one] if one else []
    moments: Dict[str, Any] = {k: datetime.datetime.fromisoformat(wish[k]) for k in ("since", "until") if k in wish}
    return [(vehicle, violations_of(session, vehicle.id, **{**wish, **moments})) for vehicle in vehicles]


def tell(dispatcher: CollectingDispatcher, vehicle: Vehicle, violations: Sequence[Violation], narrowed: bool) -> None:
    """Says one vehicle's violations: those to settle first, at most SHOWN lines, the sums, what to do."""
    plate = mask_plate(vehicle.plate)
    if not violations:
        none = "utter_no_such_violations" if narrowed else "utter_no_violations"
        dispatcher.utter_message(response=none, plate=plate)
        return
    sums = totals(violations)
    first = sorted(violations, key=lambda v: v.paid)[:SHOWN]
    dispatcher.utter_message(response=_summary(sums), plate=plate, count=sums.count,
                             unpaid=sums.unpaid_count, fine=money(sums.unpaid_fine_fen), points=sums.unpaid_points,
                             lines=_lines(first, len(violations)))


def _summary(sums: Totals) -> str:
    if not sums.unpaid_count:
        return "utter_violations_all_paid"
    return "utter_violations_unpaid" if sums.unpaid_points else "utter_violations_unpaid_no_points"


def _lines(shown: Sequence[Violation], count: int) -> List[Dict[str, Any]]:
    today = local(records.now()).date()
    lines: List[Dict[str, Any]] = [
        {"say": f"utter_violation_{v.state}{'' if v.points else '_no_points'}", "number": number,
         "when": short_moment(v.happened_at, today), "place": v.place, "offense": v.offense,
         "fine": money(v.fine_fen), "points": v.points}
        for number, v in enumerate(shown, start=1)]
    return lines + ([{"say": "utter_violations_more", "more": count - len(shown)}] if count > len(shown) else [])
