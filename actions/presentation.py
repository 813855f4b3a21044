"""How values are shown in replies: as on every page, by one module."""

from __future__ import annotations

from traffic.drivers import mask_license
from traffic.plates import mask_plate
from traffic.presentation import day, local, moment, money, short_moment, time_of_day

__all__ = ["day", "local", "mask_license", "mask_plate", "moment", "money", "short_moment", "time_of_day"]
