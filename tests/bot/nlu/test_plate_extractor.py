from __future__ import annotations

from typing import Any, Callable

import pytest

from bot.nlu.plate_extractor import PlateExtractor


@pytest.mark.parametrize(("typed", "entity", "value", "written"), [
    ("查下浙j-a1234违章", "plate_number", "浙JA1234", "浙j-a1234"),
    ("浙Ｊ·Ｄ１２３４５有违章吗", "plate_number", "浙JD12345", "浙Ｊ·Ｄ１２３４５"),
    ("我的车浙J123是多少分", "bad_plate", "too_short", "浙J123"),
])
def test_plates_are_found_where_the_driver_wrote_them(
    make: Callable[..., Any], read: Callable[[str], Any], typed: str, entity: str, value: str, written: str
) -> None:
    message = read(typed)
    make(PlateExtractor).process([message])
    (found,) = message.get("entities")
    assert (found["entity"], found["value"], typed[found["start"]:found["end"]]) == (entity, value, written)
