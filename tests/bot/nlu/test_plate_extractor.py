from __future__ import annotations

import pathlib
from typing import Any, Callable, Iterator

import pytest
import yaml

from bot.nlu.plate_extractor import PlateExtractor

TABLE = pathlib.Path(__file__).resolve().parents[2] / "nlu" / "plates.yml"


def cases() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    for typed, wanted in yaml.load(TABLE.read_text(encoding="utf-8"), Loader=yaml.BaseLoader).items():
        if isinstance(wanted, dict):
            yield typed, [("bad_plate", wanted["bad"])]
        elif isinstance(wanted, list):
            yield typed, [("plate_number", plate) for plate in wanted]
        else:
            yield typed, [] if wanted == "null" else [("plate_number", wanted)]


@pytest.mark.parametrize(("typed", "wanted"), cases())
def test_plates_as_drivers_type_them(
    make: Callable[..., Any], read: Callable[[str], Any], typed: str, wanted: list[tuple[str, str]]
) -> None:
    message = read(typed)
    make(PlateExtractor).process([message])
    assert [(e["entity"], e["value"]) for e in message.get("entities")] == wanted


def test_the_table_has_150_cases() -> None:
    assert len(list(cases())) >= 150


def test_a_plate_points_to_where_the_driver_wrote_it(make: Callable[..., Any], read: Callable[[str], Any]) -> None:
    typed = "查下😊浙Ｊ·Ｄ１２３４５违章"
    message = read(typed)
    make(PlateExtractor).process([message])
    (found,) = message.get("entities")
    assert typed[found["start"]:found["end"]] == "浙Ｊ·Ｄ１２３４５"
