"""What a driver hears about, line by line, as it stands in the records."""

from __future__ import annotations

import datetime
from typing import Any, Dict, List, Tuple

from sqlalchemy.orm import Session

from traffic.road_subscriptions import RoadSubscription, road_subscriptions
from traffic.subscriber_wishes import REMINDERS, is_quiet, quiet_hours, reminders_off, tags_of
from traffic.weekdays import EVERY_DAY, name_of

Line = Dict[str, Any]


def road_line(row: RoadSubscription) -> Line:
    """One subscription."""
    how = "daily" if row.daily_at else "closures" if row.only_closures else "any"
    return {"say": f"utter_listed_{how}_{'road' if row.road else 'all'}", "name": row.road.name if row.road else "",
            "at": f"{row.daily_at:%H:%M}" if row.daily_at else "",
            "days": name_of(row.days) if row.daily_at or row.days != EVERY_DAY else ""}


def road_lines(session: Session, driver: str) -> List[Line]:
    """All subscriptions."""
    return [road_line(row) for row in road_subscriptions(session, driver)]


def all_lines(session: Session, driver: str) -> List[Line]:
    """What the driver hears about, when not, and what was switched off."""
    off, quiet = reminders_off(session, driver), quiet_hours(session, driver)
    lines = road_lines(session, driver)
    lines += [{"say": f"utter_listed_off_{kind}"} for kind in REMINDERS if kind in off]
    lines += [{"say": f"utter_listed_tag_{tag}"} for tag in tags_of(session, driver)]
    if quiet:
        lines.append({"say": "utter_listed_quiet", **hours_said(quiet)})
    return lines + waiting_lines(session, driver)


def waiting_lines(session: Session, driver: str) -> List[Line]:
    """Daily news whose hour falls into the quiet hours comes when they are over."""
    quiet = quiet_hours(session, driver)
    hours = sorted({row.daily_at for row in road_subscriptions(session, driver) if row.daily_at})
    return [{"say": "utter_daily_waits", "at": f"{at:%H:%M}", "ends": f"{quiet[1]:%H:%M}"}
            for at in hours if quiet and is_quiet(at, quiet)]


def hours_said(hours: Tuple[datetime.time, datetime.time]) -> Dict[str, str]:
    """The fields `begins` and `ends`."""
    return {"begins": f"{hours[0]:%H:%M}", "ends": f"{hours[1]:%H:%M}"}
