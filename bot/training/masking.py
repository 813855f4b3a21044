"""Takes personal data out of what drivers wrote, before a maintainer or a training file sees it.

Every mask is as long as what it hides, so that positions of entities stay right, and has its shape, so that a masked
sentence teaches the same as the original.
"""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from typing import Callable, Iterator, List, Tuple

from traffic.plates import find_plates

DIGITS = str.maketrans("零〇一二三四五六七八九壹贰叁肆伍陆柒捌玖幺两", "0012345678912345678912")
BETWEEN = r"[ \-—－·.．,，、/]?"
RUN = re.compile(rf"[0-9](?:{BETWEEN}[0-9]){{4,}}[xX]?")
COUNTED = re.compile(r"[0-9]{5,7}\s?(?:元|块|公里)")
WRITTEN = re.compile(r"[零〇一二三四五六七八九壹贰叁肆伍陆柒捌玖幺]{6,}")
COVERED = re.compile(r"[0-9]{0,3}\*{4,}[0-9Xx]{0,2}")  # by bot.personal_numbers, when the turn ended
CODE = re.compile(r"(?<![0-9A-Za-z])(?=[0-9A-Za-z_\-]*[0-9][0-9A-Za-z_\-]*[0-9])(?=[0-9A-Za-z_\-]*[A-Za-z])"
                  r"[0-9A-Za-z_\-]{6,}(?![0-9A-Za-z])")
MAIL = re.compile(r"[0-9A-Za-z_.+\-]+@[0-9A-Za-z\-]+(?:\.[0-9A-Za-z\-]+)+")
PUBLIC = frozenset({"12123", "12122", "12345", "12388", "12389", "12320", "12309", "12368", "95518", "95511"})
ROAD = re.compile(r"[GSXYCgsxyc]\d{1,4}")
DATE = re.compile(r"(?:19|20)\d\d[-/. ]?(?:0?[1-9]|1[0-2])(?:[-/. ]?(?:0?[1-9]|[12]\d|3[01]))?")
SHAPE_DIGITS, SHAPE_LETTERS = "123456789", "ABCDEFGH"


@dataclasses.dataclass(frozen=True)
class Masked:
    """A text without personal data; `marks` are (entity, start, end) of what stands in for it."""

    text: str
    marks: Tuple[Tuple[str, int, int], ...]


Spans = Iterator[Tuple[int, int, str]]
"""(start, end, entity or "" for what is none)."""

FindNames = Callable[[str], List[Tuple[int, int]]]


def mask_personal(text: str, names: FindNames) -> Masked:
    """Plates, identity and telephone numbers, other long numbers, addresses of mail, and names of persons replaced."""
    letters, marks = list(text), []
    for start, end, entity in _without_overlap([*_plates(text), *_numbers(text), *_codes(text)]):
        letters[start:end] = _shaped(text[start:end], entity)
        if entity:
            marks.append((entity, start, end))
    between = "".join(letters)
    for start, end in names(between):
        if not any(s < end and start < e for _, s, e in marks):
            letters[start:end] = "某" * (end - start)
    return Masked("".join(letters), tuple(sorted(marks, key=lambda mark: mark[1])))


def _plates(text: str) -> Spans:
    for start, end, found in find_plates(text):
        yield start, end, "" if isinstance(found, Exception) else "plate_number"


def _numbers(text: str) -> Spans:
    plain = _plain(text)
    for pattern in (RUN, WRITTEN):
        for found in pattern.finditer(plain if pattern is RUN else text):
            digits = re.sub(r"\D", "", found.group().translate(DIGITS))
            counted = COUNTED.match(plain, found.start()) is not None
            if not counted and not _public(found.group(), digits):
                yield found.start(), found.end(), _kind_of(found.group(), digits)
    for found in COVERED.finditer(plain):
        yield found.start(), found.end(), {11: "phone", 18: "license_number"}.get(len(found.group()), "")
    for found in RUN.finditer(plain.translate(DIGITS)):  # 一三八 1234 五六七八
        digits = re.sub(r"\D", "", found.group())
        if len(digits) >= 7 and not _public(found.group(), digits):
            yield found.start(), found.end(), _kind_of(found.group(), digits)


def _public(said: str, digits: str) -> bool:
    return digits in PUBLIC or DATE.fullmatch(said.strip()) is not None


def _kind_of(said: str, digits: str) -> str:
    if re.fullmatch(r"1[3-9]\d{9}", digits):
        return "phone"
    if len(digits) in (17, 18) and re.fullmatch(r"\d{17}[\dxX]", re.sub(BETWEEN, "", said)):
        return "license_number"
    return ""


def _codes(text: str) -> Spans:
    plain = _plain(text)
    for pattern in (MAIL, CODE):
        for found in pattern.finditer(plain):
            if not ROAD.fullmatch(found.group()):
                yield found.start(), found.end(), ""


def _plain(text: str) -> str:
    """Half width, one character for one."""
    narrow = (unicodedata.normalize("NFKC", c) for c in text)
    return "".join(n if len(n) == 1 else c for c, n in zip(text, narrow, strict=True))


def _without_overlap(spans: List[Tuple[int, int, str]]) -> List[Tuple[int, int, str]]:
    """The longest of those that overlap, then those with a name."""
    chosen: List[Tuple[int, int, str]] = []
    for span in sorted(spans, key=lambda s: (s[0] - s[1], not s[2], s[0])):
        if not any(span[0] < end and start < span[1] for start, end, _ in chosen):
            chosen.append(span)
    return chosen


def _shaped(said: str, entity: str) -> List[str]:
    """Other digits and letters in the same places. A plate keeps province and office, a mobile number its first 1."""
    kept = {"plate_number": 2 if len(said) > 2 and not said[0].isascii() else 1, "phone": 1}.get(entity, 0)
    if entity == "license_number":
        return _license(said)
    digits, letters = 0, 0
    shaped = list(said[:kept])
    for character in said[kept:]:
        if character == "*" or character.isdigit() or character.translate(DIGITS).isdigit():
            digit = SHAPE_DIGITS[(digits + (2 if entity == "phone" else 0)) % 9]
            shaped.append(digit)
            digits += 1
        elif (character.isalpha() and character.isascii()) or "Ａ" <= character <= "ｚ":
            shaped.append(SHAPE_LETTERS[letters % 8])
            letters += 1
        else:
            shaped.append(character)
    return _other_than(said, shaped)


def _license(said: str) -> List[str]:
    """18 places with a date of birth in them, as the extractor wants it, of an office that there is not."""
    places = iter("990000190001010012")
    return [next(places, "0") if c.isalnum() or c == "*" else c for c in said]


def _other_than(said: str, shaped: List[str]) -> List[str]:
    """Never the very number that it hides: then each digit is the next one."""
    if "".join(shaped).upper() != _plain(said).upper():
        return shaped
    return [str((int(c) + 1) % 10) if c.isdigit() and i >= 2 else c for i, c in enumerate(shaped)]
