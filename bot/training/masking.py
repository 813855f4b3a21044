"""Takes personal data out of what drivers wrote, before a maintainer or a training file sees it.

Every mask is as long as what it hides, so that positions of entities stay right, and has its shape, so that a masked
sentence teaches the same as the original.
"""

from __future__ import annotations

import dataclasses
import itertools
import re
import unicodedata
from typing import Callable, Dict, Iterator, List, Sequence, Tuple

from traffic.plates import find_plates

DIGITS = str.maketrans("零〇一二三四五六七八九壹贰叁肆伍陆柒捌玖幺两", "0012345678912345678912")
BETWEEN = r"(?:[ \-—－·.．]{1,3}|[,，、/])?"
RUN = re.compile(rf"[0-9](?:{BETWEEN}[0-9]){{4,}}(?:[ \-]?[xX])?")
COUNTED = re.compile(r"[0-9]{5,7}\s?(?:元|块|公里)")
WRITTEN = re.compile(r"[零〇一二三四五六七八九壹贰叁肆伍陆柒捌玖幺]{6,}")
COVERED = re.compile(r"[0-9]{0,6}\*{4,}[0-9Xx]{0,4}")  # by bot.personal_numbers, when the turn ended
ENDING = re.compile(r"(?:尾号|后四位|后4位|末四位)(?:是|为)?\s*([0-9]{4})(?![0-9])")
CODE = re.compile(r"(?<![0-9A-Za-z])(?=[0-9A-Za-z_\-]*[0-9][0-9A-Za-z_\-]*[0-9])(?=[0-9A-Za-z_\-]*[A-Za-z])"
                  r"[0-9A-Za-z_\-]{6,}(?![0-9A-Za-z])")
MAIL = re.compile(r"[0-9A-Za-z_.+\-]+ ?@ ?[0-9A-Za-z\-]+(?:[.。][0-9A-Za-z\-]+)+")
ACCOUNT = re.compile(r"(?:微信|薇信|威信|抖音|快手|(?<![A-Z])[wv]x|(?<![A-Z])(?:wechat|id)(?=[:：号])|账号|帐号)"
                     r"(?:号码?|id)?(?:是|为|叫|加|搜)?[\s:：]*([A-Z][0-9A-Z_\-]{3,19})(?![0-9A-Z])", re.IGNORECASE)
COUNT = r"[0-9一二三四五六七八九十百]{1,5}\s?"
PART = r"(?:号楼|号(?![线台码牌口岗段窗])|弄|幢|栋|座(?!城)|单元|室|楼|层)"
HOUSE = re.compile(rf"(?<=[路街道巷弄村里区苑园庄城墅坊府厦寓])\s?{COUNT}"
                   rf"(?:号(?![线台码牌口岗段窗])|弄|幢|栋|座(?!城))(?:[\s,，\-]?{COUNT}{PART}|-?{COUNT}(?![0-9年月日点时]))*")
COMPANY = re.compile(r"((?:(?![是在叫的给去跟和到把被由我你他])[\u4e00-\u9fff]){2,14})"
                     r"(?=有限公司|有限责任公司|股份公司|合伙企业|个体工商户|经营部|商行)")
PUBLIC = frozenset({"12123", "12122", "12345", "12388", "12389", "12320", "12309", "12368", "95518", "95511"})
ROAD = re.compile(r"[GSXYCgsxyc]\d{1,4}")
DATE = re.compile(r"(?:19|20)\d\d[-/. ]?(?:0?[1-9]|1[0-2])(?:[-/. ]?(?:0?[1-9]|[12]\d|3[01]))?")
SHAPE_DIGITS, SHAPE_LETTERS = "123456789", "ABCDEFGH"


@dataclasses.dataclass(frozen=True)
class Masked:
    """A text without personal data; `marks` are (entity, start, end) of what stands in for it."""

    text: str
    marks: Tuple[Tuple[str, int, int], ...]


Span = Tuple[int, int, str]
"""(start, end, entity or "" for what is none)."""

FindNames = Callable[[str], List[Tuple[int, int]]]


