"""Number plates (号牌): kinds, normal form, finding them in a sentence, masking. After GA 36-2018."""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from typing import List, Tuple, Union

from traffic.errors import PlateError

PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
SUFFIXES = {"学": "learner", "警": "police", "挂": "trailer", "港": "hk_macau", "澳": "hk_macau", "领": "consulate"}
OFFICE = "[A-HJ-NP-Z]"
PLACE = "[0-9A-HJ-NP-Z]"  # I and O are never given out: they look like 1 and 0
NEW_ENERGY = re.compile(r"[A-HJK][0-9A-HJ-NP-Z]\d{4}|\d{5}[A-HJK]")
SEPARATORS = " \t\u3000·•‧∙・.．。-－—_"
BETWEEN = f"[{re.escape(SEPARATORS)}]{{0,2}}"
PROVINCE_FIRST = re.compile(
    f"[{PROVINCES}]{BETWEEN}[A-Z]{BETWEEN}(?:[0-9A-Z]{BETWEEN}){{2,9}}(?<=[0-9A-Z])(?:{BETWEEN}(?:应急|[学警挂港澳领]))?")
PROVINCE_MISSING = re.compile(f"(?<![0-9A-Z{PROVINCES}])[A-HJ-NP-Z]{BETWEEN}[0-9A-Z]{{5,6}}(?![0-9A-Z])")
# 新G1523高速 is a new motorway, not a plate
ROAD_BEHIND = re.compile(r"\s*(?:高速|国道|省道|县道|线|公里|路)")


@dataclasses.dataclass(frozen=True)
class Plate:
    """A plate that can exist; `text` is its normal form, e.g. 浙JA1234."""

    text: str
    kind: str

    def __str__(self) -> str:
        return self.text


def _plain(text: str) -> str:
    """Upper case and half width, one character for one, so that positions stay."""
    narrow = (unicodedata.normalize("NFKC", c) for c in text)
    return "".join(n if len(n) == 1 else c for c, n in zip(text, narrow, strict=True)).upper()


def _kind_of(sequence: str) -> str:
    """Kind of the places behind province and office letter; raises PlateError."""
    if sequence.endswith("应急"):
        return _checked(sequence[:-2], 4, "emergency")
    if sequence[-1:] in SUFFIXES:
        return _checked(sequence[:-1], 4, SUFFIXES[sequence[-1]])
    if len(sequence) == 6 and NEW_ENERGY.fullmatch(sequence):
        return "new_energy"
    if len(sequence) == 6 and re.fullmatch(PLACE + "{6}", sequence):
        raise PlateError("not_new_energy" if sum(c.isalpha() for c in sequence) else "too_long")
    return _checked(sequence, 5, "ordinary")


def _checked(sequence: str, places: int, kind: str) -> str:
    if len(sequence) != places:
        raise PlateError("too_short" if len(sequence) < places else "too_long")
    if not re.fullmatch(PLACE + "*", sequence):
        raise PlateError("letter_i_or_o" if re.fullmatch("[0-9A-Z]*", sequence) else "bad_character")
    if sum(c.isalpha() for c in sequence) > 2:
        raise PlateError("too_many_letters")
    return kind


def parse_plate(text: str) -> Plate:
    """The plate that `text` is, however it is typed (浙j-a1234, full width, dots).

    Raises PlateError; its `reason` is empty, no_province, letter_missing, too_short, too_long, bad_character,
    letter_i_or_o, too_many_letters or not_new_energy.
    """
    plain = "".join(c for c in _plain(text) if c not in SEPARATORS)
    if not plain:
        raise PlateError("empty")
    if plain[0] not in PROVINCES:
        raise PlateError("no_province")
    if not re.match(OFFICE, plain[1:]):
        raise PlateError("too_short" if len(plain) == 1 else "letter_missing")
    return Plate(plain, _kind_of(plain[2:]))


def find_plates(text: str) -> List[Tuple[int, int, Union[Plate, PlateError]]]:
    """(start, end, plate or what is wrong with it) for all that looks like a plate in a sentence, in its order."""
    plain = _plain(text)
    spans = [_without_next_word(plain, m) for m in PROVINCE_FIRST.finditer(plain) if _looks_meant(plain, m)]
    spans += [m.span() for m in PROVINCE_MISSING.finditer(plain) if sum(c.isdigit() for c in m.group()) >= 3
              and not any(start < m.end() and m.start() < end for start, end in spans)]
    return [(start, end, _plate_or_error(plain[start:end])) for start, end in sorted(spans)]


def _looks_meant(plain: str, match: re.Match[str]) -> bool:
    """新APP and 新C1E are no plates: three places, two of them digits, are the least."""
    places = [c for c in match.group()[1:] if c.isalnum()]
    return len(places) >= 4 and sum(c.isdigit() for c in places) >= 2 and not ROAD_BEHIND.match(plain, match.end())


def _without_next_word(plain: str, match: re.Match[str]) -> Tuple[int, int]:
    """浙JA1234 5月: what stands behind a gap belongs to the plate only when there is none without it."""
    gaps = [match.start() + i for i, c in enumerate(match.group()) if c in SEPARATORS]
    ends = [*gaps, match.end()]
    fitting = (end for end in ends if isinstance(_plate_or_error(plain[match.start():end]), Plate))
    return match.start(), next(fitting, match.end())


def _plate_or_error(text: str) -> Union[Plate, PlateError]:
    try:
        return parse_plate(text)
    except PlateError as error:
        return error


def mask_plate(text: str) -> str:
    """For showing: 浙JA1234 → 浙J·A1**4. Anything too short to mask is hidden whole."""
    if len(text) < 6:
        return "*" * len(text)
    return f"{text[:2]}·{text[2:4]}{'*' * (len(text) - 5)}{text[-1]}"
