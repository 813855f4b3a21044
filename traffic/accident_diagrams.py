"""Draws a liability case (责任划分图): one list of shapes, as SVG for a page and as PNG for an agreement."""

from __future__ import annotations

import dataclasses
import io
import itertools
import math
from typing import Iterator, List, Sequence, Tuple
from xml.sax.saxutils import escape

from PIL import Image, ImageDraw, ImageFont

from traffic.accident_causes import cause
from traffic.accident_scenes import HEIGHT, SCENES, WIDTH, Car, Point, Scene
from traffic.errors import CauseUnknown

GRASS, ASPHALT, WHITE, YELLOW, DARK = "#dfe9d5", "#6b7178", "#ffffff", "#ffd23f", "#22262b"
COLOURS = {"A": "#d8342b", "B": "#1e63c9"}
SHOWN = (256, 192)  # width and height of a picture; a scene is a little larger
CAR, BIKE = (34, 18), (24, 8)  # length and width


@dataclasses.dataclass(frozen=True)
class Shape:
    """A polygon, line (open polygon), circle or text; `fill` None for lines. Points in the picture's own units."""

    kind: str
    points: Tuple[Point, ...]
    fill: str | None = None
    line: str | None = None
    width: float = 1
    dashed: bool = False
    text: str = ""
    size: float = 0


def svg(code: str) -> str:
    """The picture of a case as SVG, no script and no style in it. Raises CauseUnknown."""
    told, (left, top) = escape(cause(code).told), _corner(_scene(code))
    inside = "".join(_svg_of(shape) for shape in shapes(_scene(code)))
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{left:g} {top:g} {SHOWN[0]} {SHOWN[1]}" role="img">'
            f"<title>{told}</title>{inside}</svg>")


def png(code: str, scale: int = 2) -> bytes:
    """The same picture as PNG, `scale` pixels a unit. Raises CauseUnknown."""
    fine, (left, top) = 2 * scale, _corner(_scene(code))  # made smaller at the end: Pillow's own lines are jagged
    picture = Image.new("RGB", (WIDTH * fine, HEIGHT * fine), GRASS)
    draw = ImageDraw.Draw(picture)
    for shape in shapes(_scene(code)):
        _paint(draw, shape, fine)
    told, box = io.BytesIO(), (left * fine, top * fine, (left + SHOWN[0]) * fine, (top + SHOWN[1]) * fine)
    size = (SHOWN[0] * scale, SHOWN[1] * scale)
    picture.resize(size, Image.Resampling.LANCZOS, box).save(told, "PNG", optimize=True)
    return told.getvalue()


def _corner(scene: Scene) -> Point:
    """Left and top of what is shown of a scene: the crash as far in the middle as the ground allows."""
    x, y = scene.crash or (WIDTH / 2, HEIGHT / 2)
    return (min(max(x - SHOWN[0] / 2, 0), WIDTH - SHOWN[0]), min(max(y - SHOWN[1] / 2, 0), HEIGHT - SHOWN[1]))


def _scene(code: str) -> Scene:
    try:
        return SCENES[code]
    except KeyError:
        raise CauseUnknown("no such liability case: choose one of the list") from None


def shapes(scene: Scene) -> List[Shape]:
    """Everything to draw, from the ground up."""
    ground = [Shape("polygon", _box(0, 0, WIDTH, HEIGHT), GRASS)]
    drawn = [*ground, *(_area(a) for a in scene.areas), *(_marking(m) for m in scene.lines), *_things(scene)]
    for way in scene.ways:
        drawn += _arrow(way.points, COLOURS[way.who])
    for car in scene.cars:
        drawn += list(_car(car))
    return drawn + ([_star(scene.crash)] if scene.crash else [])


def _area(points: Tuple[Point, ...]) -> Shape:
    if len(points) == 2:  # a circle: its centre, and (radius, 0 for asphalt or 1 for grass)
        (centre, (radius, grass)) = points
        return Shape("circle", (centre,), GRASS if grass else ASPHALT, size=radius)
    return Shape("polygon", points, ASPHALT)


def _marking(line: Tuple[str, Tuple[Point, ...]]) -> Shape:
    kind, points = line
    colour = YELLOW if kind.startswith("yellow") else WHITE
    return Shape("line", points, None, colour, 5 if kind == "stop" else 2, kind.endswith("dashed"))


def _things(scene: Scene) -> Iterator[Shape]:
    for kind, (x, y) in scene.things:
        if kind in ("red", "green"):
            yield Shape("polygon", _box(x - 7, y - 7, x + 7, y + 7), DARK)
            yield Shape("circle", ((x, y),), "#ff4b3e" if kind == "red" else "#35c759", size=5)
        elif kind == "yield":
            yield Shape("polygon", ((x - 10, y - 8), (x + 10, y - 8), (x, y + 9)), WHITE, "#d8342b", 3)
        elif kind == "tree":
            yield Shape("circle", ((x, y),), "#7fa66a", size=9)
        elif kind == "barrier":
            yield Shape("polygon", _box(x - 12, y - 8, x + 12, y + 8), "#ff9d2e", DARK, 1.5)
        elif kind == "box":
            yield Shape("polygon", _box(x - 6, y - 6, x + 6, y + 6), "#b77b3b", DARK, 1.5)
        elif kind == "no_parking":
            yield Shape("circle", ((x, y),), "#1e63c9", "#d8342b", 3, size=11)
            yield Shape("line", ((x - 7, y - 7), (x + 7, y + 7)), None, "#d8342b", 3)
            yield Shape("line", ((x - 7, y + 7), (x + 7, y - 7)), None, "#d8342b", 3)
        elif kind == "turn_left":
            yield Shape("line", ((x - 12, y), (x + 4, y), (x + 4, y - 7)), None, WHITE, 2.5)
            yield Shape("polygon", ((x - 1, y - 6), (x + 9, y - 6), (x + 4, y - 13)), WHITE)
        elif kind == "hill":
            yield Shape("polygon", ((x, y), (x, y + 40), (x + 250, y + 40)), "#b99a6b", DARK, 1.5)
        elif kind == "queue":
            yield from _vehicle(x, y, 0, CAR, "#c9ced4", "")
        else:
            yield Shape("text", ((x, y),), WHITE if kind.startswith("!") else DARK, text=kind.lstrip("!"), size=15)


