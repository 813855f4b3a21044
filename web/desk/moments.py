"""Moments in forms: shown as 2026-08-03 07:30, typed so or as one says it (8月3日7点半, 明早7点)."""

from __future__ import annotations

import datetime
import re
import unicodedata

from messages.clock import utc_now
from traffic.errors import BulletinError
from traffic.opening_days import station_zone
from traffic.spoken_spans import find_span

SHOWN = "%Y-%m-%d %H:%M"
PLAIN = re.compile(r"(?:(?P<year>20\d\d)\s*[-/.年]\s*)?(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*[日号]?\s*T?"
                   r"\s*(?P<hour>\d{1,2})\s*[:.点时]\s*(?P<minute>\d{1,2}|半)?\s*分?")
NO_HOUR = re.compile(r"(?:2[5-9]|[3-9]\d)[:点时]")
LONG_AGO = datetime.timedelta(days=180)  # a date without its year that is longer ago is next year's


def moment(text: str, field: str, now: datetime.datetime | None = None) -> datetime.datetime | None:
    """A moment as an officer typed it, in the station's zone; None for "". Raises BulletinError naming the field."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain:
        return None
    local = (now or utc_now()).astimezone(station_zone())
    found = PLAIN.fullmatch(plain)
    try:
        return _plain(found, local) if found else _spoken(plain, local, field)
    except ValueError:
        raise BulletinError(field) from None


def _plain(found: re.Match[str], local: datetime.datetime) -> datetime.datetime:
    hour, minute = int(found["hour"]), 30 if found["minute"] == "半" else int(found["minute"] or 0)
    end_of_day = (hour, minute) == (24, 0)
    at = datetime.datetime(int(found["year"] or local.year), int(found["month"]), int(found["day"]),
                           0 if end_of_day else hour, minute, tzinfo=station_zone())
    at += datetime.timedelta(days=1) if end_of_day else datetime.timedelta()
    return at.replace(year=at.year + 1) if not found["year"] and at < local - LONG_AGO else at


def _spoken(text: str, local: datetime.datetime, field: str) -> datetime.datetime:
    said = find_span(text, local)
    if said is None or NO_HOUR.search(text) or (said.start, said.end) != (0, len(text)):
        raise BulletinError(field)
    return said.since


def written(at: datetime.datetime | None) -> str:
    """A moment as the form shows it."""
    return at.astimezone(station_zone()).strftime(SHOWN) if at else ""
