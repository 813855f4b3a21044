"""What each liability case looks like from above: roads, markings, signs, both vehicles and their ways.

One picture is 320 × 240 units; x to the right, y down; a heading of 0 points right, 90 down. Traffic keeps right.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Dict, Tuple

WIDTH, HEIGHT = 320, 240
Point = Tuple[float, float]
Area = Tuple[Point, ...]
Line = Tuple[str, Tuple[Point, ...]]


@dataclasses.dataclass(frozen=True)
class Car:
    """A vehicle; `door` -1 or 1: open to its left or right."""

    who: str
    x: float
    y: float
    heading: float = 0
    bike: bool = False
    door: int = 0


@dataclasses.dataclass(frozen=True)
class Way:
    """Where somebody was going; ends in an arrow."""

    who: str
    points: Tuple[Point, ...]


@dataclasses.dataclass(frozen=True)
class Scene:
    """A picture's content."""

    areas: Tuple[Area, ...]
    lines: Tuple[Line, ...]
    cars: Tuple[Car, ...]
    ways: Tuple[Way, ...] = ()
    crash: Point | None = None
    things: Tuple[Tuple[str, Point], ...] = ()


def _road(top: float, bottom: float, left: float = 0, right: float = WIDTH) -> Area:
    return (left, top), (right, top), (right, bottom), (left, bottom)


def _across(y: float, kind: str, left: float = 0, right: float = WIDTH) -> Line:
    return kind, ((left, y), (right, y))


def _down(x: float, kind: str, top: float = 0, bottom: float = HEIGHT) -> Line:
    return kind, ((x, top), (x, bottom))


def _curve(centre: Point, radius: float, start: float, end: float, steps: int = 10) -> Tuple[Point, ...]:
    """Points of an arc, angles in degrees."""
    angles = [math.radians(start + (end - start) * n / steps) for n in range(steps + 1)]
    return tuple((centre[0] + radius * math.cos(a), centre[1] + radius * math.sin(a)) for a in angles)


# One way, two or three lanes; two ways, one lane each; a crossroads whose lanes are 40 wide.
TWO_LANES = (_road(70, 170),), (_across(70, "white"), _across(170, "white"), _across(120, "white_dashed"))
THREE_LANES = (_road(45, 195),), (_across(45, "white"), _across(195, "white"), _across(95, "white_dashed"),
                                  _across(145, "white_dashed"))
TWO_WAYS = (_road(70, 170),), (_across(70, "white"), _across(170, "white"), _across(120, "yellow_dashed"))
TWO_WAYS_KEPT = (_road(70, 170),), (_across(70, "white"), _across(170, "white"), _across(120, "yellow"))
CROSSROADS = (
    (_road(80, 160), _road(0, HEIGHT, 120, 200)),
    (_across(120, "yellow", 0, 112), _across(120, "yellow", 208), _down(160, "yellow", 0, 72),
     _down(160, "yellow", 168), _across(80, "white", 0, 120), _across(160, "white", 0, 120),
     _across(80, "white", 200), _across(160, "white", 200), _down(120, "white", 0, 80), _down(200, "white", 0, 80),
     _down(120, "white", 160), _down(200, "white", 160)))
STOPS = (_down(114, "stop", 121, 160), _down(206, "stop", 80, 119), _across(74, "stop", 121, 159),
         _across(166, "stop", 161, 200))
NARROW = (_road(95, 145),), (_across(95, "white"), _across(145, "white"))

