"""Opens appointment slots by the station's hours, a month ahead: run daily, it adds only what is missing."""

from __future__ import annotations

import datetime
from typing import Any, Dict, Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.settings import Station, load_station
from traffic.opening_days import FARTHEST_DAYS, local_moment, opening_spans, why_closed
from traffic.slots import Site, SlotRow

PLANS = {"inspection": ("inspection_site", 30, 4), "accident_handling": ("accident_window", 30, 2)}
NOON = datetime.time(12)


def open_sites(session: Session, station: Station | None = None) -> None:
    """The station's windows that take appointments, with slot length (minutes) and places a slot; once only."""
    windows = (station or load_station()).windows
    known = set(session.execute(sa.select(Site.window)).scalars())
    for kind, (window, minutes, places) in PLANS.items():
        if window in windows and window not in known:
            there = windows[window]
            session.add(Site(kind=kind, window=window, name=there.name, address=there.address, phone=there.phone,
                             slot_minutes=minutes, places=places))
    session.flush()


def open_slots(session: Session, today: datetime.date, days: int = FARTHEST_DAYS,
               station: Station | None = None) -> int:
    """Slots of all sites from today on for so many days; how many were added."""
    station = station or load_station()
    known = {tuple(row) for row in session.execute(sa.select(SlotRow.site_id, SlotRow.starts_at))}
    wanted = [slot for site in session.execute(sa.select(Site).order_by(Site.id)).scalars()
              for number in range(days + 1)
              for slot in slots_of_day(site, today + datetime.timedelta(days=number), today, station)]
    missing = [slot for slot in wanted if (slot["site_id"], slot["starts_at"]) not in known]
    if missing:
        session.execute(sa.insert(SlotRow), missing)
    return len(missing)


def slots_of_day(site: Site, day: datetime.date, today: datetime.date, station: Station) -> Iterator[Dict[str, Any]]:
    """Rows for the slots of one day; none when the station is closed."""
    length = datetime.timedelta(minutes=site.slot_minutes)
    for opens, closes in [] if why_closed(day, today, station) else opening_spans(day, station):
        start, end = local_moment(day, opens), local_moment(day, closes)
        while start + length <= end:
            part = "morning" if start.time() < NOON else "afternoon"
            yield {"site_id": site.id, "starts_at": start.astimezone(datetime.timezone.utc), "ends_at": start + length,
                   "part_of_day": part, "capacity": site.places, "booked": 0}
            start += length
