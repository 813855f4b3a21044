"""Who wants to hear about a road (订阅路况), and no more."""

from __future__ import annotations

import re
from typing import Any, Dict, List

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict
from sqlalchemy.orm import Session

from actions import records
from actions.forms import Form, asked_for, emptied
from actions.turn import Turn, begins
from traffic.road_subscriptions import road_subscriptions, subscribe_road, unsubscribe_road
from traffic.roads import find_road, roads

ALL = "all"
NONE = "none"
EVERY = re.compile(r"所有|全部|全都|全镇|都要|都订|都行|每条")
SHOWN = 4
LONGEST_NAME = 12


class RoadForm(Form):
    """A form that asks for a road, or for all of them."""

    asks = ("road_name",)

    async def extract_road_name(self, dispatcher: CollectingDispatcher, tracker: Tracker,
                                domain: DomainDict) -> Dict[str, Any]:
        """A road in the words, all of them, or, when it was asked for, whatever short name was typed."""
        turn = Turn.of(tracker)
        heard = turn.value("road") or turn.value("place")
        if not self.speaks_to(turn, "road", "place"):
            return {}
        if heard or EVERY.search(turn.text):
            return {"road_name": heard or ALL}
        unclear = turn.intent in ("inform", "nlu_fallback") and 2 <= len(turn.text) <= LONGEST_NAME
        return {"road_name": turn.text} if unclear and asked_for(tracker, "road_name") else {}

    async def validate_road_name(self, value: str, dispatcher: CollectingDispatcher, tracker: Tracker,
                                 domain: DomainDict) -> Dict[str, Any]:
        """A road of the records, by name or alias."""
        if value in (ALL, NONE):
            return {"road_name": value}
        road = await records.look_up(find_road, value)
        if road is None:
            dispatcher.utter_message(response="utter_road_unknown", name=value)
        return {"road_name": road.name if road else None}


class ValidateSubscribeRoadForm(RoadForm):
    """Which road to hear about."""

    opened_by = ("subscribe_road",)

    def name(self) -> str:
        """Rasa's name."""
        return "validate_subscribe_road_form"


class ValidateUnsubscribeRoadForm(RoadForm):
    """Which road not to hear about any more; the only one when there is only one."""

    opened_by = ("unsubscribe_road",)

    def name(self) -> str:
        """Rasa's name."""
        return "validate_unsubscribe_road_form"

    async def extract_road_name(self, dispatcher: CollectingDispatcher, tracker: Tracker,
                                domain: DomainDict) -> Dict[str, Any]:
        """As elsewhere, but who has no more than one subscription is not asked."""
        heard = await super().extract_road_name(dispatcher, tracker, domain)
        if heard or not begins(tracker, self.form_name()):
            return heard
        subscribed = await records.look_up(subscribed_roads, tracker.sender_id)
        return {"road_name": subscribed[0] if subscribed else NONE} if len(subscribed) < 2 else {}


class ActionAskRoadToSubscribe(Action):
    """Offers the first roads of the records, and all."""

    def name(self) -> str:
        """Rasa's name."""
        return "action_ask_subscribe_road_form_road_name"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> List[EventType]:
        """Says the question."""
        names = [road.name for road in await records.look_up(roads)]
        dispatcher.utter_message(response="utter_ask_road_to_subscribe", buttons=_buttons(names[:SHOWN]))
        return []


class ActionAskRoadToUnsubscribe(Action):
    """Offers what is subscribed, and all."""

    def name(self) -> str:
        """Rasa's name."""
        return "action_ask_unsubscribe_road_form_road_name"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> List[EventType]:
        """Says the question."""
        names = [name for name in await records.look_up(subscribed_roads, tracker.sender_id) if name != ALL]
        dispatcher.utter_message(response="utter_ask_road_to_unsubscribe", buttons=_buttons(names))
        return []


class ActionSubscribeRoad(Action):
    """Subscribes."""

    def name(self) -> str:
        """Rasa's name."""
        return "action_subscribe_road"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> List[EventType]:
        """Does it, and says so."""
        name = tracker.get_slot("road_name")
        if name:
            await records.change(subscribe_road, tracker.sender_id, None if name == ALL else name, now=records.now())
            dispatcher.utter_message(response="utter_all_roads_subscribed" if name == ALL else "utter_road_subscribed",
                                     name=name)
        return emptied("road_name")


class ActionUnsubscribeRoad(Action):
    """Ends one subscription, or all."""

    def name(self) -> str:
        """Rasa's name."""
        return "action_unsubscribe_road"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> List[EventType]:
        """Does it, and says so."""
        name = tracker.get_slot("road_name")
        if name:
            road = None if name == ALL else name
            ended = 0 if name == NONE else await records.change(unsubscribe_road, tracker.sender_id, road,
                                                                now=records.now())
            dispatcher.utter_message(response=_unsubscribed(name, ended), name=name)
        return emptied("road_name")


def _unsubscribed(name: str, ended: int) -> str:
    if not ended:
        return "utter_nothing_subscribed"
    return "utter_all_roads_unsubscribed" if name == ALL else "utter_road_unsubscribed"


def subscribed_roads(session: Session, subscriber: str) -> List[str]:
    """Names of the roads a subscriber hears about; `ALL` for all."""
    return [row.road.name if row.road else ALL for row in road_subscriptions(session, subscriber)]


def _buttons(names: List[str]) -> List[Dict[str, str]]:
    every = {"title": "utter_title_all_roads", "payload": f'/inform{{"road": "{ALL}"}}'}
    return [{"title": name, "payload": f'/inform{{"road": "{name}"}}'} for name in names] + [every]
