"""The demo town's map, bulletins, cameras and announcements from `town.yml`."""

from __future__ import annotations

import datetime
import itertools
import math
import pathlib
from typing import Any, Dict, List

import sqlalchemy as sa
import yaml
from sqlalchemy.orm import Session

from traffic.announcements import Announcement
from traffic.opening_days import local_moment
from traffic.road_conditions import BulletinRow
from traffic.roads import Place, PlaceAlias, Road, RoadAlias, Segment
from traffic.speed_cameras import SpeedCamera

METRES_A_DEGREE = 111_000


def read_town() -> Dict[str, Any]:
    """The file's contents."""
    return yaml.safe_load((pathlib.Path(__file__).parent / "town.yml").read_text(encoding="utf-8"))


def build_town(session: Session, today: datetime.date) -> None:
    """Puts the whole map and what is published on it into empty tables."""
    town = read_town()
    places = _places(session, town["places"])
    roads = _roads(session, town["roads"], places)
    session.execute(sa.insert(BulletinRow), [_bulletin(row, roads, places, today) for row in town["bulletins"]])
    session.execute(sa.insert(SpeedCamera), [_camera(row, roads, places, today) for row in town["cameras"]])
    session.execute(sa.insert(Announcement), [_announcement(row, today) for row in town["announcements"]])


def _places(session: Session, rows: Dict[str, List[Any]]) -> Dict[str, Place]:
    for name, (latitude, longitude, *others) in rows.items():
        session.add(Place(name=name, latitude=latitude, longitude=longitude,
                          alias_rows=[PlaceAlias(alias=other) for other in others]))
    session.flush()
    return {place.name: place for place in session.execute(sa.select(Place)).scalars()}


def _roads(session: Session, rows: List[Dict[str, Any]], places: Dict[str, Place]) -> Dict[str, int]:
    for row in rows:
        road = Road(name=row["name"], kind=row["kind"], alias_rows=[RoadAlias(alias=a) for a in row["aliases"]])
        session.add(road)
        session.flush()
        along = [places[name] for name in row["places"]]
        session.add_all(Segment(road_id=road.id, position=position, from_place_id=here.id, to_place_id=there.id,
                                length_m=distance_m(here, there))
                        for position, (here, there) in enumerate(itertools.pairwise(along)))
    session.flush()
    return {name: number for name, number in session.execute(sa.select(Road.name, Road.id))}


def distance_m(here: Place, there: Place) -> int:
    """Metres between two places, near enough for a town."""
    east = (here.longitude - there.longitude) * math.cos(math.radians(here.latitude))
    return round(math.hypot(here.latitude - there.latitude, east) * METRES_A_DEGREE)


def _moment(today: datetime.date, value: List[Any] | None) -> datetime.datetime | None:
    if value is None:
        return None
    return local_moment(today + datetime.timedelta(days=value[0]), datetime.time.fromisoformat(value[1]))


def _bulletin(row: Dict[str, Any], roads: Dict[str, int], places: Dict[str, Place],
              today: datetime.date) -> Dict[str, Any]:
    ends = {side: places[row[side]].id if side in row else None for side in ("from", "to")}
    return {"road_id": roads[row["road"]], "from_place_id": ends["from"], "to_place_id": ends["to"],
            "direction": row.get("direction"), "one_way": row.get("one_way", False), "kind": row["kind"],
            "cause": row["cause"], "detour": row.get("detour"), "starts_at": _moment(today, row["starts"]),
            "ends_at": _moment(today, row.get("ends"))}


def _camera(row: List[Any], roads: Dict[str, int], places: Dict[str, Place], today: datetime.date) -> Dict[str, Any]:
    road, place, spot, kind, limit, direction, *days = row
    span: List[datetime.date | None] = [today + datetime.timedelta(days=number) for number in days] or [None, None]
    return {"road_id": roads[road], "place_id": places[place].id, "spot": spot, "kind": kind, "limit_kmh": limit,
            "direction": direction, "latitude": places[place].latitude, "longitude": places[place].longitude,
            "valid_from": span[0], "valid_until": span[1]}


def _announcement(row: List[Any], today: datetime.date) -> Dict[str, Any]:
    topic, day, title, body = row
    return {"topic": topic, "title": title, "body": body, "published_at": _moment(today, [day, "00:00"])}
