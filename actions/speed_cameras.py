"""Published speed cameras (测速点) with their limits."""

from __future__ import annotations

import re
from typing import Any, Dict, List, Sequence

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions import records
from actions.announcements import announcement_line
from actions.nearby import last_location, means_near, tell_cameras_near
from actions.presentation import local
from actions.road_conditions import MOTORWAYS, motorways, named
from actions.road_lines import camera_line
from actions.turn import Turn
from traffic.announcements import about
from traffic.speed_cameras import SpeedCamera, cameras

SHOWN, SHOWN_ANNOUNCEMENTS = 8, 2
MEASURING = "测速"
MOBILE = re.compile(r"移动|流动|临时测速|抓拍车|测速车")


class ActionQuerySpeedCameras(Action):
    """Tells the cameras on the roads and at the places named, on all roads when none is named."""

    def name(self) -> str:
        """Rasa's name."""
        return "action_query_speed_cameras"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> List[EventType]:
        """Says them."""
        turn, here = Turn.of(tracker), last_location(tracker)
        if means_near(tracker, turn) and here:
            await tell_cameras_near(dispatcher, here)
            return []
        told = await _tell_mobile(dispatcher) if MOBILE.search(turn.text) else False
        if means_near(tracker, turn):
            dispatcher.utter_message(response="utter_send_location_for_speed_cameras")
        elif not told or turn.value("road"):
            await tell_cameras(dispatcher, turn)
        return []


async def _tell_mobile(dispatcher: CollectingDispatcher) -> bool:
    """Where they measure this week is announced, not in the records of posts; whether anything is."""
    found = await records.look_up(about, MEASURING, SHOWN_ANNOUNCEMENTS, records.now())
    if found:
        dispatcher.utter_message(response="utter_announcements", lines=[announcement_line(each) for each in found])
    return bool(found)


async def tell_cameras(dispatcher: CollectingDispatcher, turn: Turn) -> None:
    """Says the cameras on the roads and at the places named."""
    known, unknown = await records.look_up(named, turn.values("road"), turn.values("place"))
    if unknown and not known:
        dispatcher.utter_message(response="utter_road_unknown", name=unknown[0])
        return
    known = known or (await records.look_up(motorways) if MOTORWAYS.search(turn.text) else [])
    for where in of_roads(known) or [{}]:
        found = await records.look_up(cameras, today=local(records.now()).date(), **where)
        _tell(dispatcher, next(iter(where.values()), ""), found)


def of_roads(known: List[Dict[str, str]]) -> List[Dict[str, str]]:
    """Where a road is named a place only tells where on it one is: all its cameras are told with their spots."""
    return [where for where in known if "road" in where] or known


def _tell(dispatcher: CollectingDispatcher, name: str, found: Sequence[SpeedCamera]) -> None:
    if not found:
        none = "utter_no_speed_cameras" if name else "utter_no_speed_cameras_at_all"
        dispatcher.utter_message(response=none, name=name)
        return
    lines: List[Dict[str, Any]] = [camera_line(camera) for camera in found[:SHOWN]]
    if len(found) > SHOWN:
        lines.append({"say": "utter_more_speed_cameras", "more": len(found) - SHOWN})
    dispatcher.utter_message(response="utter_speed_cameras" if name else "utter_all_speed_cameras", name=name,
                             count=len(found), lines=lines)
