"""Road conditions (路况): what is closed, jammed or under construction, and until when."""

from __future__ import annotations

import dataclasses
import datetime
import re
from typing import Any, Dict, List, Tuple

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict
from sqlalchemy.orm import Session

from actions import records
from actions.nearby import last_location, means_near, tell_conditions_near
from actions.presentation import day, local
from actions.road_lines import bulletin_line
from actions.subscription_changes import several_wished
from actions.turn import Turn
from actions.unclear import why_unclear
from actions.ways import HEADS_TO, ends_of_way, tell_way
from bot.settings import load_station
from traffic.road_conditions import Bulletin, conditions
from traffic.roads import find_place, find_road, roads

SHOWN = 6
MOTORWAYS = re.compile(r"高速")
NO_NAME = re.compile(r"哪|什么|这|那|每|所有|全部")  # 哪些路, 这条路: asked or pointed at, not named

LOOKED_BACK = 3  # messages
FOLLOWS = re.compile(r"(?:那|那边|那里|那条路|这条路?|它|现在|还|大概|要|得|会|就|我|应该|从|[，, ])*"
                     r"(?:(?:封|堵|修|施工|管制)(?:路)?(?:到|要|多)?(?:到)?(?:什么时候|几时|啥时候|几号|几点|哪天|多久|多长时间|久)|"
                     r"(?:什么时候|啥时候|几时|几号|几点|多久)(?:能|才|会|可以)*(?:通|开通|恢复|解封|修好|好|放行|走)(?:车)?|"
                     r"通了?|好了|(?:怎么|咋)(?:绕|走)|(?:绕|走)(?:到)?(?:哪|哪里|哪儿|哪条)(?:路)?)"
                     r"(?:了|没有?|吗|么|呢|啊|呀|走|好|[?？。])*")


class ActionQueryRoadConditions(Action):
    """Tells the bulletins of the roads and places named, of all roads when none is named."""

    def name(self) -> str:
        """Rasa's name."""
        return "action_query_road_conditions"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> List[EventType]:
        """Says them."""
        turn = Turn.of(tracker)
        here, unclear = last_location(tracker), why_unclear(turn.text) if turn.text else None
        if unclear:
            dispatcher.utter_message(response=unclear)
            return []
        if await several_wished(dispatcher, turn):
            return []
        if means_near(tracker, turn) and here:
            await tell_conditions_near(dispatcher, here)
            return []
        if means_near(tracker, turn):
            dispatcher.utter_message(response="utter_send_location_for_road_conditions")
            return []
        await tell_conditions(dispatcher, following(tracker, turn))
        return []


def following(tracker: Tracker, turn: Turn) -> Turn:
    """封到什么时候, 那绕哪里: of the roads and places named just before, when the words name none themselves."""
    if turn.value("road") or turn.value("place") or not FOLLOWS.fullmatch(turn.text):
        return turn
    before = [e for e in tracker.events if e.get("event") == "user"][-LOOKED_BACK - 1:-1]
    for event in reversed(before):
        entities = (event.get("parse_data") or {}).get("entities") or []
        heard = [entity for entity in entities if entity.get("entity") in ("road", "place")]
        if heard:
            return dataclasses.replace(turn, entities=(*turn.entities, *heard))
    return turn


async def tell_conditions(dispatcher: CollectingDispatcher, turn: Turn) -> None:
    """Says the bulletins for what the message names, or the way between the two places that it connects."""
    ends = await ends_of_way(turn)
    if ends:
        await tell_way(dispatcher, ends)
        return
    known, unknown = await records.look_up(named, turn.values("road"), turn.values("place"))
    if unknown and (not known or HEADS_TO.search(turn.text)):  # half of a way says nothing about the way
        dispatcher.utter_message(response="utter_road_unknown", name=unknown[0])
        return
    known = known or (await records.look_up(motorways) if MOTORWAYS.search(turn.text) else [])
    for where in narrowed(known) or [{}]:
        await _tell(dispatcher, where, coming(turn))


def coming(turn: Turn) -> Tuple[datetime.datetime, datetime.datetime] | None:
    """The days ahead that are asked about (明天封不封), None for now."""
    time = turn.value("time")
    if not isinstance(time, dict) or time.get("grain") not in ("day", "half_day") or not time.get("to"):
        return None
    begins, ends = (datetime.datetime.fromisoformat(time[end]) for end in ("from", "to"))
    return (begins, ends) if begins > records.now() else None


def motorways(session: Session) -> List[Dict[str, str]]:
    """The roads that one means by 高速 without a name."""
    return [{"road": road.name} for road in roads(session) if road.kind == "motorway"]


def narrowed(known: List[Dict[str, str]]) -> List[Dict[str, str]]:
    """Of one road with one or two places the section between them, else each by itself."""
    names = [where["road"] for where in known if "road" in where]
    spots = [where["place"] for where in known if "place" in where]
    if len(names) != 1 or not 1 <= len(spots) <= 2:
        return known
    return [{"road": names[0], **dict(zip(("place", "to"), spots, strict=False))}]


def named(session: Session, roads: List[str], places: List[str]) -> Tuple[List[Dict[str, str]], List[str]]:
    """({"road" or "place": its name in the records} of each that is known, the names of those that aren't).

    A name may be heard as a road where the records have a place, and the other way round.
    """
    known: List[Dict[str, str]] = []
    unknown: List[str] = []
    for name in dict.fromkeys(n for n in [*roads, *places] if not NO_NAME.match(n)):
        road, place = find_road(session, name), find_place(session, name)
        if place and (name in places or not road):
            known.append({"place": place.name})
        elif road:
            known.append({"road": road.name})
        else:
            unknown.append(name)
    return [where for i, where in enumerate(known) if where not in known[:i]], unknown


async def _tell(dispatcher: CollectingDispatcher, where: Dict[str, str],
                days: Tuple[datetime.datetime, datetime.datetime] | None = None) -> None:
    bulletins = await records.look_up(conditions, days[0] if days else records.now(), **where,
                                      until=days[1] if days else None)
    name = shown_name(where)
    if days:
        _tell_ahead(dispatcher, name, bulletins, days[0])
        return
    if bulletins:
        dispatcher.utter_message(response="utter_road_conditions" if name else "utter_all_road_conditions", name=name,
                                 lines=[bulletin_line(b) for b in bulletins[:SHOWN]] + _more(len(bulletins)))
    else:
        dispatcher.utter_message(response="utter_road_clear" if name else "utter_all_roads_clear", name=name)


def _tell_ahead(dispatcher: CollectingDispatcher, name: str, bulletins: List[Bulletin],
                begins: datetime.datetime) -> None:
    """What is announced for a day to come; jams and accidents nobody knows yet."""
    known = [b for b in bulletins if b.kind in ("closed", "works")]
    when = day(local(begins).date(), local(records.now()).date())
    lines = [bulletin_line(b) for b in known[:SHOWN]] + _more(len(known))
    dispatcher.utter_message(response="utter_road_conditions_ahead" if known else "utter_road_clear_ahead",
                             name=name or load_station().region, when=when, lines=lines)


def _more(count: int) -> List[Dict[str, Any]]:
    return [{"say": "utter_more_road_conditions", "more": count - SHOWN}] if count > SHOWN else []


def shown_name(where: Dict[str, str]) -> str:
    """75省道, 白沙, or 75省道（杜桥—白沙）."""
    within = "—".join(where[key] for key in ("place", "to") if key in where)
    return f"{where['road']}（{within}）" if "road" in where and within else where.get("road", within)
