"""Who wants to hear about a road (订阅路况), and no more."""

from __future__ import annotations

import datetime
import re
from typing import Any, Dict, List

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict
from sqlalchemy.orm import Session

from actions import records
from actions.forms import Form, asked_for, emptied
from actions.quiet_hours import completed
from actions.turn import Turn, begins
from actions.wishes import Wish, subscription_in, wish_in
from traffic.road_subscriptions import (
    RoadSubscription,
    choose_days,
    only_closures,
    road_subscriptions,
    subscribe_road,
    unsubscribe_road,
)
from traffic.roads import Road, find_road, roads
from traffic.subscriber_wishes import (
    REMINDERS,
    quiet_hours,
    reminders_off,
    set_quiet_hours,
    set_tag,
    switch_reminder,
    tags_of,
)
from traffic.weekdays import EVERY_DAY, name_of

ALL = "all"
NONE = "none"
WISH = "wish"
EVERY = re.compile(r"所有|全部|全都|全镇|都要|都订|都行|每条")
SHOWN = 4
LONGEST_NAME = 12
NO_MORE = re.compile(r"别再?(?:给我)?(?:发|推|通知|告诉)|(?:不要|不用|不想)再?(?:给我)?(?:发|推|收|听|看)|"
                     r"(?:都|全)退|退了吧|取消订阅$")
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
        if begins(tracker, self.form_name()) and wish_in(turn):
            return {"road_name": WISH}
        if not self.speaks_to(turn, "road", "place"):
            return {}
        if heard or EVERY.search(turn.text):
            return {"road_name": heard or ALL}
        unclear = turn.intent in ("inform", "nlu_fallback") and 2 <= len(turn.text) <= LONGEST_NAME
        return {"road_name": turn.text} if unclear and asked_for(tracker, "road_name") else {}

    async def validate_road_name(self, value: str, dispatcher: CollectingDispatcher, tracker: Tracker,
                                 domain: DomainDict) -> Dict[str, Any]:
        """A road of the records, by name or alias."""
        if value in (ALL, NONE, WISH):
            return {"road_name": value}
        road = await records.look_up(find_road, value) or await records.look_up(road_within, value)
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
        if NO_MORE.search(Turn.of(tracker).text):
            return {"road_name": ALL}
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
        wanted = tracker.get_slot("subscription") or {}
        if name != WISH and GIVE_UP.search(Turn.of(tracker).text):
            return await ActionUnsubscribeRoad().run(dispatcher, tracker, domain)
        if name == WISH:
            await fulfil(wish_in(Turn.of(tracker)), dispatcher, tracker)
        elif name:
            at, days = wanted.get("daily"), wanted.get("days") or EVERY_DAY
            await records.change(subscribe_road, tracker.sender_id, None if name == ALL else name,
                                 daily_at=datetime.time.fromisoformat(at) if at else None,
                                 only_closures=bool(wanted.get("closures")), days=days, now=records.now())
            how = "_daily" if at else "_closures" if wanted.get("closures") else ""
            which = "utter_all_roads_subscribed" if name == ALL else "utter_road_subscribed"
            dispatcher.utter_message(response=which + how, name=name, at=at or "",
                                     days=name_of(days) if at or days != EVERY_DAY else "")
        return emptied("road_name", "subscription")


class ActionUnsubscribeRoad(Action):
    """Ends one subscription, or all."""

    def name(self) -> str:
        """Rasa's name."""
        return "action_unsubscribe_road"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> List[EventType]:
        """Does it, and says so."""
        name = tracker.get_slot("road_name")
        if name == WISH:
            await fulfil(wish_in(Turn.of(tracker)), dispatcher, tracker)
        elif name:
            road = None if name == ALL else name
            ended = 0 if name == NONE else await records.change(unsubscribe_road, tracker.sender_id, road,
                                                                now=records.now())
            dispatcher.utter_message(response=_unsubscribed(name, ended), name=name)
        return emptied("road_name")


