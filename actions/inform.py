"""A bare fact outside of any form: a plate, a road, a number, a location, or a topic picked from a question back."""

from __future__ import annotations

from typing import Any, Dict, List

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.accident_steps import stop_for_words, take_up_accident
from actions.appointments import tell_bookings
from actions.nearby import asked_location_for, last_location, tell_cameras_near, tell_conditions_near
from actions.opening_days import tell_opening_days
from actions.presentation import mask_plate
from actions.road_conditions import tell_conditions
from actions.subscription_changes import change_of_subscription
from actions.ticket_pictures import add_late_picture
from actions.tickets import tell_ticket
from actions.turn import Turn
from actions.unclear import NO_WORDS
from traffic.numbers import APPOINTMENT

FACTS = ("plate_number", "bad_plate", "ticket_number", "road", "place")
PLATE_SERVICES = ("query_violations", "book_inspection", "bind_vehicle")


class ActionInform(Action):
    """Does what a fact alone most likely asks for, or says what could be done with it."""

    def name(self) -> str:
        """Rasa's name."""
        return "action_inform"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> List[EventType]:
        """Says it; a location that was asked for is answered at once."""
        turn, what, here = Turn.of(tracker), asked_location_for(tracker), last_location(tracker)
        if what and here and turn.metadata.get("location"):
            await (tell_cameras_near if what == "speed_cameras" else tell_conditions_near)(dispatcher, here)
            return []
        if await change_of_subscription(dispatcher, tracker) or tell_opening_days(dispatcher, turn):
            return []
        for do in (stop_for_words, take_up_accident, add_late_picture):
            if await do(dispatcher, turn):
                return []
        await take_up(dispatcher, turn)
        return []


async def take_up(dispatcher: CollectingDispatcher, turn: Turn) -> None:
    """Says what belongs to the fact."""
    plate, number = turn.value("plate_number"), turn.value("ticket_number")
    if plate:
        dispatcher.utter_message(response="utter_ask_what_about_plate", plate=mask_plate(plate),
                                 buttons=plate_buttons(plate))
    elif number and str(number).upper().startswith(APPOINTMENT):
        await tell_bookings(dispatcher, turn.subscriber)
    elif number:
        await tell_ticket(dispatcher, turn.subscriber, str(number).upper())
    elif turn.value("road") or turn.value("place"):
        await tell_conditions(dispatcher, turn)
    else:
        dispatcher.utter_message(response=response_for(turn))


def response_for(turn: Turn) -> str:
    """What is said to a fact that no service takes up."""
    if turn.value("topic"):
        return f"utter_{turn.value('topic')}/overview"
    if turn.value("bad_plate"):
        return f"utter_bad_plate_{turn.value('bad_plate')}"
    picture_or_place = next((response for kind, response in NO_WORDS.items() if turn.metadata.get(kind)), None)
    return picture_or_place or "utter_ask_what_is_meant"


def plate_buttons(plate: str) -> List[Dict[str, Any]]:
    """What one may want to do with a plate."""
    return [{"title": f"utter_title_{s}", "payload": f'/{s}{{"plate_number": "{plate}"}}'} for s in PLATE_SERVICES]
