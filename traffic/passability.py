"""Whether one can drive from a place to another (通不通), over the segments that no closure blocks."""

from __future__ import annotations

import dataclasses
import datetime
import heapq
from typing import Dict, List, Tuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from traffic.errors import RoadUnknown
from traffic.road_conditions import Bulletin, BulletinRow, as_bulletin, segments_touched, valid_rows
from traffic.roads import Place, Road, Segment, find_place

Edge = Tuple[int, int, Segment]  # place, metres, by which segment
Graph = Dict[int, List[Edge]]


@dataclasses.dataclass(frozen=True)
class Way:
    """The answer: `usual` is the shortest way when nothing is closed, `open_way` the shortest now (None: no way).

    Both are road names in their order; `hindrances` are the bulletins on the way one would take now, `closures` those
    that block the usual way; a one-way closure of the other direction does not.
    """

    usual: Tuple[str, ...] | None
    open_way: Tuple[str, ...] | None
    length_m: int | None
    closures: Tuple[Bulletin, ...]
    hindrances: Tuple[Bulletin, ...]

    @property
    def passable(self) -> bool:
        """Whether there is any way now."""
        return self.open_way is not None


def way(session: Session, start: str, end: str, at: datetime.datetime) -> Way:
    """The ways between two places, by name or alias. Raises RoadUnknown when one of them is not in the records."""
    from_place, to_place = _place(session, start), _place(session, end)
    segments = list(session.execute(sa.select(Segment)).scalars())
    bulletins = [(row, {s.id for s in segments_touched(session, row)}) for row in valid_rows(session, at)]
    usual = shortest(graph_of(segments, []), from_place.id, to_place.id)
    now = shortest(graph_of(segments, bulletins), from_place.id, to_place.id)
    names: Dict[int, str] = {number: name for number, name in session.execute(sa.select(Road.id, Road.name))}
    return Way(_roads(usual, names), _roads(now, names), sum(s.length_m for s in now) if now is not None else None,
               () if now == usual else _touching(usual, bulletins, closed=True),
               _touching(now, bulletins, closed=False))


def _place(session: Session, name: str) -> Place:
    found = find_place(session, name)
    if found is None:
        raise RoadUnknown("no place of this name")
    return found


def graph_of(segments: List[Segment], bulletins: List[Tuple[BulletinRow, set[int]]]) -> Graph:
    """Neighbours of each place by the segments that are open; a one-way closure leaves the other direction open."""
    both_ways = {s for row, covered in bulletins if row.kind == "closed" and not row.one_way for s in covered}
    one_way = {(s, _forward(row, segments)) for row, covered in bulletins
               if row.kind == "closed" and row.one_way for s in covered}
    graph: Graph = {}
    for s in segments:
        for forward, here, there in ((True, s.from_place_id, s.to_place_id), (False, s.to_place_id, s.from_place_id)):
            if s.id not in both_ways and (s.id, forward) not in one_way:
                graph.setdefault(here, []).append((there, s.length_m, s))
    return graph


def _forward(row: BulletinRow, segments: List[Segment]) -> bool:
    """Whether a one-way bulletin, which runs from its first place to its second, runs along the road's own order."""
    order = {s.from_place_id: s.position for s in segments if s.road_id == row.road_id}
    order.update({s.to_place_id: s.position + 1 for s in segments if s.road_id == row.road_id})
    return order.get(row.from_place_id or 0, 0) <= order.get(row.to_place_id or 0, 0)


def shortest(graph: Graph, start: int, end: int) -> List[Segment] | None:
    """Segments of the shortest way (Dijkstra), empty when start and end are one, None when there is no way."""
    queue: List[Tuple[int, int, int, List[Segment]]] = [(0, 0, start, [])]
    done: set[int] = set()
    count = 0
    while queue:
        length, _, here, path = heapq.heappop(queue)
        if here == end:
            return path
        if here in done:
            continue
        done.add(here)
        for there, metres, segment in graph.get(here, []):
            count += 1  # ties must not compare the paths
            heapq.heappush(queue, (length + metres, count, there, [*path, segment]))
    return None


def _roads(path: List[Segment] | None, names: Dict[int, str]) -> Tuple[str, ...] | None:
    if path is None:
        return None
    passed = [names[segment.road_id] for segment in path]
    return tuple(name for i, name in enumerate(passed) if i == 0 or passed[i - 1] != name)


def _touching(path: List[Segment] | None, bulletins: List[Tuple[BulletinRow, set[int]]],
              closed: bool) -> Tuple[Bulletin, ...]:
    taken = {segment.id for segment in path or []}
    return tuple(as_bulletin(row) for row, covered in bulletins if taken & covered and (row.kind == "closed") == closed)
