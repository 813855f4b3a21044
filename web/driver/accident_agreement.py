"""The agreement of two drivers (道路交通事故自行协商协议书), as PDF and as picture.

What it must hold: 道路交通事故处理程序规定 article 21. Each reader's copy masks the other's licence number.
"""

from __future__ import annotations

import hashlib
from typing import Iterator, List, Tuple

from bot.settings import load_station
from traffic.accident_cases import CaseView
from traffic.accident_causes import cause, other
from traffic.accident_diagrams import png
from traffic.accidents import AccidentParty
from traffic.drivers import mask_license
from traffic.presentation import local
from web.driver.accident_sheet import PdfSheet, PictureSheet, Sheet, wrapped
from web.driver.accident_words import words

LEFT, RIGHT, SIZE = 18.0, 192.0, 10.0
OF_A_PARTY = ("name", "license_number", "phone", "vehicle_kind", "plate", "insurer", "policy", "damage", "share")
OFFICER = "officer"


def agreement_pdf(found: CaseView, reader: str) -> bytes:
    """The copy of `reader`: first, second or officer."""
    sheet = PdfSheet(f"{_title(found)} {found.case.number}")
    _draw(sheet, found, reader)
    return sheet.bytes()


def agreement_picture(found: CaseView, reader: str) -> bytes:
    """The same as JPEG."""
    sheet = PictureSheet()
    _draw(sheet, found, reader)
    return sheet.bytes()


def agreement_lines(found: CaseView, reader: str) -> List[Tuple[str, str, str]]:
    """(label, first driver's, second driver's) of the table of parties."""
    labels = words()["agreement"]["labels"]
    return [(labels[name], *(_told(found, role, name, reader) for role in ("first", "second"))) for name in OF_A_PARTY]


def check_code(found: CaseView) -> str:
    """Twelve places that change with whatever both agreed to."""
    case = found.case
    agreed = [case.number, case.cause, case.a_role, case.liability, case.place, case.reason,
              *(f"{p.name}{p.plate}{p.license_number}{p.agreed_at}" for p in found.parties),
              *(photo.sha256 for photo in found.photos)]
    return hashlib.sha256(repr(agreed).encode()).hexdigest()[:12].upper()


def _title(found: CaseView) -> str:
    return str(words()["agreement"]["title" if found.case.state == "agreed" else "decided_title"])


def _told(found: CaseView, role: str, name: str, reader: str) -> str:
    party, unknown = found.party(role), str(words()["agreement"]["unknown"])
    if name == "share":
        share = found.share(role)
        return words()["shares"][share] if share else unknown
    value = getattr(party, name, None)
    if not value:
        return unknown
    if name == "license_number" and reader not in (role, OFFICER):
        return mask_license(value)
    return words()["vehicle_kinds"].get(value, value) if name == "vehicle_kind" else str(value)


def _draw(sheet: Sheet, found: CaseView, reader: str) -> None:
    station, says = load_station(), words()["agreement"]
    sheet.centred(16, _title(found), 20)
    sheet.centred(27, says["number"].format(case=found.case.number), 10)
    y = 36.0
    for label, value in _facts(found):
        y = _row(sheet, y, [(label, 30), (value, RIGHT - LEFT - 30)])
    y = _row(sheet, y + 4, [("", 46), (words()["roles"]["first"], 64), (words()["roles"]["second"], 64)])
    for label, first, second in agreement_lines(found, reader):
        y = _row(sheet, y, [(label, 46), (first, 64), (second, 64)])
    y = _cause(sheet, found, y + 4)
    y = _paragraph(sheet, y + 4, _conclusion(found))
    _signatures(sheet, found, y + 6)
    foot = says["foot"].format(account=station.account_name, check=check_code(found))
    sheet.centred(284, foot, 8)


def _facts(found: CaseView) -> Iterator[Tuple[str, str]]:
    case, says = found.case, words()["agreement"]
    yield says["labels"]["time"], f"{local(case.happened_at or case.created_at):%Y-%m-%d %H:%M}"
    yield says["labels"]["place"], place_of(found) or says["unknown"]
    yield says["labels"]["weather"], words()["weathers"].get(case.weather, says["unknown"])


def place_of(found: CaseView) -> str:
    """Words, else the position in degrees, else nothing."""
    case = found.case
    return case.place or (f"{case.latitude:.5f}, {case.longitude:.5f}" if case.latitude is not None else "")


def cause_line(found: CaseView) -> str:
    """What happened, and who is A and B of the picture."""
    case, says = found.case, words()["agreement"]
    if not case.cause or not case.a_role:
        return str(says["no_cause"])
    chosen, roles = cause(case.cause), words()["roles"]
    return str(says["cause_line"]).format(title=chosen.title, told=chosen.told, a=roles[case.a_role],
                                          b=roles[other(case.a_role)])


def _cause(sheet: Sheet, found: CaseView, y: float) -> float:
    says, case = words()["agreement"]["labels"], found.case
    y = _row(sheet, y, [(says["cause"], 30), (cause_line(found), RIGHT - LEFT - 30)])
    y = _row(sheet, y, [(says["law"], 30), (case.article or "", RIGHT - LEFT - 30)])
    if case.cause:
        sheet.picture(png(case.cause), LEFT + 57, y + 3, 60, 45)
        y += 50
    return y


def _conclusion(found: CaseView) -> str:
    case, says = found.case, words()["agreement"]
    if case.state == "agreed" or case.decided_at is None:
        return str(says["settled"])
    return str(says["decided"]).format(when=f"{local(case.decided_at):%Y-%m-%d %H:%M}", reason=case.reason or "")


def _signatures(sheet: Sheet, found: CaseView, y: float) -> None:
    for party, x in zip(found.parties, (LEFT, LEFT + 90), strict=False):
        sheet.frame(x, y, 84, 24)
        sheet.text(x + 3, y + 2, words()["roles"][party.role], 9, "#555555")
        if party.agreed_at and party.name:
            sheet.text(x + 26, y + 6, party.name, 20, "#1f3f9e")
            sheet.text(x + 26, y + 16, _signed_at(party), 8, "#555555")


def _signed_at(party: AccidentParty) -> str:
    when = f"{local(party.agreed_at):%Y-%m-%d %H:%M:%S}" if party.agreed_at else ""
    return str(words()["agreement"]["signed_at"]).format(when=when)


def _row(sheet: Sheet, y: float, cells: List[Tuple[str, float]]) -> float:
    """One row of a table, as high as its longest cell; the next row's y."""
    lines = [wrapped(told, SIZE, width - 4) for told, width in cells]
    height = max(len(each) for each in lines) * 5 + 3
    x = LEFT
    for told, (_, width) in zip(lines, cells, strict=True):
        sheet.frame(x, y, width, height)
        for number, line in enumerate(told):
            sheet.text(x + 2, y + 1.6 + number * 5, line, SIZE)
        x += width
    return y + height


def _paragraph(sheet: Sheet, y: float, told: str) -> float:
    for line in wrapped(told, SIZE, RIGHT - LEFT):
        sheet.text(LEFT, y, line, SIZE)
        y += 5.5
    return y

