"""Floors under the figures: below one of them an evaluation fails."""

from __future__ import annotations

import pathlib
from typing import Any, Dict, List

import yaml

from bot.training.measures import Measures


def read_floors(path: pathlib.Path) -> Dict[str, Any]:
    """`at_least` and `at_most` of figures, `intents` and `entities` with their least F1 (`default` for the others)."""
    floors: Dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return floors


def broken(measures: Measures, floors: Dict[str, Any]) -> List[str]:
    """A line for each floor that is broken."""
    lines = [f"{name} is {getattr(measures, name):.3f}, at least {floor} is asked"
             for name, floor in floors["at_least"].items() if getattr(measures, name) < floor]
    lines += [f"{name} is {getattr(measures, name):.3f}, at most {ceiling} is asked"
              for name, ceiling in floors["at_most"].items() if getattr(measures, name) > ceiling]
    for group in ("intents", "entities"):
        for name, share in getattr(measures, group).items():
            floor = floors[group].get(name, floors[group]["default"])
            if share.f1 < floor:
                lines.append(f"F1 of {name} is {share.f1:.2f}, at least {floor} is asked")
    return lines
