"""A person is asked for (转人工), or the bot hands over by itself; and what it knows when the officer has gone."""

from __future__ import annotations

import datetime
import re
from typing import Any, Dict, List, Sequence

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions import records
from actions.accident_steps import go_on
from actions.presentation import day, local
from actions.privacy import forget_all
from actions.turn import Turn, said_before
from bot.settings import load_station
from traffic.opening_days import working_days_after
from traffic.plates import Plate, find_plates
from traffic.tickets import PROMISED_WORKING_DAYS

OFFERS = frozenset({"utter_offer_human", "utter_gave_up"})
ASKED, UNSURE = "asked", "unsure"
REASONS = frozenset({UNSURE, "repeated", "angry", "officer_complaint", "media", "death"})
OPENING = frozenset({"utter_greet", "utter_welcome", "utter_help", "utter_affirm", "utter_affirm_done"})
GOES_ON = re.compile(r"继续|接着|往下")
OFFERED_IN_OWN_WORDS = frozenset({"angry", "death"})


class ActionRequestHuman(Action):
    """Hands over in opening hours; at other times the driver's matter is written down as a ticket."""

    def name(self) -> str:
        """Rasa's name."""
        return "action_request_human"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> List[EventType]:
        """Does it, and says so; the channel gives the reason where it was not the driver's wish."""
        return hand_over(dispatcher, tracker, str(Turn.of(tracker).value("reason") or ASKED))


class ActionAffirm(Action):
    """A yes outside of any form: to going on with an accident, to a person, to deleting one's data, or to nothing."""

    def name(self) -> str:
        """Rasa's name."""
        return "action_affirm"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> List[EventType]:
        """Does what was asked just before."""
        before = said_before(tracker)
        if GOES_ON.search(Turn.of(tracker).text) and await go_on(dispatcher, tracker.sender_id):
            return []
        if OFFERS.intersection(before):
            return hand_over(dispatcher, tracker, ASKED)
        if "utter_ask_forget" in before:
            await forget_all(dispatcher, tracker.sender_id)
            return []
        answered = any(name.startswith("utter_") and name not in OPENING for name in before)
        dispatcher.utter_message(response="utter_affirm_done" if answered else "utter_affirm")
        return []


class ActionAfterOfficer(Action):
    """The officer has gone: keeps that one was here, and which vehicle was talked of. Says nothing."""

    def name(self) -> str:
        """Rasa's name."""
        return "action_after_officer"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> List[EventType]:
        """Reads what the channel gives of the officer's part."""
        lines = Turn.of(tracker).metadata.get("officer_part") or []
        return [SlotSet("after_officer", True), SlotSet("talked_of", talked_of(lines))]


def talked_of(lines: Sequence[Dict[str, Any]]) -> str | None:
    """The plate that was named last, by the officer or the driver."""
    found = [plate for line in lines for *_, plate in find_plates(str(line.get("text") or ""))]
    return next((plate.text for plate in reversed(found) if isinstance(plate, Plate)), None)


def hand_over(dispatcher: CollectingDispatcher, tracker: Tracker, reason: str) -> List[EventType]:
    """To the desk in opening hours; else into a ticket, which is only offered where nobody asked for a person."""
    if is_open(records.now()):
        dispatcher.utter_message(response=f"utter_hand_over_{reason}" if reason in REASONS else "utter_hand_over")
        dispatcher.utter_message(json_message={"hand_over": {"reason": reason if reason in REASONS else ASKED}})
        return []
    if reason not in REASONS:
        dispatcher.utter_message(response="utter_outside_hours", promised=promised())
        return [FollowupAction("ticket_form")]
    if (tracker.active_loop or {}).get("name") == "ticket_form":  # it is being written down already
        return [FollowupAction("action_listen")]
    own = f"utter_offer_message_{reason}" if reason in OFFERED_IN_OWN_WORDS else "utter_offer_message"
    dispatcher.utter_message(response=own, promised=promised())
    return []


def promised() -> str:
    """The day by which a message left now is answered, as one says it."""
    today = local(records.now()).date()
    return day(working_days_after(today, PROMISED_WORKING_DAYS["question"]), today)


def is_open(moment: datetime.datetime) -> bool:
    """Whether somebody is at the desk."""
    return load_station().is_open(moment)
