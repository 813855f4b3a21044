"""What a developer may try in the demo town: places to send, counters to scan, a plate that has violations."""

from __future__ import annotations

from typing import Any, Dict

from bot.settings import load_station


def facts() -> Dict[str, Any]:
    """{"places", "counters", "demo"} for the phone page."""
    station = load_station()
    counters = [{"scene": key, "name": window.name} for key, window in station.windows.items()]
    return {"places": [], "counters": counters, "demo": {}}
