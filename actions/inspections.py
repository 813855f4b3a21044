"""When the asker's own vehicles are due for inspection (年检), and which: on the line, or only the sticker online."""

from __future__ import annotations

from typing import Any, Dict, List

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions import records
from actions.presentation import day, local, mask_plate
from actions.turn import Turn
from traffic.bindings import bound_vehicles
from traffic.inspections import next_inspection
from traffic.vehicles import Vehicle

SHOWN = 6


class ActionTellInspectionDue(Action):
    """Behind the answer book's rules: when the asker's own vehicles are due. Nothing without a bound one."""

    def name(self) -> str:
        """Rasa's name."""
        return "action_tell_inspection_due"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> List[EventType]:
        """Says it; only of the vehicle that was named, when it is the asker's."""
        vehicles = await records.look_up(bound_vehicles, tracker.sender_id)
        named = Turn.of(tracker).values("plate_number")
        lines = [line for v in vehicles if not named or v.plate in named for line in due_lines(v)]
        if lines:
            dispatcher.utter_message(response="utter_inspections_due", lines=lines[:SHOWN], buttons=[
                {"title": "utter_title_book_inspection", "payload": "/book_inspection"}])
        return []


def due_lines(vehicle: Vehicle) -> List[Dict[str, Any]]:
    """One line about a vehicle, none when neither registration nor validity is recorded."""
    today = local(records.now()).date()
    found = next_inspection(vehicle, today)
    if found is None:
        return []
    state = "overdue" if found.overdue else "open" if found.from_day <= today else "later"
    return [{"say": f"utter_inspection_{found.kind}_{state}", "plate": mask_plate(vehicle.plate),
             "due": day(found.due_on, today), "opens": day(found.from_day, today)}]


def tell_due(dispatcher: CollectingDispatcher, vehicle: Vehicle) -> None:
    """Says it before a time is chosen: who needs only a sticker need not come."""
    lines = due_lines(vehicle)
    if lines:
        dispatcher.utter_message(response="utter_inspection_due", lines=lines)
