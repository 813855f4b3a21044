"""The road that words mean."""

from __future__ import annotations

from sqlalchemy.orm import Session

from traffic.roads import Road, find_road, roads

ALL = "all"


def road_of(session: Session, words: str) -> Road | None:
    """The road of a name or alias, else the one whose name stands in the words (报杜桥大道)."""
    return find_road(session, words) or road_within(session, words)


def road_within(session: Session, words: str) -> Road | None:
    """The road whose name stands in the words, the longest first."""
    names = {name: road for road in roads(session) for name in (road.name, *road.aliases)}
    return next((names[name] for name in sorted(names, key=len, reverse=True) if name in words), None)
