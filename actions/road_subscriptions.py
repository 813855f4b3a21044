"""Who wants to hear about a road (订阅路况), and no more."""

from __future__ import annotations

import dataclasses
import datetime
import re
from typing import Any, Dict, List, Mapping

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict
from sqlalchemy.orm import Session

from actions import records
from actions.forms import Form, asked_for, emptied
from actions.fulfilment import fulfil, tell_what_waits
from actions.many_wishes import fulfil_all
from actions.road_names import ALL, road_of
from actions.turn import Turn, begins
from actions.wish_sentences import wishes_in
from actions.wishes import Wish, subscription_in, wish_in
from traffic.road_subscriptions import resumable, road_subscriptions, subscribe_road, unsubscribe_road
from traffic.roads import roads
from traffic.weekdays import EVERY_DAY, name_of

NONE = "none"
WISH = "wish"
DOING = ("action_subscribe_road", "action_unsubscribe_road")
BESIDE = ("quiet", "loud", "reminders", "tag")
FAMILY = ("subscribe_road", "unsubscribe_road")
EVERY = re.compile(r"所有|全部|全都|全镇|都要|都订|都行|每条")
SHOWN = 4
LONGEST_NAME = 12
NO_MORE = re.compile(r"别再?(?:给我)?(?:发|推|通知|告诉)|(?:不要|不用|不想)再?(?:给我)?(?:发|推|收|听|看)|"
                     r"(?:都|全)退|退了吧|取消订阅$")
ASKS = re.compile(r"[吗呢?？]|什么|啥|哪|多少|几条")
ENDS = re.compile(r"[退停关删取撤]|不[要用想再]|别|烦|解除|清空")
LOOKED_BACK = 3  # messages
THAT_ROAD = re.compile(r"^(?:那|等|要是|什么时候)*(?:通|好|开|修好|解封|恢复|放行)(?:车|路)?了|[那这]条路?|它")
GIVE_UP = re.compile(r"退订|取消订阅|不订了")


class RoadForm(Form):
    """A form that asks for a road, or for all of them."""

    asks = ("road_name",)

    async def extract_road_name(self, dispatcher: CollectingDispatcher, tracker: Tracker,
                                domain: DomainDict) -> Dict[str, Any]:
        """A road in the words, all of them, or, when it was asked for, whatever short name was typed."""
        turn = Turn.of(tracker)
        heard = turn.value("road") or turn.value("place")
        if begins(tracker, self.form_name()) and (await many_in(turn) or wish_in(turn)):
            return {"road_name": WISH}
        if asked_for(tracker, "road_name") and not heard and await self._done_beside(turn, dispatcher):
            return {"road_name": None}
        many = list(dict.fromkeys(map(str, turn.values("road"))))
        wish = wish_in(turn) if turn.intent in FAMILY else None
        beside = wish and wish.kind in BESIDE and not await many_in(turn)
        if asked_for(tracker, "road_name") and heard and beside:
            return {"road_name": heard}  # 75省道，年检提醒也关了
        if not self.speaks_to(turn, "road", "place"):
            return {}
        if len(many) > 1:
            return {"road_name": "、".join(many)}
        if heard or EVERY.search(turn.text):
            return {"road_name": heard or ALL}
        unclear = turn.intent in ("inform", "nlu_fallback") and 2 <= len(turn.text) <= LONGEST_NAME
        return {"road_name": turn.text} if unclear and asked_for(tracker, "road_name") else {}

    async def _done_beside(self, turn: Turn, dispatcher: CollectingDispatcher) -> bool:
        """Whether another wish was done while the road is still asked for (晚上别吵我)."""
        wish = wish_in(turn) if turn.intent in FAMILY else None
        if wish is not None:
            await fulfil(wish, dispatcher, turn.subscriber)
        return wish is not None

    async def validate_road_name(self, value: str, dispatcher: CollectingDispatcher, tracker: Tracker,
                                 domain: DomainDict) -> Dict[str, Any]:
        """A road of the records, by name or alias."""
        if value in (ALL, NONE, WISH):
            return {"road_name": value}
        named = [await records.look_up(road_of, name) for name in value.split("、")]
        if len(named) > 1 and any(named):
            return {"road_name": value}  # those that there are not are told of with the others
        road = named[0]
        if road is None:
            dispatcher.utter_message(response="utter_road_unknown", name=value)
        return {"road_name": road.name if road else None}


