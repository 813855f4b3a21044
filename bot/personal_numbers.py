"""Numbers that tell who somebody is, covered before they are kept: identity, licence, file and frame numbers, phones.

Every star stands where the character stood, so that positions in the text stay right. A leaf: any room may use it.
"""

from __future__ import annotations

import re
from typing import Any, Dict, List, Mapping

PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
BETWEEN = r"[ \-—－·．.]?"
EDGE, END = r"(?<![0-9A-Za-z])", r"(?![0-9A-Za-z])"
LONG = re.compile(rf"{EDGE}[0-9](?:{BETWEEN}[0-9]){{10,}}[0-9Xx]?{END}")
DIGITS = re.compile(rf"{EDGE}[0-9]{{6,}}[Xx]?{END}")
FRAME = re.compile(rf"{EDGE}(?=[0-9A-Za-z]*[0-9]{{4}}{END})[A-HJ-NPR-Za-hj-npr-z0-9]{{17}}{END}")
# the last four places of a frame number are digits (GB 16735); behind a province it is a plate
TAIL = re.compile(rf"(?<![0-9A-Za-z{PROVINCES}])(?<![{PROVINCES}][ ·])[0-9A-Za-z]{{2}}[0-9]{{4}}{END}")
# what was asked for as a proof, however it was typed
NAMED_TAIL = re.compile(r"((?:车架号?|识别代号|VIN|vin|档案(?:编号|号)?|后[6六]位|末[6六]位)[^0-9A-Za-z]{0,8})"
                        r"([0-9A-Za-z]{4,17})")
MOBILE = re.compile(r"1[3-9]\d{9}")
HALF_WIDTH = {ord(full): chr(ord(full) - 0xFEE0) for full in map(chr, range(0xFF01, 0xFF5F))}
SECRET_SLOTS = frozenset({"frame_tail", "file_tail", "license_number"})
SEALED = "sealed:"  # begins a value that only the actions can read
KEPT_ENDS = (3, 2)


def covered(text: str, phones: bool = True) -> str:
    """The text with stars for such numbers; with `phones` False those stay, for whoever shall call back."""
    letters = list(text)
    plain = text.translate(HALF_WIDTH)
    for pattern in (LONG, DIGITS, FRAME, TAIL, NAMED_TAIL):
        for found in pattern.finditer(plain):
            start, end = found.span(2) if pattern is NAMED_TAIL else found.span()
            if phones or not MOBILE.fullmatch(re.sub(r"\D", "", plain[start:end])):
                letters[start:end] = _stars(letters[start:end])
    return "".join(letters)


def _stars(said: List[str]) -> List[str]:
    """Of a long number the first three and last two places stay, of a short one none."""
    first, last = KEPT_ENDS if len(said) >= 11 else (0, 0)
    return [c if i < first or i >= len(said) - last else "*" for i, c in enumerate(said)]


def covered_event(event: Mapping[str, Any]) -> Dict[str, Any]:
    """An event of Rasa's as it may be kept: what the driver wrote, what was understood of it, and secret slots."""
    kept = dict(event)
    if kept.get("event") == "user":
        kept["text"] = _covered_any(kept.get("text"))
        kept["parse_data"] = _covered_parse(kept.get("parse_data") or {})
    elif kept.get("event") == "slot" and kept.get("name") in SECRET_SLOTS:
        kept["value"] = _covered_any(kept.get("value"))
    return kept


def _covered_parse(parsed: Mapping[str, Any]) -> Dict[str, Any]:
    entities = [{**one, "value": _covered_any(one.get("value"))} for one in parsed.get("entities") or []]
    return {**parsed, "text": _covered_any(parsed.get("text")), **({"entities": entities} if entities else {})}


def _covered_any(value: Any) -> Any:
    return covered(value) if isinstance(value, str) and not value.startswith(SEALED) else value