def mask_personal(text: str, names: FindNames) -> Masked:
    """Plates, identity and telephone numbers, other long numbers, addresses of mail, and names of persons replaced."""
    letters, marks, plates = list(text), [], _plates(text)
    whole = [plate for plate in plates if plate[2]]
    rest = _blanked(text, whole)  # 浙JA1234 138…: the plate's digits are no part of the telephone number
    plain = rest.translate(HALF_WIDTH)
    others = [plate for plate in plates if not plate[2]]
    for start, end, entity in whole + _without_overlap([*others, *_numbers(rest, plain), *_codes(plain)]):
        letters[start:end] = _shaped(text[start:end], entity)
        if entity:
            marks.append((entity, start, end))
    between = "".join(letters)
    for start, end in [*names(between), *(m.span(1) for m in COMPANY.finditer(between))]:
        if not any(s < end and start < e for _, s, e in marks):
            letters[start:end] = "某" * (end - start)
    return Masked("".join(letters), tuple(sorted(marks, key=lambda mark: mark[1])))


def _plates(text: str) -> List[Span]:
    spans = {(start, end, "" if isinstance(found, Exception) else "plate_number")
             for words in {text, text.translate(DIGITS)} for start, end, found in find_plates(words)}  # 浙J幺二三四五
    return _without_overlap(sorted(spans))


def _blanked(text: str, spans: List[Span]) -> str:
    letters = list(text)
    for start, end, _ in spans:
        letters[start:end] = "\n" * (end - start)
    return "".join(letters)


def _numbers(text: str, plain: str) -> Iterator[Span]:
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
    yield from ((*found.span(1), "") for found in ENDING.finditer(plain))


def _public(said: str, digits: str) -> bool:
    return digits in PUBLIC or DATE.fullmatch(said.strip()) is not None


def _kind_of(said: str, digits: str) -> str:
    if re.fullmatch(r"1[3-9]\d{9}", digits):
        return "phone"
    if len(digits) in (17, 18) and re.fullmatch(r"\d{17}[\dxX]", re.sub(BETWEEN, "", said)):
        return "license_number"
    return ""


def _codes(plain: str) -> Iterator[Span]:
    for pattern in (MAIL, CODE):
        for found in pattern.finditer(plain):
            if not ROAD.fullmatch(found.group()):
                yield found.start(), found.end(), ""
    yield from ((*found.span(1), "") for found in ACCOUNT.finditer(plain))
    yield from ((*found.span(), "") for found in HOUSE.finditer(plain))


class _HalfWidth(Dict[int, str]):
    """For str.translate: half width, one character for one; each character is looked up once."""

    def __missing__(self, code: int) -> str:
        narrow = unicodedata.normalize("NFKC", chr(code))
        self[code] = narrow if len(narrow) == 1 else chr(code)
        return self[code]


HALF_WIDTH = _HalfWidth()


def _without_overlap(spans: Sequence[Span]) -> List[Span]:
    """The longest of those that overlap, those with a name before others; of the rest what sticks out."""
    chosen: List[Span] = []
    for span in sorted(spans, key=lambda s: (s[0] - s[1], not s[2], s[0])):
        covered = {at for start, end, _ in chosen for at in range(start, end)}
        if covered.isdisjoint(range(*span[:2])):
            chosen.append(span)
        else:
            chosen += [(at, at + 1, "") for at in range(*span[:2]) if at not in covered]
    return chosen


def _shaped(said: str, entity: str) -> List[str]:
    """Other digits and letters in the same places. A plate keeps province and office, a mobile number its first 1."""
    kept = {"plate_number": _office_end(said), "phone": 1}.get(entity, 0)
    if entity == "license_number":
        return _license(said)
    digits, letters = itertools.cycle(SHAPE_DIGITS), itertools.cycle(SHAPE_LETTERS)
    if entity == "phone":
        digits = itertools.cycle(SHAPE_DIGITS[2:] + SHAPE_DIGITS[:2])  # behind the 1 comes 3 to 9
    return [*said[:kept], *(_other(c, digits, letters) for c in said[kept:])]


def _other(said: str, digits: Iterator[str], letters: Iterator[str]) -> str:
    """The next of the shape, but never what stood there."""
    plain = said.translate(HALF_WIDTH).translate(DIGITS).upper()
    if not (plain in "*十百" or plain.isdigit() or (plain.isascii() and plain.isalpha())):
        return said
    shape = letters if plain.isalpha() and plain.isascii() else digits
    return next(other for other in shape if other != plain)


def _office_end(plate: str) -> int:
    """浙J → 2, 浙 · J → 5: how much of a plate says only where it was given out."""
    return next((at for at, c in enumerate(plate, start=1) if c.translate(HALF_WIDTH).isascii() and c.isalpha()), 1)


def _license(said: str) -> List[str]:
    """18 places with a date of birth in them, as the extractor wants it, of an office that there is not."""
    places = iter("990000190001010012")
    return [next(places, "0") if c.isalnum() or c == "*" else c for c in said]
