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
from actions.turn import Turn, begins, said_before
from actions.vehicle_questions import ALL, PROVEN, VehicleForm, plate_heard, vehicle_buttons
from bot.settings import load_station
from traffic.bindings import bound_vehicles, owns
from traffic.offenses import said_as
from traffic.vehicles import Vehicle
from traffic.violations import Totals, Violation, late_fee_fen, totals, violations_of

SHOWN = 6  # one line is about 110 bytes, a WeChat text at most 2,048
UNPAID = re.compile(r"[未没](?:有)?(?:处理|交|缴|消|办|付|结清)|待(?:处理|缴)|欠")
PAID = re.compile(r"(?<!未)(?<!没)已经?(?:处理|交|缴|结清|付)|(?:处理|交|缴|付)(?:过|完|清)了?的|结清了?的")
ELSEWHERE = re.compile(r"外地|异地|外省|外市|省外|别的(?:城市|地方|省)|其[他它](?:城市|地方|省)")
JUST_SHOWN = ("utter_violation_open", "utter_violation_decided", "utter_violation_paid", "utter_violations_unpaid",
              "utter_violations_narrowed", "utter_violations_all_paid", "utter_no_such_violations",
              "utter_no_violations")
Wanted = Dict[str, Any]


class ValidateViolationsForm(VehicleForm):
    """Which vehicle, and a proof if it isn't bound yet."""

    asks = ("plate", "frame_tail")
    remembers = ("violations_wanted",)
    opened_by = ("query_violations",)

    def name(self) -> str:
        """Rasa's name."""
        return "validate_violations_form"

    async def extract_plate(self, dispatcher: CollectingDispatcher, tracker: Tracker,
                            domain: DomainDict) -> Dict[str, Any]:
        """As elsewhere; who narrows down what was just shown means the same vehicle."""
        turn = Turn.of(tracker)
        narrows = begins(tracker, self.form_name()) and bool(wanted(turn)) and plate_heard(turn, tracker) is None
        if narrows and any(name.startswith(JUST_SHOWN) for name in said_before(tracker)):
            plate = last_plate(tracker)
            return {"plate": plate} if plate else await super().extract_plate(dispatcher, tracker, domain)
        return await super().extract_plate(dispatcher, tracker, domain)

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


def last_plate(tracker: Tracker) -> Any:
    """The plate (or ALL) that was last looked up in this conversation."""
    kept = (e.get("value") for e in reversed(tracker.events) if e.get("event") == "slot" and e.get("name") == "plate")
    return next((plate for plate in kept if plate), None)


def wanted(turn: Turn) -> Wanted:
    """What the sentence narrows down: paid, since, until (ISO), offense, place, elsewhere; empty for everything."""
    time = turn.value("time")
    span = {"since": time["from"], "until": time["to"]} if isinstance(time, dict) and time.get("from") else {}
    named = {key: turn.value(key) for key in ("offense", "place") if turn.value(key)}
    paid = {"paid": False} if UNPAID.search(turn.text) else {"paid": True} if PAID.search(turn.text) else {}
    return {**paid, **span, **named, **({"elsewhere": True} if ELSEWHERE.search(turn.text) else {})}


def _found(session: Session, subscriber: str, plate: str, wish: Wanted) -> List[Tuple[Vehicle, List[Violation]]]:
    one = None if plate == ALL else owns(session, subscriber, plate)
    vehicles = bound_vehicles(session, subscriber) if plate == ALL else [one] if one else []
    moments: Dict[str, Any] = {k: datetime.datetime.fromisoformat(wish[k]) for k in ("since", "until") if k in wish}
    filters = {k: v for k, v in wish.items() if k != "elsewhere"}
    found = [(vehicle, violations_of(session, vehicle.id, **{**filters, **moments})) for vehicle in vehicles]
    return [(vehicle, [v for v in all_ if is_elsewhere(v)] if wish.get("elsewhere") else all_)
            for vehicle, all_ in found]


def is_elsewhere(violation: Violation) -> bool:
    """Whether another city recorded it (异地)."""
    city = load_station().city
    return bool(city) and violation.city != city


def tell(dispatcher: CollectingDispatcher, vehicle: Vehicle, violations: Sequence[Violation], narrowed: bool) -> None:
    """Says one vehicle's violations: those to settle first, at most SHOWN lines, the sums; to who asked for all of them
    also what to do, which a second, narrower question need not hear again."""
    plate = mask_plate(vehicle.plate)
    if not violations:
        none = "utter_no_such_violations" if narrowed else "utter_no_violations"
        dispatcher.utter_message(response=none, plate=plate)
        return
    sums = totals(violations)
    first = sorted(violations, key=lambda v: v.paid)[:SHOWN]
    dispatcher.utter_message(response=_summary(sums, narrowed), plate=plate, count=sums.count,
                             unpaid=sums.unpaid_count, fine=money(sums.unpaid_fine_fen), points=sums.unpaid_points,
                             lines=_lines(first, len(violations)) + notes(violations, narrowed))


def _summary(sums: Totals, narrowed: bool) -> str:
    if not sums.unpaid_count:
        return "utter_violations_all_paid"
    name = "utter_violations_narrowed" if narrowed else "utter_violations_unpaid"
    return name if sums.unpaid_points else f"{name}_no_points"


def _lines(shown: Sequence[Violation], count: int) -> List[Dict[str, Any]]:
    lines = [{"number": number, **_line(violation)} for number, violation in enumerate(shown, start=1)]
    return lines + ([{"say": "utter_violations_more", "more": count - len(shown)}] if count > len(shown) else [])


def _line(violation: Violation) -> Dict[str, Any]:
    today = local(records.now()).date()
    late = late_fee_fen(violation, today)
    name = f"utter_violation_{violation.state}{'_late' if late else ''}{'' if violation.points else '_no_points'}"
    where = f"{violation.city}{violation.place}" if is_elsewhere(violation) else violation.place
    return {"say": name, "when": short_moment(violation.happened_at, today), "place": where,
            "offense": said_as(violation.offense), "fine": money(violation.fine_fen), "points": violation.points,
            "late": money(late)}


def notes(violations: Sequence[Violation], narrowed: bool = False) -> List[Dict[str, Any]]:
    """What else is worth a line: elsewhere, fees for being late, and unless narrowed pictures, and points that
    could be learned away."""
    unpaid = [v for v in violations if not v.paid]
    cities = "、".join(dict.fromkeys(v.city for v in violations if is_elsewhere(v)))
    today = local(records.now()).date()
    late, fines = sum(late_fee_fen(v, today) for v in unpaid), sum(v.fine_fen for v in unpaid)
    said: List[Tuple[str, Any]] = [("utter_violations_elsewhere", cities), ("utter_violations_late", late),
                                   ("utter_violations_photo", not narrowed and any(v.photo for v in violations)),
                                   ("utter_violations_learn", not narrowed and any(v.points for v in unpaid))]
    return [{"say": name, "cities": cities, "late": money(late), "sum": money(fines + late)}
            for name, holds in said if holds]
