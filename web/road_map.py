"""The town's roads drawn as SVG; classes give the colours, so that the page's style sheet says how they look."""

from __future__ import annotations

import dataclasses
import itertools
import math
from typing import Dict, List, Sequence, Tuple

from markupsafe import Markup, escape

from traffic.road_lines import Point, RoadLine

MARGIN = 36.0
SPREAD = 1.9  # how much more than the marked stretch is shown
SMALLEST = 0.025  # degrees


@dataclasses.dataclass(frozen=True)
class Sheet:
    """Size of the drawing and of a letter, in its own units; a phone wants a taller one with larger letters."""

    width: float = 640.0
    height: float = 420.0
    letter: float = 12.0


OFFICE_SHEET = Sheet()


@dataclasses.dataclass(frozen=True)
class Mark:
    """What stands on the map: pairs of neighbouring place ids on a road, and a kind such as closed or detour."""

    road: int
    pairs: Tuple[Tuple[int, int], ...]
    kind: str


@dataclasses.dataclass(frozen=True)
class Frame:
    """Which part of the earth is drawn, and how degrees become units of the drawing."""

    west: float
    north: float
    scale_x: float
    scale_y: float

    def at(self, point: Point) -> Tuple[float, float]:
        """Where a point is drawn."""
        return (round(MARGIN + (point.longitude - self.west) * self.scale_x, 1),
                round(MARGIN + (self.north - point.latitude) * self.scale_y, 1))


def draw(lines: Sequence[RoadLine], marks: Sequence[Mark] = (), title: str = "",
         around: Sequence[Mark] | None = None, sheet: Sheet = OFFICE_SHEET) -> Markup:
    """The map as one `<svg>`: the surroundings of the marks (or of those in `around`), without any the whole town."""
    points = {point.id: point for line in lines for point in line.points}
    if not points:
        return Markup("")
    marked = [points[i] for mark in (marks if around is None else around)
              for pair in mark.pairs for i in pair if i in points]
    frame = _frame(marked or list(points.values()), bool(marked), sheet)
    shown = {number: frame.at(point) for number, point in points.items()}
    roads = [_line(line.points, shown, f"map__road map__road_{line.kind}") for line in lines]
    over = [_stretch(mark, points, shown) for mark in marks]
    important = {point.id for point in marked} or {i for mark in marks for pair in mark.pairs for i in pair}
    names = _names(lines, points, shown, important & set(points), sheet)
    label = f'<title>{escape(title)}</title>' if title else ""
    box = f"0 0 {sheet.width:g} {sheet.height:g}"
    return Markup(  # noqa: S704 - every name in it is escaped
        f'<svg class="map" viewBox="{box}" role="img" preserveAspectRatio="xMidYMid meet">'
                  f'{label}{"".join(roads)}{"".join(over)}{"".join(names)}</svg>')


def _frame(points: List[Point], closer: bool, sheet: Sheet) -> Frame:
    """The frame around these points; an east degree is shorter than a north one."""
    south, north = min(p.latitude for p in points), max(p.latitude for p in points)
    west, east = min(p.longitude for p in points), max(p.longitude for p in points)
    shrink = math.cos(math.radians((south + north) / 2))
    spread = SPREAD if closer else 1.0
    tall, wide = max((north - south) * spread, SMALLEST), max((east - west) * spread * shrink, SMALLEST)
    scale = min((sheet.width - 2 * MARGIN) / wide, (sheet.height - 2 * MARGIN) / tall)
    half_wide, half_tall = (sheet.width - 2 * MARGIN) / 2 / scale / shrink, (sheet.height - 2 * MARGIN) / 2 / scale
    return Frame((west + east) / 2 - half_wide, (south + north) / 2 + half_tall, scale * shrink, scale)


def _line(points: Sequence[Point], shown: Dict[int, Tuple[float, float]], style: str) -> str:
    path = " ".join(f"{x:g},{y:g}" for x, y in (shown[p.id] for p in points))
    return f'<polyline class="{escape(style)}" points="{path}"/>'


def _stretch(mark: Mark, points: Dict[int, Point], shown: Dict[int, Tuple[float, float]]) -> str:
    parts = []
    for start, end in mark.pairs:
        if start == end and start in shown:
            x, y = shown[start]
            parts.append(f'<circle class="map__spot map__mark_{escape(mark.kind)}" cx="{x:g}" cy="{y:g}" r="10"/>')
        elif start in shown and end in shown:
            parts.append(_line([points[start], points[end]], shown, f"map__mark map__mark_{mark.kind}"))
    return "".join(parts)


def _names(lines: Sequence[RoadLine], points: Dict[int, Point], shown: Dict[int, Tuple[float, float]],
           important: set[int], sheet: Sheet) -> List[str]:
    """Names of the places that are in the picture, important ones first; none over another."""
    drawn: List[str] = []
    taken: List[Tuple[float, float, float, float]] = []
    crossings = [i for i in points if sum(any(p.id == i for p in line.points) for line in lines) > 1]
    for number in dict.fromkeys([*sorted(important), *crossings, *points]):
        x, y = shown[number]
        if 8 <= x <= sheet.width - 8 and 14 <= y <= sheet.height - 6:
            strong = number in important
            drawn.append(f'<circle class="map__place{" map__place_strong" if strong else ""}" cx="{x:g}" cy="{y:g}" '
                         f'r="{4 if strong else 2.5}"/>')
            drawn += _text(points[number].name, x + 6, y - 6, "map__name" + (" map__name_strong" if strong else ""),
                           taken, sheet)
    for line in lines:
        inside = [shown[p.id] for p in line.points
                  if 0 <= shown[p.id][0] <= sheet.width and 0 <= shown[p.id][1] <= sheet.height]
        for (x1, y1), (x2, y2) in itertools.pairwise(inside):
            text = _text(line.name, (x1 + x2) / 2, (y1 + y2) / 2, "map__name map__name_road", taken, sheet)
            drawn += text
            if text:
                break
    return drawn


def _text(name: str, x: float, y: float, style: str, taken: List[Tuple[float, float, float, float]],
          sheet: Sheet) -> List[str]:
    """The text, unless it would cover another."""
    wide = sheet.letter * len(name)
    x = min(max(x, 2.0), sheet.width - wide - 2)
    box = (x, y - sheet.letter, x + wide, y + 2)
    if any(box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in taken):
        return []
    taken.append(box)
    return [f'<text class="{style}" x="{x:.1f}" y="{y:.1f}">{escape(name)}</text>']
