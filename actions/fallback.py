"""When the bot is not sure: it says what is wrong with the text, or asks back, and the second time hands over."""

from __future__ import annotations

from typing import Any, Dict, FrozenSet, List, Mapping

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions import records
from actions.accident_steps import stop_for_words
from actions.accidents import ActionMentionAccident
from actions.fulfilment import fulfil
from actions.hand_over import UNSURE, hand_over, is_open
from actions.inform import FACTS, take_up
from actions.many_wishes import fulfil_all
from actions.opening_days import tell_opening_days
from actions.quiet_hours import QUIET
from actions.subscription_changes import change_of_subscription
from actions.turn import Turn
from actions.unclear import why_unclear
from actions.wish_sentences import wishes_in
from actions.wishes import Wish, wish_in
from bot.settings import DATA

NAMED = frozenset([
    "query_violations", "query_points", "book_inspection", "book_accident_handling", "query_appointment",
    "change_appointment", "cancel_appointment", "query_road_conditions", "query_speed_cameras", "query_announcements",
    "subscribe_road", "unsubscribe_road", "report_minor_accident", "file_complaint", "give_suggestion",
    "report_offense", "query_ticket", "bind_vehicle", "bind_license", "unbind", "manage_privacy",
    "request_human"])
PLAUSIBLE = 0.12
CHOICES = 3
LONGEST_WISH = 16


class ActionFallback(Action):
    """Asks back with the likeliest choices as buttons; when it was just done in vain, an officer gets it.

    Right after an officer's part that is so at once: what one said to the other the bot can't know better.
    """

    def name(self) -> str:
        """Rasa's name."""
        return "action_fallback"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> List[EventType]:
        """Says it."""
        turn = Turn.of(tracker)
        wrong = why_unclear(turn.text, turn.metadata)
        guesses = [] if wrong else likeliest(tracker.latest_message.get("intent_ranking") or [])
        if wrong:
            dispatcher.utter_message(response=wrong)
        elif await stop_for_words(dispatcher, turn) or await _taken_up(dispatcher, tracker):
            pass
        elif turn.mostly(*FACTS):
            await take_up(dispatcher, turn)
        elif unclear_before(tracker) or tracker.get_slot("after_officer"):
            return _give_up(dispatcher, tracker)
        elif len(guesses) >= 2:
            dispatcher.utter_message(response="utter_ask_which_meant", buttons=[_button(name) for name in guesses])
        else:
            dispatcher.utter_message(response="utter_not_understood")
            await ActionMentionAccident().run(dispatcher, tracker, domain)
        return [FollowupAction("action_listen")]


class ActionChitchat(Action):
    """Chats, unless there is nothing but signs, which any classifier takes for chat."""

    def name(self) -> str:
        """Rasa's name."""
        return "action_chitchat"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> List[EventType]:
        """Says it."""
        turn = Turn.of(tracker)
        wrong = why_unclear(turn.text, turn.metadata)
        if wrong or not await _taken_up(dispatcher, tracker):
            dispatcher.utter_message(response=wrong or "utter_chitchat")
        return []


async def _taken_up(dispatcher: CollectingDispatcher, tracker: Tracker) -> bool:
    """Whether words that were taken for something else ask whether we are open (明天开门吗) or for quiet (中午别吵)."""
    turn = Turn.of(tracker)
    if await change_of_subscription(dispatcher, tracker) or tell_opening_days(dispatcher, turn):
        return True
    many = wishes_in(turn)
    if len(many) > 1 and any(wish.kind == "quiet" for wish in many):
        await fulfil_all([_named(wish) for wish in many], dispatcher, turn.subscriber)
        return True
    wish = wish_in(turn) if len(turn.text) <= LONGEST_WISH and QUIET.search(turn.text) else None
    if wish is None or (wish.kind not in ("quiet", "days") and wish.what != "utter_which_quiet_hours"):
        return False
    await fulfil(wish, dispatcher, turn.subscriber)
    return True


def _named(wish: Wish) -> Wish:
    """Where no road can be asked for, the driver is told to name one."""
    unnamed = wish.kind == "subscribe" and not wish.roads and not wish.wanted.get("closures")
    return Wish("cannot", "utter_which_road") if unnamed else wish


def _give_up(dispatcher: CollectingDispatcher, tracker: Tracker) -> List[EventType]:
    if is_open(records.now()):
        return [*hand_over(dispatcher, tracker, UNSURE), FollowupAction("action_listen")]
    dispatcher.utter_message(response="utter_offer_human")
    return [FollowupAction("action_listen")]


def likeliest(ranking: List[Mapping[str, Any]]) -> List[str]:
    """At most three services or topics that are plausible enough to be offered."""
    names, there = (str(r["name"]) for r in ranking if r.get("confidence", 0) >= PLAUSIBLE), topics()
    return [name for name in names if name in NAMED or name in there][:CHOICES]


def topics() -> FrozenSet[str]:
    """Topics of the answer book: each is a file, so that one which a maintainer began is offered like the others."""
    return frozenset(path.stem for path in (DATA / "faq").glob("*.yml"))


def unclear_before(tracker: Tracker) -> bool:
    """Whether the message before this one was not understood either."""
    heard = [i for i, e in enumerate(tracker.events) if e.get("event") == "user"]
    between = tracker.events[heard[-2]:heard[-1]] if len(heard) > 1 else []
    return any(e.get("event") == "action" and e.get("name") == "action_fallback" for e in between)


def _button(name: str) -> Dict[str, str]:
    payload = f"/{name}" if name in NAMED else f'/inform{{"topic": "{name}"}}'
    return {"title": f"utter_title_{name}", "payload": payload}
