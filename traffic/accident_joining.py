"""The second driver: joins with the code that the first reads out, and tells what the agreement must hold."""

from __future__ import annotations

import dataclasses
import datetime
import re
from typing import Dict

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from traffic.accident_cases import CaseView, case_of, current_case, expect, sees_it_complete, view
from traffic.accidents import AccidentCase, AccidentParty
from traffic.errors import AnotherCase, DetailsRefused, JoinRefused, OwnCase, PlateError, TooManyProofs
from traffic.opening_days import day_bounds, local_day
from traffic.plates import parse_plate
from traffic.proofs import WRONG_A_DAY, ProofAttempt, subject_of

CODE = re.compile(r"[2-9]{6}")
CODE_LASTS = datetime.timedelta(hours=24)
VEHICLE_KINDS = ("car", "truck", "bus", "motorcycle", "ebike")
PHONE = re.compile(r"1\d{10}|0\d{2,3}-?\d{7,8}|0000-\d{8}")
LICENSE = re.compile(r"\d{17}[\dX]")
NAME = re.compile(r"[\u3400-\u9fff·]{2,20}|[A-Za-z][A-Za-z .·'-]{1,39}")


@dataclasses.dataclass(frozen=True)
class Details:
    """What a driver tells about himself and his vehicle; the licence number is an ID number for who needs none."""

    name: str
    plate: str
    phone: str
    license_number: str
    vehicle_kind: str
    insurer: str = ""
    policy: str = ""
    damage: str = ""
    account: str = ""


def join(session: Session, subscriber: str, code: str, now: datetime.datetime) -> CaseView:
    """Becomes the second driver. Commits a wrong attempt at once, so that it counts whatever follows.

    Raises TooManyProofs after five wrong codes a day, JoinRefused, OwnCase, AnotherCase.
    """
    if _wrong_today(session, subscriber, now) >= WRONG_A_DAY:
        raise TooManyProofs("five wrong codes today: try again tomorrow")
    case = _waiting(session, code, now)
    if case is None:
        session.add(ProofAttempt(subscriber=subscriber, kind="join", subject=subject_of("join", code), at=now,
                                 outcome="wrong"))
        session.commit()
        raise JoinRefused("no case waits for a second driver under this code")
    mine = view(session, case, subscriber)
    if mine.me:
        if mine.me.role == "first":
            raise OwnCase("the other driver types the code")
        return mine
    if current_case(session, subscriber, now):
        raise AnotherCase("finish or give up the other case first")
    return _enter(session, case, subscriber, now)


def _enter(session: Session, case: AccidentCase, subscriber: str, now: datetime.datetime) -> CaseView:
    try:
        with session.begin_nested():
            session.add(AccidentParty(case_id=case.id, role="second", subscriber=subscriber, joined_at=now))
            session.flush()
    except IntegrityError:
        raise JoinRefused("somebody else has just joined") from None
    return view(session, case, subscriber)


def _waiting(session: Session, code: str, now: datetime.datetime) -> AccidentCase | None:
    """The young case of this code that has no second driver."""
    if not CODE.fullmatch(code):
        return None
    second = sa.exists().where(AccidentParty.case_id == AccidentCase.id, AccidentParty.role == "second")
    query = sa.select(AccidentCase).where(
        AccidentCase.join_code == code, AccidentCase.state == "gathering",
        AccidentCase.created_at > now - CODE_LASTS, ~second).order_by(AccidentCase.id.desc())
    return session.execute(query.limit(1)).scalar_one_or_none()


def _wrong_today(session: Session, subscriber: str, now: datetime.datetime) -> int:
    since, until = day_bounds(local_day(now))
    wrong = sa.select(sa.func.count()).select_from(ProofAttempt).where(
        ProofAttempt.subscriber == subscriber, ProofAttempt.kind == "join", ProofAttempt.outcome == "wrong",
        ProofAttempt.at >= since, ProofAttempt.at < until)
    return session.execute(wrong).scalar_one()


def tell_details(session: Session, subscriber: str, number: str, told: Details) -> CaseView:
    """Keeps what a driver told. Raises NotYours, CaseMoved once a proposal was made, DetailsRefused (field → reason:
    missing, impossible, same_plate)."""
    found = expect(case_of(session, subscriber, number, held=True), "gathering")
    kept, wrong = checked(told)
    them = found.them
    if not wrong and them and them.plate and them.plate == kept.plate:
        wrong["plate"] = "same_plate"
    if wrong:
        raise DetailsRefused(wrong)
    for name, value in dataclasses.asdict(kept).items():
        setattr(found.me, name, value or None)
    return sees_it_complete(session, found)


def checked(told: Details) -> tuple[Details, Dict[str, str]]:
    """The details in their normal form, and what is wrong with them."""
    narrow = {name: " ".join(str(value).replace("\0", "").split()) for name, value in dataclasses.asdict(told).items()}
    plate, plate_wrong = _plate(narrow["plate"], narrow["vehicle_kind"])
    kept = dataclasses.replace(
        Details(**narrow), plate=plate, phone=narrow["phone"].replace(" ", ""),
        license_number=narrow["license_number"].replace(" ", "").upper(), insurer=narrow["insurer"][:40],
        policy=narrow["policy"][:40], damage=narrow["damage"][:60], account=narrow["account"][:500])
    fits = {"name": NAME, "phone": PHONE, "license_number": LICENSE}
    wrong = {name: "impossible" for name, form in fits.items() if not form.fullmatch(getattr(kept, name))}
    if kept.vehicle_kind not in VEHICLE_KINDS:
        wrong["vehicle_kind"] = "impossible"
    if plate_wrong:
        wrong["plate"] = plate_wrong
    wrong.update({name: "missing" for name in wrong if not narrow[name]})
    return kept, wrong


def _plate(text: str, kind: str) -> tuple[str, str | None]:
    if kind == "ebike":  # their plates differ from town to town
        plain = re.sub(r"\W", "", text).upper()
        return plain[:12], None if 4 <= len(plain) <= 12 else "impossible"
    try:
        return str(parse_plate(text)), None
    except PlateError:
        return text, "impossible"
