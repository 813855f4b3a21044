"""The records' names of roads and places as word lists, so that the understanding knows this station's map."""

from __future__ import annotations

import pathlib
from typing import Iterable

from sqlalchemy.engine import Engine

from traffic.database import reading
from traffic.roads import Place, Road, places, roads


def write_dictionary(engine: Engine, folder: pathlib.Path) -> None:
    """Writes roads.txt and places.txt into a folder: a line is a name and its other names."""
    folder.mkdir(parents=True, exist_ok=True)
    with reading(engine) as session:
        (folder / "roads.txt").write_text(_lines(roads(session)), encoding="utf-8")
        (folder / "places.txt").write_text(_lines(places(session)), encoding="utf-8")


def _lines(named: Iterable[Road | Place]) -> str:
    return "".join(" ".join([row.name, *row.aliases]) + "\n" for row in named)
