"""The road map of bulletins (路况图): drawn from the places' coordinates, and the same as a list. Needs no link."""

from __future__ import annotations

import dataclasses
import datetime
import math
import statistics
from typing import Any, Dict, List, Sequence, Tuple

from sanic.response import HTTPResponse
from sqlalchemy.orm import Session

from traffic.road_conditions import KINDS, BulletinRow, as_bulletin, valid_rows
from traffic.road_lines import Point, RoadLine, road_lines, stretch
from web.driver.guard import Route, Visit
from web.driver.hall import Hall
from web.road_map import Mark, Sheet, draw

TOWN = "town"  # streets of the place itself; the roads between places need another scale
SHEETS = {False: Sheet(400.0, 400.0, 15.0), True: Sheet(400.0, 330.0, 15.0)}
NEAR = 0.02  # degrees within which the map is true to scale; what is farther off moves closer


async def _roads(hall: Hall, visit: Visit | None) -> HTTPResponse:
    return hall.page("roads.html", visit=visit, now=hall.now(), views=await hall.look_up(_views, hall.now()))


def _views(session: Session, now: datetime.datetime) -> List[Dict[str, Any]]:
    """Two maps with their bulletins, worst first: the roads around, and the streets of the town."""
    lines = road_lines(session)
    streets = {line.id for line in lines if line.kind == TOWN}
    rows = sorted(valid_rows(session, now), key=lambda row: (KINDS.index(row.kind), row.starts_at, row.id))
    sides = [(False, [row for row in rows if row.road_id not in streets]),
             (True, [row for row in rows if row.road_id in streets])]
    return [{"town": town, "bulletins": [as_bulletin(row) for row in wanted],
             "map": draw(gathered([line for line in lines if (line.id in streets) == town]), _marks(session, wanted),
                         around=(), sheet=SHEETS[town])}
            for town, wanted in sides]


def gathered(lines: Sequence[RoadLine]) -> List[RoadLine]:
    """The lines with far places drawn nearer: the middle of the map is crowded, its edge empty, the phone small."""
    points = [point for line in lines for point in line.points]
    if not points:
        return []
    north, east = (statistics.median(getattr(p, axis) for p in points) for axis in ("latitude", "longitude"))

    def nearer(point: Point) -> Point:
        away = math.hypot(point.latitude - north, point.longitude - east)
        shrink = math.asinh(away / NEAR) * NEAR / away if away else 1.0
        return dataclasses.replace(point, latitude=north + (point.latitude - north) * shrink,
                                   longitude=east + (point.longitude - east) * shrink)

    return [dataclasses.replace(line, points=tuple(map(nearer, line.points))) for line in lines]


def _marks(session: Session, rows: List[BulletinRow]) -> Tuple[Mark, ...]:
    """The worst is drawn last, over the others."""
    return tuple(Mark(row.road_id, stretch(session, row), row.kind) for row in reversed(rows))


ROUTES = [Route("/roads", _roads, public=True)]