def road_just_named(tracker: Tracker) -> str | None:
    """The road of the last messages, for who says 通了告诉我 behind it."""
    before = [e for e in tracker.events if e.get("event") == "user"][-LOOKED_BACK - 1:-1]
    named = [entity.get("value") for event in before for entity in (event.get("parse_data") or {}).get("entities") or []
             if entity.get("entity") == "road"]
    return str(named[-1]) if named else None


class ValidateSubscribeRoadForm(RoadForm):
    """Which road to hear about."""

    opened_by = ("subscribe_road",)
    remembers = ("subscription",)

    def name(self) -> str:
        """Rasa's name."""
        return "validate_subscribe_road_form"

    async def get_extraction_events(self, dispatcher: CollectingDispatcher, tracker: Tracker,
                                    domain: DomainDict) -> List[EventType]:
        """Nothing when other wishes of the same message were just done and only the road is still to be asked for."""
        behind = tracker.events[max(i for i, e in enumerate(tracker.events) if e.get("event") == "user"):]
        if any(e.get("event") == "action" and e.get("name") in DOING for e in behind):
            return []
        return await super().get_extraction_events(dispatcher, tracker, domain)

    async def extract_road_name(self, dispatcher: CollectingDispatcher, tracker: Tracker,
                                domain: DomainDict) -> Dict[str, Any]:
        """As elsewhere, with the hour and what one wants to hear; closures without a road mean those of all."""
        heard = await super().extract_road_name(dispatcher, tracker, domain)
        if not begins(tracker, self.form_name()) or heard.get("road_name") == WISH:
            return heard
        wanted = dict(subscription_in(Turn.of(tracker)))
        if wanted.get("closures") and not heard:
            heard = {"road_name": ALL}
        if not heard and THAT_ROAD.search(Turn.of(tracker).text):
            heard = {"road_name": road_just_named(tracker)} if road_just_named(tracker) else {}
        if wanted.get("days") and not heard:  # 周一到周五每天早上七点发: of the one road that there is
            subscribed = await records.look_up(subscribed_roads, tracker.sender_id)
            heard = {"road_name": subscribed[0]} if len(subscribed) == 1 else {}
        return {**heard, "subscription": wanted}


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
        text = Turn.of(tracker).text
        if NO_MORE.search(text):
            return {"road_name": ALL}
        if ASKS.search(text) and not ENDS.search(text):
            return {"road_name": WISH}  # a question ends nothing: what there is, is listed
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
        name, turn = tracker.get_slot("road_name"), Turn.of(tracker)
        if name == WISH:
            return await fulfil_what_is_said(dispatcher, tracker)
        if GIVE_UP.search(turn.text):
            return await ActionUnsubscribeRoad().run(dispatcher, tracker, domain)
        if name and "、" in name:
            some = Wish("subscribe", roads=tuple(name.split("、")), wanted=tracker.get_slot("subscription") or {})
            await fulfil_all([some], dispatcher, tracker.sender_id)
        elif name:
            await _subscribe(name, tracker.get_slot("subscription") or {}, dispatcher, tracker.sender_id)
        beside = wish_in(turn) if name else None  # the answer to the question for the road may say more
        if beside and beside.kind in BESIDE and not subscription_in(turn):
            await fulfil(beside, dispatcher, tracker.sender_id)
        elif name and "、" not in name:
            await tell_what_waits(dispatcher, tracker.sender_id)
        return emptied("road_name", "subscription")


