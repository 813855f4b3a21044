"""The map as lines: each road with the places along it, for whoever draws it."""

from __future__ import annotations

import dataclasses
from typing import Dict, List, Sequence, Tuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from traffic.road_conditions import BulletinRow, segments_touched
from traffic.roads import Place, Road, Segment


@dataclasses.dataclass(frozen=True)
class Point:
    """A place on the map; WGS-84 degrees."""

    id: int
    name: str
    latitude: float
    longitude: float


@dataclasses.dataclass(frozen=True)
class RoadLine:
    """A road: its places in their order."""

    id: int
    name: str
    kind: str
    points: Tuple[Point, ...]


def road_lines(session: Session) -> List[RoadLine]:
    """All roads that have segments."""
    points = {place.id: Point(place.id, place.name, place.latitude, place.longitude)
              for place in session.execute(sa.select(Place)).scalars()}
    along: Dict[int, List[int]] = {}
    for segment in session.execute(sa.select(Segment).order_by(Segment.road_id, Segment.position)).scalars():
        along.setdefault(segment.road_id, [segment.from_place_id]).append(segment.to_place_id)
    return [RoadLine(road.id, road.name, road.kind, tuple(points[number] for number in along[road.id]))
            for road in session.execute(sa.select(Road).order_by(Road.id)).scalars() if road.id in along]


def stretch(session: Session, row: BulletinRow) -> Tuple[Tuple[int, int], ...]:
    """The pairs of neighbouring places that a bulletin covers; a single spot is paired with itself."""
    pairs = tuple((s.from_place_id, s.to_place_id) for s in segments_touched(session, row))
    spot = row.from_place_id or row.to_place_id
    return pairs or (((spot, spot),) if spot else ())


def off_the_road(lines: Sequence[RoadLine], road: str, places: Sequence[str]) -> List[str]:
    """Which of these places do not lie on the road; none of them when the road has no line."""
    line = next((each for each in lines if each.name == road), None)
    along = {point.name for point in line.points} if line else set(places)
    return [place for place in places if place not in along]


def roads_through(lines: Sequence[RoadLine], places: Sequence[str]) -> List[str]:
    """Names of the roads on which all of these places lie."""
    return [line.name for line in lines if places and not off_the_road([line], line.name, places)]
