"""Whether one can drive from one place to another (A到B通不通)."""

from __future__ import annotations

import re
from typing import Any, Dict, List, Sequence, Tuple

from rasa_sdk.executor import CollectingDispatcher

from actions import records
from actions.road_lines import bulletin_line, kilometres
from actions.turn import Turn
from traffic.passability import Way, way
from traffic.roads import find_place

HEADS_TO = re.compile(r"到|去|往|至|回|通|[—\-~～→>]")
SHOWN = 4


async def ends_of_way(turn: Turn) -> Tuple[str, str] | None:
    """The two places of the records that the words connect; None when they ask for something else."""
    names = list(dict.fromkeys(str(v) for v in turn.values("place")))
    if len(names) != 2 or turn.values("road") or not HEADS_TO.search(turn.text):
        return None
    known = [await records.look_up(find_place, name) for name in names]
    if None in known or known[0] == known[1]:
        return None
    return known[0].name, known[1].name  # type: ignore[union-attr]


async def tell_way(dispatcher: CollectingDispatcher, ends: Tuple[str, str]) -> None:
    """Says whether it is open, by which roads, and what hinders on the way."""
    found = await records.look_up(way, *ends, records.now())
    closed, hindering = _lines(found.closures), _lines(found.hindrances)
    words: Dict[str, Any] = {"start": ends[0], "end": ends[1], "km": kilometres(found.length_m or 0),
                             "roads": _by(found.open_way), "usual": _by(found.usual)}
    round_it = not found.passable and any(bulletin.detour for bulletin in found.closures[:SHOWN])
    dispatcher.utter_message(response=f"{_response(found)}{'_detour' if round_it else ''}", lines=closed, **words)
    if hindering and found.passable:
        dispatcher.utter_message(response="utter_way_hindered", lines=hindering)


def _response(found: Way) -> str:
    if found.usual is None:
        return "utter_way_unknown"
    if not found.passable:
        return "utter_way_closed"
    return "utter_way_round" if found.closures else "utter_way_open"


def _lines(bulletins: Sequence[Any]) -> List[Dict[str, Any]]:
    return [bulletin_line(b) for b in bulletins[:SHOWN]]


def _by(roads: Sequence[str] | None) -> str:
    return "、".join(roads or ())