async def fulfil(wish: Wish | None, dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
    """Does what was wished for, and says so."""
    driver = tracker.sender_id
    if wish is None or wish.kind == "list":
        return await _list(dispatcher, driver)
    if wish.kind == "reminders":
        await records.change(switch_reminder, driver, wish.what, wish.on, now=records.now())
        said = f"utter_reminder{'s_all' if wish.what == 'all' else ''}_{'on' if wish.on else 'off'}"
        dispatcher.utter_message(response=said, lines=[{"say": f"utter_reminder_name_{wish.what}"}])
    elif wish.kind == "tag":
        await records.change(set_tag, driver, wish.what, wish.on, now=records.now())
        dispatcher.utter_message(response=f"utter_tag_{'on' if wish.on else 'off'}",
                                 lines=[{"say": f"utter_tag_name_{wish.what}"}])
    elif wish.kind == "days":
        await _choose_days(wish, dispatcher, driver)
    elif wish.kind == "cannot":
        dispatcher.utter_message(response=wish.what)
    elif wish.kind == "closures":
        await records.change(only_closures, driver, records.now())
        dispatcher.utter_message(response="utter_only_closures")
    elif wish.quiet:
        hours = completed(wish.quiet, await records.look_up(quiet_hours, driver))
        await records.change(set_quiet_hours, driver, hours)
        overnight = "_overnight" if hours[1] < hours[0] and hours[1] != datetime.time() else ""
        dispatcher.utter_message(response=f"utter_quiet_hours{overnight}", begins=f"{hours[0]:%H:%M}",
                                 ends=f"{hours[1]:%H:%M}")
    else:
        await records.change(set_quiet_hours, driver, None)
        dispatcher.utter_message(response="utter_no_quiet_hours")


async def _choose_days(wish: Wish, dispatcher: CollectingDispatcher, driver: str) -> None:
    """Other days for what is subscribed, of a road that is itself, else of all; what there is then is listed."""
    road = await records.look_up(find_road, wish.what) if wish.what else None
    changed = await records.change(choose_days, driver, road.name if road else None, wish.how, wish.days, records.now())
    if not changed:
        dispatcher.utter_message(response="utter_no_days_to_change")
        return
    lines = await records.look_up(_roads_listed, driver)
    waits = any(not line["at"] for line in lines)  # news at once can wait for its day; daily news has nothing to wait
    said = "utter_days_changed" if waits else "utter_days_changed_daily"
    dispatcher.utter_message(response=said if lines else "utter_all_roads_unsubscribed", lines=lines)


def _roads_listed(session: Session, driver: str) -> List[Dict[str, Any]]:
    return [{"say": _listed(row), "name": row.road.name if row.road else "",
             "at": f"{row.daily_at:%H:%M}" if row.daily_at else "",
             "days": name_of(row.days) if row.daily_at or row.days != EVERY_DAY else ""}
            for row in road_subscriptions(session, driver)]


async def _list(dispatcher: CollectingDispatcher, driver: str) -> None:
    """What the driver hears about, when not, and what was switched off."""
    lines = await records.look_up(_roads_listed, driver)
    off, quiet = await records.look_up(reminders_off, driver), await records.look_up(quiet_hours, driver)
    lines += [{"say": f"utter_listed_off_{kind}"} for kind in REMINDERS if kind in off]
    lines += [{"say": f"utter_listed_tag_{tag}"} for tag in await records.look_up(tags_of, driver)]
    if quiet:
        lines.append({"say": "utter_listed_quiet", "begins": f"{quiet[0]:%H:%M}", "ends": f"{quiet[1]:%H:%M}"})
    dispatcher.utter_message(response="utter_subscriptions" if lines else "utter_no_subscriptions", lines=lines)


def _listed(row: RoadSubscription) -> str:
    how = "daily" if row.daily_at else "closures" if row.only_closures else "any"
    return f"utter_listed_{how}_{'road' if row.road else 'all'}"


def _unsubscribed(name: str, ended: int) -> str:
    if not ended:
        return "utter_nothing_subscribed"
    return "utter_all_roads_unsubscribed" if name == ALL else "utter_road_unsubscribed"


def road_within(session: Session, words: str) -> Road | None:
    """The road whose name stands in the words (报杜桥大道), the longest first."""
    names = {name: road for road in roads(session) for name in (road.name, *road.aliases)}
    return next((names[name] for name in sorted(names, key=len, reverse=True) if name in words), None)


def subscribed_roads(session: Session, subscriber: str) -> List[str]:
    """Names of the roads a subscriber hears about; `ALL` for all."""
    return [row.road.name if row.road else ALL for row in road_subscriptions(session, subscriber)]


def _buttons(names: List[str]) -> List[Dict[str, str]]:
    every = {"title": "utter_title_all_roads", "payload": f'/inform{{"road": "{ALL}"}}'}
    return [{"title": name, "payload": f'/inform{{"road": "{name}"}}'} for name in names] + [every]
