"""A bulletin or a speed camera as a line of a reply."""

from __future__ import annotations

from typing import Any, Dict

from actions import records
from actions.presentation import day, local, time_of_day
from traffic.presentation import last_day
from traffic.road_conditions import Bulletin
from traffic.speed_cameras import SpeedCamera


def bulletin_line(bulletin: Bulletin) -> Dict[str, Any]:
    """The response for its kind, with its places filled."""
    today, ends = local(records.now()).date(), bulletin.ends
    until = "" if ends is None else time_of_day(ends) if local(ends).date() == today else day(last_day(ends), today)
    within = "，".join(part for part in (bulletin.section, bulletin.direction) if part)
    where = f"{bulletin.road}（{within}）" if within else bulletin.road
    name = f"utter_bulletin_{bulletin.kind}_{'open' if ends is None else 'until'}"
    return {"say": f"{name}_detour" if bulletin.detour else name, "where": where, "until": until,
            "cause": f"，{bulletin.cause}" if bulletin.cause else "", "detour": bulletin.detour or ""}


def camera_line(camera: SpeedCamera, away: str | None = None) -> Dict[str, Any]:
    """The response for its kind; `away` is the distance where that matters."""
    spot = camera.spot if camera.spot.startswith(camera.road.name) else camera.road.name + camera.spot
    name = f"utter_speed_camera_{camera.kind}"
    return {"say": f"{name}_near" if away else name, "spot": spot, "direction": camera.direction or "",
            "limit": camera.limit_kmh, "away": away or ""}


def kilometres(metres: float) -> str:
    """1234 → 1.2公里, 800 → 800米, 12345 → 12公里."""
    if metres < 1000:
        return f"{max(50, round(metres / 50) * 50)}米"
    return f"{metres / 1000:.1f}".removesuffix(".0") + "公里" if metres < 10_000 else f"{metres / 1000:.0f}公里"
