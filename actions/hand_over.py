"""A person is asked for (转人工)."""

from __future__ import annotations

import datetime
from typing import List

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions import records
from actions.presentation import local
from actions.turn import said_before
from traffic.opening_days import opening_spans

OFFERS = frozenset({"utter_offer_human", "utter_gave_up"})


class ActionRequestHuman(Action):
    """Hands over in opening hours; at other times the driver's matter is written down as a ticket."""

    def name(self) -> str:
        """Rasa's name."""
        return "action_request_human"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> List[EventType]:
        """Does it, and says so."""
        return hand_over(dispatcher)


class ActionAffirm(Action):
    """A yes outside of any form: to the offer of a person, or to nothing in particular."""

    def name(self) -> str:
        """Rasa's name."""
        return "action_affirm"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> List[EventType]:
        """Hands over when that was offered just before."""
        if OFFERS.intersection(said_before(tracker)):
            return hand_over(dispatcher)
        dispatcher.utter_message(response="utter_affirm")
        return []


def hand_over(dispatcher: CollectingDispatcher) -> List[EventType]:
    """To the desk in opening hours, else into a ticket."""
    if is_open(records.now()):
        dispatcher.utter_message(response="utter_hand_over")
        dispatcher.utter_message(json_message={"hand_over": {"reason": "asked"}})
        return []
    dispatcher.utter_message(response="utter_outside_hours")
    return [FollowupAction("ticket_form")]


def is_open(moment: datetime.datetime) -> bool:
    """Whether somebody is at the desk."""
    here = local(moment)
    return any(opens <= here.time() < closes for opens, closes in opening_spans(here.date()))