SCENES: Dict[str, Scene] = {
    "rear_end": Scene(*TWO_LANES, (Car("A", 150, 145), Car("B", 190, 145)),
                      (Way("A", ((40, 145), (118, 145))), Way("B", ((215, 145), (275, 145)))), (170, 145)),
    "rolling_back": Scene(*TWO_LANES, (Car("A", 190, 145), Car("B", 148, 145)),
                          (Way("A", ((255, 128), (205, 128))),), (169, 145), (("!R", (232, 145)),)),
    "reversing": Scene(*TWO_WAYS, (Car("A", 185, 145), Car("B", 142, 145)),
                       (Way("A", ((265, 145), (212, 145))), Way("B", ((40, 145), (112, 145)))), (164, 145),
                       (("!R", (285, 145)),)),
    "u_turn": Scene(*TWO_WAYS, (Car("A", 190, 112, 245), Car("B", 222, 95, 180)),
                    (Way("A", ((50, 145), (150, 145), *_curve((150, 121), 24, 90, -20)[1:])),
                     Way("B", ((300, 95), (250, 95)))), (205, 99)),
    "lane_change": Scene(*TWO_LANES, (Car("A", 170, 128, 22), Car("B", 160, 150)),
                         (Way("A", ((60, 95), (110, 95), (145, 117))), Way("B", ((50, 150), (132, 150)))),
                         (176, 141)),
    "both_change_lanes": Scene(*THREE_LANES, (Car("A", 170, 108, 24), Car("B", 170, 132, -24)),
                               (Way("A", ((50, 70), (105, 70), (145, 97))),
                                Way("B", ((50, 170), (105, 170), (145, 143)))), (182, 120)),
    "red_light": Scene(CROSSROADS[0], CROSSROADS[1] + STOPS, (Car("A", 160, 140), Car("B", 180, 162, -90)),
                       (Way("A", ((30, 140), (134, 140))), Way("B", ((180, 228), (180, 188)))), (176, 142),
                       (("red", (105, 175)), ("green", (215, 175)))),
    "yield_sign": Scene(CROSSROADS[0], CROSSROADS[1] + (STOPS[3],), (Car("A", 180, 155, -90), Car("B", 158, 138)),
                        (Way("A", ((180, 232), (180, 182))), Way("B", ((30, 138), (130, 138)))), (178, 138),
                        (("yield", (222, 182)),)),
    "from_the_right": Scene(*CROSSROADS, (Car("A", 158, 140), Car("B", 180, 156, -90)),
                            (Way("A", ((30, 140), (130, 140))), Way("B", ((180, 232), (180, 184)))), (178, 141),
                            (("tree", (95, 182)), ("tree", (225, 182)), ("tree", (95, 60)))),
    "left_turn": Scene(*CROSSROADS, (Car("A", 168, 112, -55), Car("B", 196, 98, 180)),
                       (Way("A", ((30, 140), (140, 140), (155, 130))), Way("B", ((300, 98), (224, 98)))), (178, 98)),
    "right_turn": Scene(*CROSSROADS, (Car("A", 132, 172, 105), Car("B", 152, 164, 130)),
                        (Way("A", ((20, 140), (110, 140), (126, 152))),
                         Way("B", ((300, 100), (200, 100), (170, 140)))), (141, 182)),
    "wrong_turn_lane": Scene(
        (((0, 70), (160, 70), (160, 0), (240, 0), (240, 70), (320, 70), (320, 170), (0, 170)),),
        (_across(70, "white", 0, 160), _across(70, "white", 240), _across(170, "white"),
         _across(120, "white", 0, 140), _down(145, "stop", 72, 169), _across(120, "white_dashed", 150)),
        (Car("A", 186, 95), Car("B", 188, 120, -28)),
        (Way("A", ((30, 95), (158, 95))), Way("B", ((30, 145), (140, 145), (162, 135)))), (202, 104),
        (("turn_left", (100, 82)), ("turn_left", (100, 162)))),
    "roundabout": Scene(
        (((160, 120), (92, 0)), _road(196, HEIGHT, 135, 185), _road(95, 145, 0, 90), _road(95, 145, 230),
         _road(0, 44, 135, 185), ((160, 120), (40, 1))),
        (_across(206, "white_dashed", 160, 185), ("white", _curve((160, 120), 41, 0, 360, 30))),
        (Car("A", 172, 194, -80), Car("B", 142, 184, 18)),
        (Way("A", ((172, 238), (172, 220))), Way("B", _curve((160, 120), 66, 200, 122))), (162, 184)),
    "wrong_way": Scene(*TWO_WAYS_KEPT, (Car("A", 150, 95), Car("B", 188, 95, 180)),
                       (Way("A", ((30, 95), (122, 95))), Way("B", ((300, 95), (218, 95)))), (169, 95)),
    "both_over_centre": Scene(*TWO_WAYS, (Car("A", 150, 124, -8), Car("B", 187, 116, 172)),
                              (Way("A", ((30, 140), (122, 128))), Way("B", ((300, 100), (216, 112)))), (169, 120)),
    "obstacle": Scene(*TWO_WAYS, (Car("A", 152, 108, -20), Car("B", 188, 98, 180)),
                      (Way("A", ((30, 145), (95, 145), (125, 122))), Way("B", ((300, 98), (218, 98)))), (170, 101),
                      (("barrier", (175, 147)), ("barrier", (205, 147)))),
    "slope": Scene(*NARROW, (Car("A", 148, 120), Car("B", 186, 120, 180)),
                   (Way("A", ((40, 120), (120, 120))), Way("B", ((295, 120), (216, 120)))), (167, 120),
                   (("tree", (40, 70)), ("tree", (220, 70)), ("hill", (45, 165)))),
    "overtake_right": Scene(*TWO_LANES, (Car("A", 172, 146, -16), Car("B", 164, 119)),
                            (Way("A", ((40, 155), (142, 155))), Way("B", ((40, 108), (135, 117)))), (184, 131)),
    "overtake_oncoming": Scene(*TWO_WAYS, (Car("A", 160, 97), Car("B", 198, 97, 180)),
                               (Way("A", ((20, 145), (60, 145), (95, 97), (132, 97))),
                                Way("B", ((305, 97), (226, 97)))), (179, 97), (("queue", (130, 146)),)),
    "overtake_turning": Scene(
        (((0, 70), (170, 70), (170, 0), (240, 0), (240, 70), (320, 70), (320, 170), (0, 170)),),
        (_across(70, "white", 0, 170), _across(70, "white", 240), _across(170, "white"),
         _across(120, "yellow_dashed", 0, 165), _across(120, "yellow_dashed", 245)),
        (Car("A", 172, 97), Car("B", 196, 115, -50)),
        (Way("A", ((20, 140), (60, 140), (95, 97), (145, 97))), Way("B", ((90, 146), (165, 146), (182, 132)))),
        (192, 97)),
    "overtake_junction": Scene(*CROSSROADS, (Car("A", 166, 124, 14), Car("B", 168, 148)),
                               (Way("A", ((20, 140), (55, 140), (90, 112), (138, 116))),
                                Way("B", ((60, 148), (140, 148)))), (184, 138)),
    "queue_jump": Scene(*TWO_LANES, (Car("A", 158, 128, 28), Car("B", 134, 147)),
                        (Way("A", ((30, 95), (95, 95), (132, 116))), Way("B", ((70, 147), (108, 147)))), (157, 143),
                        (("queue", (205, 147)), ("queue", (250, 147)), ("queue", (295, 147)), ("queue", (48, 147)))),
    "merging": Scene(
        (((0, 60), (120, 60), (210, 110), (320, 110), (320, 170), (0, 170)),),
        (("white", ((0, 60), (120, 60), (210, 110), (320, 110))), _across(170, "white"),
         _across(115, "white_dashed", 0, 130)),
        (Car("A", 170, 116, 24), Car("B", 164, 142)),
        (Way("A", ((30, 88), (110, 88), (146, 106))), Way("B", ((40, 142), (136, 142)))), (182, 130),
        (("queue", (232, 140)), ("queue", (278, 140)))),
    "ramp": Scene(
        (_road(60, 140), ((0, 225), (0, 185), (150, 135), (235, 135), (150, 170))),
        (_across(60, "white"), _across(100, "white_dashed"), _across(140, "white", 235),
         _across(140, "white", 0, 130), ("white_dashed", ((135, 140), (232, 140)))),
        (Car("A", 182, 136, -20), Car("B", 176, 112)),
        (Way("A", ((25, 200), (120, 166), (152, 150))), Way("B", ((40, 120), (146, 120)))), (196, 125)),
    "pulling_out": Scene(
        (_road(70, 200),), (_across(70, "white"), _across(120, "white_dashed"), _across(165, "white"),
                            _down(60, "white", 165, 200), _down(120, "white", 165, 200),
                            _down(180, "white", 165, 200), _down(240, "white", 165, 200), _across(200, "white")),
        (Car("A", 172, 160, -28), Car("B", 176, 138)),
        (Way("A", ((135, 184), (155, 170))), Way("B", ((40, 142), (146, 142)))), (192, 148),
        (("queue", (90, 184)), ("queue", (212, 184)))),
    "from_the_yard": Scene(
        (_road(60, 150), _road(150, HEIGHT, 150, 200)),
        (_across(60, "white"), _across(105, "yellow_dashed"), _across(150, "white", 0, 150),
         _across(150, "white", 200)),
        (Car("A", 176, 158, -90), Car("B", 152, 128)),
        (Way("A", ((176, 232), (176, 188))), Way("B", ((30, 128), (124, 128)))), (174, 134),
        (("tree", (120, 180)), ("tree", (230, 180)), ("barrier", (225, 205)))),
    "door": Scene(
        (_road(70, 180),), (_across(70, "white"), _across(120, "white_dashed"), _across(180, "white"),
                            _across(148, "white_dashed")),
        (Car("A", 200, 166, door=-1), Car("B", 162, 140, bike=True)),
        (Way("B", ((50, 140), (126, 140))),), (184, 144)),
    "parked_well": Scene(
        (_road(70, 205),), (_across(70, "white"), _across(120, "white_dashed"), _across(168, "white_dashed"),
                            _down(140, "white", 168, 205), _down(210, "white", 168, 205), _across(205, "white")),
        (Car("A", 140, 164, 28), Car("B", 178, 186)),
        (Way("A", ((30, 143), (90, 143), (116, 152))),), (159, 178), (("!P", (232, 188)),)),
    "parked_badly": Scene(*TWO_LANES, (Car("A", 150, 146), Car("B", 192, 152)),
                          (Way("A", ((30, 146), (122, 146))),), (172, 149), (("no_parking", (192, 192)),)),
    "cycle_lane": Scene(
        (_road(60, 185),), (_across(60, "white"), _across(105, "white_dashed"), _across(145, "white"),
                            _across(185, "white")),
        (Car("A", 140, 160, 12), Car("B", 186, 166, bike=True)),
        (Way("A", ((30, 125), (80, 125), (114, 151))), Way("B", ((210, 166), (275, 166)))), (161, 164)),
    "right_turn_cycle": Scene(*CROSSROADS, (Car("A", 134, 148, 48), Car("B", 122, 168, bike=True)),
                              (Way("A", ((20, 135), (100, 135), (118, 140))), Way("B", ((30, 172), (84, 172)))),
                              (140, 166), (("tree", (230, 190)),)),
    "falling_load": Scene(*TWO_LANES, (Car("A", 235, 145), Car("B", 140, 145)),
                          (Way("A", ((258, 145), (300, 145))), Way("B", ((30, 145), (110, 145)))), (166, 145),
                          (("box", (188, 142)), ("box", (206, 150)))),
    "both_reversing": Scene(
        (_road(40, 200),), (_down(90, "white", 40, 85), _down(160, "white", 40, 85), _down(230, "white", 40, 85),
                            _down(90, "white", 155, 200), _down(160, "white", 155, 200),
                            _down(230, "white", 155, 200), _across(40, "white"), _across(200, "white")),
        (Car("A", 195, 99, -90), Car("B", 195, 141, 90)),
        (Way("A", ((195, 46), (195, 70))), Way("B", ((195, 194), (195, 170)))), (195, 120),
        (("!R", (212, 60)), ("!R", (212, 180)))),
}
