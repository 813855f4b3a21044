"""What is near the driver (附近): the last location sent in the conversation, and the words that mean it."""

from __future__ import annotations

import re
from typing import Any, Dict, List

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import records
from actions.presentation import local
from actions.road_lines import bulletin_line, camera_line, kilometres
from actions.turn import Turn, said_before
from traffic.near import NEAR_M, Spot, cameras_near, conditions_near

NEAR = re.compile(r"附近|周围|周边|旁边|身边|我(?:在)?(?:这|现在)|这(?:里|边|儿|一带|一片|附近)|当前位置|前[面方]|前头")
ASKED = {"utter_send_location_for_road_conditions": "road_conditions",
         "utter_send_location_for_speed_cameras": "speed_cameras"}
SHOWN = 5


def means_near(tracker: Tracker, turn: Turn) -> bool:
    """Whether the words mean where the driver is: they say so, or a location was sent just before and nothing else."""
    if any(turn.values(entity) for entity in ("road", "place")):
        return False
    return bool(NEAR.search(turn.text)) or (not turn.text and "utter_location_received" in said_before(tracker))


def last_location(tracker: Tracker) -> Spot | None:
    """The latest location sent in this conversation (an hour at most)."""
    sent = [(e.get("metadata") or {}).get("location") for e in tracker.events if e.get("event") == "user"]
    latest: Dict[str, Any] | None = next((spot for spot in reversed(sent) if spot), None)
    return (float(latest["lat"]), float(latest["lon"])) if latest else None


def asked_location_for(tracker: Tracker) -> str | None:
    """road_conditions or speed_cameras when a location was asked for just before, else None."""
    return next((ASKED[name] for name in said_before(tracker) if name in ASKED), None)


async def tell_cameras_near(dispatcher: CollectingDispatcher, here: Spot) -> None:
    """Says the nearest cameras with their distances."""
    found = await records.look_up(cameras_near, here, today=local(records.now()).date())
    lines = [camera_line(camera, kilometres(away)) for camera, away in found[:SHOWN]]
    _tell(dispatcher, "speed_cameras", lines, len(found))


async def tell_conditions_near(dispatcher: CollectingDispatcher, here: Spot) -> None:
    """Says the nearest bulletins."""
    found = await records.look_up(conditions_near, records.now(), here)
    _tell(dispatcher, "road_conditions", [bulletin_line(b) for b, _ in found[:SHOWN]], len(found))


def _tell(dispatcher: CollectingDispatcher, what: str, lines: List[Dict[str, Any]], count: int) -> None:
    if count > len(lines):
        lines = [*lines, {"say": f"utter_more_{what}", "more": count - len(lines)}]
    response = f"utter_{what}_near" if lines else f"utter_no_{what}_near"
    dispatcher.utter_message(response=response, lines=lines, count=count, around=kilometres(NEAR_M))