async def _subscribe(name: str, wanted: Mapping[str, Any], dispatcher: CollectingDispatcher, driver: str) -> None:
    at, days = wanted.get("daily"), wanted.get("days") or EVERY_DAY
    await records.change(subscribe_road, driver, None if name == ALL else name,
                         daily_at=datetime.time.fromisoformat(at) if at else None,
                         only_closures=bool(wanted.get("closures")), days=days, now=records.now())
    how = "_daily" if at else "_closures" if wanted.get("closures") else ""
    which = "utter_all_roads_subscribed" if name == ALL else "utter_road_subscribed"
    dispatcher.utter_message(response=which + how, name=name, at=at or "",
                             days=name_of(days) if at or days != EVERY_DAY else "")


class ActionUnsubscribeRoad(Action):
    """Ends one subscription, or all."""

    def name(self) -> str:
        """Rasa's name."""
        return "action_unsubscribe_road"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> List[EventType]:
        """Does it, and says so."""
        name = tracker.get_slot("road_name")
        if name == WISH:
            return await fulfil_what_is_said(dispatcher, tracker)
        if name and "、" in name:
            some = Wish("unsubscribe", roads=tuple(name.split("、")))
            await fulfil_all([some], dispatcher, tracker.sender_id)
        elif name:
            road = None if name == ALL else name
            ended = 0 if name == NONE else await records.change(unsubscribe_road, tracker.sender_id, road,
                                                                now=records.now())
            every = not ended and road and ALL in await records.look_up(subscribed_roads, tracker.sender_id)
            dispatcher.utter_message(response="utter_line_no_road_left_out" if every else _unsubscribed(name, ended),
                                     name=name)
        return emptied("road_name")


async def fulfil_what_is_said(dispatcher: CollectingDispatcher, tracker: Tracker) -> List[EventType]:
    """Does one wish or many; then the road is asked for that news was wanted of without naming one."""
    turn = Turn.of(tracker)
    wishes = await many_in(turn)
    if not wishes:
        await fulfil(wish_in(turn), dispatcher, tracker.sender_id)
        return emptied("road_name", "subscription")
    told = [_of_road_before(wish, tracker) for wish in wishes]
    unnamed = next((wish for wish in told if wish.kind == "subscribe" and not wish.roads), None)
    await fulfil_all([wish for wish in told if wish is not unnamed], dispatcher, tracker.sender_id)
    if unnamed is None:
        return emptied("road_name", "subscription")
    return [*emptied("road_name", "misses"), SlotSet("subscription", dict(unnamed.wanted)),
            FollowupAction("subscribe_road_form")]


def _of_road_before(wish: Wish, tracker: Tracker) -> Wish:
    """Closures without a road mean those of all; 通了告诉我 means the road just named."""
    if wish.kind != "subscribe" or wish.roads:
        return wish
    text, before = Turn.of(tracker).text, road_just_named(tracker)
    every = wish.wanted.get("closures") or EVERY.search(text)
    roads_meant = (ALL,) if every else (before,) if before and THAT_ROAD.search(text) else ()
    return dataclasses.replace(wish, roads=roads_meant)


async def many_in(turn: Turn) -> List[Wish]:
    """The wishes of a sentence that `wish_in` can't say alone; what can't be done at all is left to the forms."""
    wishes = wishes_in(turn)
    only = wishes[0] if len(wishes) == 1 else None
    if only and only.what == "daily" and not await records.look_up(_has_daily, turn.subscriber):
        return []
    if only and only.kind == "resume" and not only.roads and turn.intent == "subscribe_road":
        there = await records.look_up(resumable, turn.subscriber) or await records.look_up(
            road_subscriptions, turn.subscriber)
        return wishes if there else []
    return wishes


def _has_daily(session: Session, driver: str) -> bool:
    return any(row.daily_at for row in road_subscriptions(session, driver))


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
