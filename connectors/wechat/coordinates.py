"""Places as WeChat sends them (GCJ-02) and as the records have them (WGS-84), about 500 m apart in China.

The formula is the approximation of China's map offset that was published in 2010 and that every open map library
uses: a polynomial with sines in metres, around 35° N 105° E, on the Krassovsky ellipsoid. "China" is the rectangle
that comes with it, neighbours' places included. There is no published inverse: a few rounds of subtracting find it.
"""

from __future__ import annotations

import math

Place = tuple[float, float]  # degrees: latitude, longitude

SOUTH, NORTH, WEST, EAST = 0.8293, 55.8271, 72.004, 137.8347
RADIUS_M, SQUARED_ECCENTRICITY = 6378245.0, 0.00669342162296594323
STEPS = 5  # each leaves less than a hundredth of the error


def gcj02_of(place: Place) -> Place:
    """A WGS-84 place on WeChat's map; outside China the same."""
    if not _in_china(place):
        return place
    north, east = _offset(place)
    return place[0] + north, place[1] + east


def wgs84_of(place: Place) -> Place:
    """A place of WeChat's map in WGS-84, to a millimetre; outside China the same."""
    if not _in_china(place):
        return place
    found = place
    for _ in range(STEPS):
        north, east = _offset(found)
        found = place[0] - north, place[1] - east
    return found


def _in_china(place: Place) -> bool:
    return SOUTH <= place[0] <= NORTH and WEST <= place[1] <= EAST


def _offset(place: Place) -> Place:
    """Degrees by which WeChat's map is off here."""
    y, x = place[0] - 35, place[1] - 105
    shared = _waves(x, (20, 1 / 6), (20, 1 / 2))
    north_m = (-100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x)) + shared
               + _waves(y, (20, 1), (40, 3), (160, 12), (320, 30)))
    east_m = (300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x)) + shared
              + _waves(x, (20, 1), (40, 3), (150, 12), (300, 30)))
    latitude = math.radians(place[0])
    flat = 1 - SQUARED_ECCENTRICITY * math.sin(latitude) ** 2
    meridian_m = RADIUS_M * (1 - SQUARED_ECCENTRICITY) / flat ** 1.5
    parallel_m = RADIUS_M / math.sqrt(flat) * math.cos(latitude)
    return math.degrees(north_m / meridian_m), math.degrees(east_m / parallel_m)


def _waves(along: float, *waves: tuple[float, float]) -> float:
    """Sines of (height, half length in degrees), two thirds of their sum."""
    return sum(height * math.sin(math.pi * along / half) for height, half in waves) * 2 / 3