def _car(car: Car) -> Iterator[Shape]:
    yield from _vehicle(car.x, car.y, car.heading, BIKE if car.bike else CAR, COLOURS[car.who], car.who)
    if car.door:
        turn = _turner(car.x, car.y, car.heading)
        yield Shape("line", (turn(4, car.door * 9), turn(-6, car.door * 20)), None, COLOURS[car.who], 4)


def _vehicle(x: float, y: float, heading: float, size: Tuple[int, int], colour: str, name: str) -> Iterator[Shape]:
    """Seen from above, `heading` 0 to the right and 90 down; the pale part is the windscreen."""
    turn, (length, width) = _turner(x, y, heading), size
    half, side = length / 2, width / 2
    yield Shape("polygon", tuple(turn(*p) for p in (
        (-half, -side), (half - 5, -side), (half, -side + 4), (half, side - 4), (half - 5, side), (-half, side))),
                colour, WHITE if name else DARK, 1.5)
    if width > BIKE[1]:
        yield Shape("polygon", tuple(turn(*p) for p in (
            (half - 12, -side + 3), (half - 7, -side + 2), (half - 7, side - 2), (half - 12, side - 3))), "#dcecf7")
        if name:
            yield Shape("text", (turn(-4, 0),), WHITE, text=name, size=14)
    elif name:
        yield Shape("circle", ((x, y),), "#f2c9a1", DARK, 1, size=5)
        yield Shape("circle", (turn(-4, -16),), colour, size=9)
        yield Shape("text", (turn(-4, -16),), WHITE, text=name, size=14)


def _turner(x: float, y: float, heading: float):  # type: ignore[no-untyped-def]
    cos, sin = math.cos(math.radians(heading)), math.sin(math.radians(heading))
    return lambda along, across: (x + along * cos - across * sin, y + along * sin + across * cos)


def _arrow(points: Sequence[Point], colour: str) -> List[Shape]:
    (x0, y0), (x1, y1) = points[-2:]
    turn = _turner(x1, y1, math.degrees(math.atan2(y1 - y0, x1 - x0)))
    head = Shape("polygon", (turn(9, 0), turn(-4, -7), turn(-4, 7)), colour, WHITE, 1)
    return [Shape("line", tuple(points), None, WHITE, 6), Shape("line", tuple(points), None, colour, 4), head]


def _star(centre: Point) -> Shape:
    x, y = centre
    points = [(x + (10 if n % 2 == 0 else 5) * math.cos(n * math.pi / 8),
               y + (10 if n % 2 == 0 else 5) * math.sin(n * math.pi / 8)) for n in range(16)]
    return Shape("polygon", tuple(points), YELLOW, "#e2571e", 2)


def _box(left: float, top: float, right: float, bottom: float) -> Tuple[Point, ...]:
    return (left, top), (right, top), (right, bottom), (left, bottom)


def _svg_of(shape: Shape) -> str:
    line = f' stroke="{shape.line}" stroke-width="{shape.width:g}"' if shape.line else ""
    dash = ' stroke-dasharray="12 9"' if shape.dashed else ""
    fill = f' fill="{shape.fill or "none"}"'
    at = " ".join(f"{x:.1f},{y:.1f}" for x, y in shape.points)
    x, y = shape.points[0]
    if shape.kind == "polygon":
        return f'<polygon points="{at}"{fill}{line}/>'
    if shape.kind == "line":
        return f'<polyline points="{at}"{fill}{line}{dash} stroke-linejoin="round"/>'
    if shape.kind == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{shape.size:g}"{fill}{line}/>'
    return (f'<text x="{x:.1f}" y="{y:.1f}" font-size="{shape.size:g}" font-family="sans-serif" font-weight="bold"'
            f' text-anchor="middle" dominant-baseline="central"{fill}>{escape(shape.text)}</text>')


def _paint(draw: ImageDraw.ImageDraw, shape: Shape, scale: int) -> None:
    at = [(x * scale, y * scale) for x, y in shape.points]
    width = max(1, round(shape.width * scale))
    if shape.kind == "polygon":
        draw.polygon(at, fill=shape.fill)
        if shape.line:
            draw.line([*at, at[0]], fill=shape.line, width=width, joint="curve")
    elif shape.kind == "line":
        for piece in _dashes(at, scale) if shape.dashed else [at]:
            draw.line(piece, fill=shape.line, width=width, joint="curve")
    elif shape.kind == "circle":
        (x, y), r = at[0], shape.size * scale
        draw.ellipse((x - r, y - r, x + r, y + r), fill=shape.fill, outline=shape.line, width=width)
    else:
        draw.text(at[0], shape.text, fill=shape.fill, font=ImageFont.load_default(shape.size * scale), anchor="mm")


def _dashes(points: Sequence[Point], scale: int) -> Iterator[List[Point]]:
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        length, begun = math.hypot(x1 - x0, y1 - y0), 0.0
        while begun < length:
            a, b = begun / length, min(begun + 12 * scale, length) / length
            yield [(x0 + (x1 - x0) * a, y0 + (y1 - y0) * a), (x0 + (x1 - x0) * b, y0 + (y1 - y0) * b)]
            begun += 21 * scale


