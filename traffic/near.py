"""What is near a spot (附近): cameras, bulletins and places by distance. Degrees are WGS-84, distances metres."""

from __future__ import annotations

import datetime
import math
from typing import Dict, List, Tuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from traffic.road_conditions import KINDS, Bulletin, BulletinRow, as_bulletin, segments_touched, valid_rows
from traffic.roads import Place
from traffic.speed_cameras import SpeedCamera, cameras

NEAR_M = 5_000
DEGREE_M = 111_320.0
Spot = Tuple[float, float]
"""Latitude and longitude."""


def distance_m(here: Spot, there: Spot) -> float:
    """As the crow flies, on a plane that fits for some dozens of kilometres."""
    return math.hypot(*_offset_m(here, there))


def _offset_m(here: Spot, there: Spot) -> Tuple[float, float]:
    east = (there[1] - here[1]) * DEGREE_M * math.cos(math.radians(here[0]))
    return east, (there[0] - here[0]) * DEGREE_M


def distance_to_line_m(here: Spot, start: Spot, end: Spot) -> float:
    """To the nearest point of the straight line between two spots."""
    (ax, ay), (bx, by) = _offset_m(here, start), _offset_m(here, end)
    length = (bx - ax) ** 2 + (by - ay) ** 2
    along = 0.0 if length == 0 else max(0.0, min(1.0, -(ax * (bx - ax) + ay * (by - ay)) / length))
    return math.hypot(ax + along * (bx - ax), ay + along * (by - ay))


def cameras_near(session: Session, here: Spot, *, today: datetime.date | None = None,
                 within_m: int = NEAR_M) -> List[Tuple[SpeedCamera, float]]:
    """(camera, metres) of the published ones, nearest first; with `today` only those valid on that day."""
    found = [(c, distance_m(here, (c.latitude, c.longitude))) for c in cameras(session, today=today)]
    return sorted(((c, away) for c, away in found if away <= within_m), key=lambda one: (one[1], one[0].id))


def conditions_near(session: Session, at: datetime.datetime, here: Spot, *,
                    within_m: int = NEAR_M) -> List[Tuple[Bulletin, float]]:
    """(bulletin, metres to its section) of those valid at a moment, nearest first."""
    spots: Dict[int, Spot] = {number: (latitude, longitude) for number, latitude, longitude in session.execute(
        sa.select(Place.id, Place.latitude, Place.longitude))}
    found = [(row, _away(session, row, here, spots)) for row in valid_rows(session, at)]
    near = [(row, away) for row, away in found if away <= within_m]
    near.sort(key=lambda one: (one[1], KINDS.index(one[0].kind), one[0].id))
    return [(as_bulletin(row), away) for row, away in near]


def _away(session: Session, row: BulletinRow, here: Spot, spots: Dict[int, Spot]) -> float:
    lines = [(spots[s.from_place_id], spots[s.to_place_id]) for s in segments_touched(session, row)]
    ends = [spots[place] for place in (row.from_place_id, row.to_place_id) if place is not None]
    lines += [(end, end) for end in ends]
    return min((distance_to_line_m(here, *line) for line in lines), default=math.inf)
