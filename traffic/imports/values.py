"""From what police exports write to what the tables store: strings and integers, equal for SQLite and PostgreSQL."""

from __future__ import annotations

import datetime
import decimal
import functools
import re
from typing import Any, Callable, Dict

from traffic.drivers import normal_license_number
from traffic.errors import LicenseError, PlateError
from traffic.plates import OFFICE, PROVINCES, parse_plate

# nine of ten plates; the others take the longer way
PLAIN_PLATE = re.compile(rf"[{PROVINCES}]{OFFICE}(?:\d{{5}}|{OFFICE}\d{{4}}|\d{{4}}{OFFICE}|[DF]\d{{5}})")
Convert = Callable[[str], Any]
CACHED = 200_000
YES = {"1", "是", "已缴", "已缴款", "已交款", "y", "yes", "true", "有"}
NO = {"0", "否", "未缴", "未缴款", "未交款", "n", "no", "false", "无", "9"}
PLATE_TYPES = {"大型汽车": "01", "小型汽车": "02", "普通摩托车": "07", "两、三轮摩托车": "07", "轻便摩托车": "08",
               "挂车": "15", "教练汽车": "16", "警用汽车": "23", "大型新能源汽车": "51", "小型新能源汽车": "52"}
GREEN = 8  # places of a new-energy plate
COUNT = re.compile(r"(\d{1,6}(?:\.0+)?) ?(?:人|座|分|个|公里/小时|千米/小时|公里|km/h)?", re.IGNORECASE)
MINUTE = re.compile(r"([0-5]\d)(?::([0-5]\d))?", re.ASCII)
MOMENT = re.compile(r"(\d{4})\D?(\d{1,2})\D?(\d{1,2})日?(?:\D*(\d{1,2})\D?(\d{1,2})(?:\D?(\d{1,2}))?\D?(?:\.\d+)?)?")


class BadValue(Exception):
    """A field that cannot be what its column says; tells the rule, never the value, which may be personal."""


def plate(text: str) -> str:
    """A number plate in its normal form."""
    if PLAIN_PLATE.fullmatch(text):
        return text
    try:
        return parse_plate(text).text
    except PlateError as error:
        raise BadValue(f"not a number plate ({error.reason})") from None


def license_number(text: str) -> str:
    """18 places."""
    try:
        return normal_license_number(text)
    except LicenseError:
        raise BadValue("not a licence number of 18 places") from None


def tail(text: str) -> str:
    """The last six places; the rest is not kept."""
    kept = text.strip().upper()[-6:]
    if not re.fullmatch("[0-9A-Z]{6}", kept):
        raise BadValue("must end in six letters or digits")
    return kept


def _parts(text: str) -> datetime.datetime:
    found = MOMENT.fullmatch(text)
    try:
        if found:
            return datetime.datetime(*(int(part or 0) for part in found.groups()))  # type: ignore[arg-type]
    except ValueError:
        pass
    raise BadValue("not a date like 2026-08-03 or 2026-08-03 09:30")


def date(text: str) -> str:
    """2026-08-03, 2026/8/3, 20260803, 2026年8月3日; a time behind it is left out."""
    return _parts(text).date().isoformat()


def moments(zone: datetime.tzinfo) -> Convert:
    """Reads a clock time of that zone: UTC in the form that SQLAlchemy stores in SQLite."""

    @functools.lru_cache(maxsize=CACHED)
    def hour(text: str) -> str:
        """2026-08-03 01: for 2026-08-03 09; empty where the zone is off by a part of an hour."""
        return ("" if (local := _parts(f"{text}:00:00").replace(tzinfo=zone)).utcoffset().seconds % 3600  # type: ignore[union-attr]
                else local.astimezone(datetime.timezone.utc).isoformat(" ")[:14])

    def moment(text: str) -> str:
        """By its hour, of which a file holds few, where it is written with colons."""
        day, _, rest = text.partition(":")
        minute = _minute(rest)
        if minute and (utc := hour(day)):
            return utc + minute
        local = _parts(text).replace(tzinfo=zone)
        return f"{local.astimezone(datetime.timezone.utc).isoformat(' ')[:19]}.000000"

    return moment


@functools.lru_cache(maxsize=CACHED)
def _minute(text: str) -> str:
    found = MINUTE.fullmatch(text)
    return f"{found.group(1)}:{found.group(2) or '00'}.000000" if found else ""


def fen(text: str) -> int:
    """Yuan, with or without a sign, in fen."""
    try:
        amount = decimal.Decimal(text.strip("¥￥元 ").replace(",", "")) * 100
        if amount == int(amount) and 0 <= amount < 100_000_000:
            return int(amount)
    except (decimal.InvalidOperation, ValueError, OverflowError):
        pass
    raise BadValue("not an amount in yuan")


def count(text: str) -> int:
    """A whole number from 0 to 100,000, with its unit or without; Excel writes 3.0 for 3."""
    found = COUNT.fullmatch(text)
    if not found or float(found[1]) > 100_000:
        raise BadValue("not a whole number")
    return int(float(found[1]))


def yes_no(text: str) -> int:
    """1 or 0."""
    word = text.lower()
    if word not in YES | NO:
        raise BadValue("neither yes nor no (是 or 否, 1 or 0)")
    return int(word in YES)


def _degrees(text: str, least: float, most: float) -> float:
    try:
        value = float(text.rstrip("°度NEne"))
    except ValueError:
        raise BadValue("not a number of degrees") from None
    if not least <= value <= most:
        raise BadValue(f"not between {least} and {most} degrees: latitude and longitude may be exchanged")
    return value


def latitude(text: str) -> float:
    """Degrees north, within China."""
    return _degrees(text, 3, 54)


def longitude(text: str) -> float:
    """Degrees east, within China."""
    return _degrees(text, 73, 136)


def plate_type(text: str) -> str:
    """Code of 号牌种类 (GA/T 16.7), or the name of the commonest; a single digit gets its zero back."""
    code = PLATE_TYPES.get(text, text.zfill(2))
    if not re.fullmatch(r"\d\d", code):
        raise BadValue("neither a code of two digits nor 小型汽车, 大型汽车 …")
    return code


def green_type(plate: str) -> str:
    """号牌种类 of a plate of eight places: 52 small, 51 large (GA 36-2018: small ones have the letter in front)."""
    return "52" if plate[2].isalpha() else "51"


def text(value: str) -> str:
    """As it stands."""
    return value


def one_of(words: Dict[str, str]) -> Convert:
    """A word of a closed list, or what stands for it."""
    known = {**words, **{value: value for value in words.values()}}

    def convert(text: str) -> str:
        if text not in known:
            raise BadValue(f"none of {'、'.join(words)}")
        return known[text]

    return convert


def name_of(numbers: Dict[str, int], what: str) -> Convert:
    """The id of a road, place or site by one of its names."""

    def convert(text: str) -> int:
        if text not in numbers:
            raise BadValue(f"no such {what} in the records")
        return numbers[text]

    return convert


CONVERTERS: Dict[str, Convert] = {
    "text": text, "plate": plate, "plate_type": plate_type, "license_number": license_number, "tail": tail,
    "date": date, "fen": fen, "count": count, "yes_no": yes_no, "latitude": latitude, "longitude": longitude}
