from __future__ import annotations

import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.settings import load_station
from traffic.opening_days import local_day, station_zone, why_closed
from traffic.slot_opening import open_sites, open_slots
from traffic.slots import Site, SlotRow

MONDAY = datetime.date(2026, 9, 28)


@pytest.fixture
def opened(session: Session) -> Session:
    open_sites(session)
    open_slots(session, MONDAY)
    return session


def test_the_stations_windows_become_sites_once(opened: Session) -> None:
    open_sites(opened)
    found = {site.kind: site.name for site in opened.execute(sa.select(Site)).scalars()}
    windows = load_station().windows
    assert found == {"inspection": windows["inspection_site"].name,
                     "accident_handling": windows["accident_window"].name}


def test_slots_lie_within_the_opening_hours_of_open_days(opened: Session) -> None:
    slots = opened.execute(sa.select(SlotRow)).scalars().all()
    assert {why_closed(local_day(slot.starts_at), MONDAY) for slot in slots} == {None}
    hours = {slot.starts_at.astimezone(station_zone()).strftime("%H:%M") for slot in slots}
    assert min(hours) == "08:30"
    assert max(hours) == "16:30"
    assert {(slot.part_of_day, slot.starts_at.astimezone(station_zone()).hour < 12) for slot in slots} == {
        ("morning", True), ("afternoon", False)}


def test_a_holiday_has_no_slots(opened: Session) -> None:
    days = {local_day(moment) for moment in opened.execute(sa.select(SlotRow.starts_at)).scalars()}
    assert datetime.date(2026, 10, 1) not in days
    assert datetime.date(2026, 9, 30) in days


def test_opening_again_adds_only_the_next_day(opened: Session) -> None:
    assert open_slots(opened, MONDAY) == 0
    assert open_slots(opened, MONDAY + datetime.timedelta(days=1)) == 24
