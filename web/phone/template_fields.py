"""What a field of a template message or subscription notice may hold, by the type in its name (thing1, time2, …)."""

from __future__ import annotations

import re
from typing import Any, Dict, List, Mapping

from web.phone.errors import ApiError

NAME = re.compile(r"([a-z_]+?)\d*")
DROPPED = ("first", "remark")  # taken and no longer shown since May 2023
MOST = {"thing": 20, "number": 32, "letter": 32, "symbol": 5, "character_string": 32, "time": 20, "date": 20,
        "amount": 10, "phone_number": 17, "car_number": 8, "name": 10, "phrase": 5, "const": 20}
SHAPES = {"number": re.compile(r"-?[\d.]+"), "letter": re.compile(r"[A-Za-z]+"),
          "character_string": re.compile(r"[\x21-\x7e]+"), "phone_number": re.compile(r"[\d+\-() ]+"),
          "time": re.compile(r".*\d.*"), "date": re.compile(r".*\d.*")}
OTHERWISE = 20


def shown_fields(data: object) -> List[Dict[str, str]]:
    """[{"name", "value"}] as the card shows them. Raises ApiError 47003 naming the first field that is wrong."""
    if not isinstance(data, Mapping) or not data:
        raise ApiError(47003, "data is empty")
    return [{"name": name, "value": _value(name, field)} for name, field in data.items() if name not in DROPPED]


def _value(name: str, field: Any) -> str:
    value = field.get("value") if isinstance(field, Mapping) else None
    kind = NAME.fullmatch(name)
    if not isinstance(value, str) or not value or "\n" in value or kind is None:
        raise ApiError(47003, f"data.{name}.value invalid")
    shape = SHAPES.get(kind[1])
    if len(value) > MOST.get(kind[1], OTHERWISE) or (shape and not shape.fullmatch(value)):
        raise ApiError(47003, f"data.{name}.value invalid")
    return value
