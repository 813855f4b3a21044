"""A code (窗口码) for who has neither frame nor file number at hand: shown in the chat, typed at the counter.

The counter types it with the plate or licence number and the phone on record, which its owner says; what fits is bound
to the one who was shown the code.
"""

from __future__ import annotations

import datetime
import hmac
import re
import secrets
from typing import List

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session

from traffic.bindings import LicenseBinding, VehicleBinding, insert_binding
from traffic.database import Base, UtcDateTime
from traffic.drivers import Driver, driver_with_license, normal_license_number
from traffic.errors import CounterCodeGone, LicenseError, PlateError, ProofError
from traffic.plates import parse_plate
from traffic.vehicles import Vehicle, vehicles_with_plate

DIGITS, LENGTH = "23456789", 6
LASTS = datetime.timedelta(hours=2)


class CounterCode(Base):
    """One code of one subscriber, until it is used or over."""

    __tablename__ = "counter_codes"

    code: Mapped[str] = sa.Column(sa.String(8), primary_key=True)
    subscriber: Mapped[str] = sa.Column(sa.String(64), nullable=False, unique=True)
    until: Mapped[datetime.datetime] = sa.Column(UtcDateTime, nullable=False)


def code_for(session: Session, subscriber: str, now: datetime.datetime) -> str:
    """The subscriber's running code, or a new one for two hours."""
    over = sa.delete(CounterCode).where(CounterCode.until <= now)
    session.execute(over, execution_options={"synchronize_session": False})
    mine = session.execute(sa.select(CounterCode).where(CounterCode.subscriber == subscriber)).scalar_one_or_none()
    if mine is None:
        mine = CounterCode(code=_unused(session), subscriber=subscriber, until=now + LASTS)
        session.add(mine)
        session.flush()
    return mine.code


def _unused(session: Session) -> str:
    while True:
        code = "".join(secrets.choice(DIGITS) for _ in range(LENGTH))
        if session.get(CounterCode, code) is None:
            return code


def bind_at_counter(session: Session, code: str, what: str, phone: str, now: datetime.datetime) -> Vehicle | Driver:
    """Binds the vehicle of this plate, or the licence of this number, to whom the code was shown; uses the code up.

    Raises CounterCodeGone, and ProofError for whatever is unknown or has another phone on record.
    """
    row = session.get(CounterCode, code.strip())
    if row is None or row.until <= now:
        raise CounterCodeGone("no such code, or it is over: the driver asks for a new one in the chat")
    found = next((each for each in _candidates(session, what) if _same_phone(session, each, phone)), None)
    if found is None:
        raise ProofError("the plate or licence and the phone do not belong together")
    insert_binding(session, _binding(row.subscriber, found, now), now)
    session.delete(row)
    session.flush()
    return found


def _binding(subscriber: str, record: Vehicle | Driver, now: datetime.datetime) -> VehicleBinding | LicenseBinding:
    if isinstance(record, Vehicle):
        return VehicleBinding(subscriber=subscriber, vehicle_id=record.id, bound_at=now)
    return LicenseBinding(subscriber=subscriber, driver_id=record.id, bound_at=now)


def _candidates(session: Session, what: str) -> List[Vehicle | Driver]:
    try:
        driver = driver_with_license(session, normal_license_number(what))
        return [driver] if driver else []
    except LicenseError:
        pass
    try:
        return list(vehicles_with_plate(session, parse_plate(what).text))
    except PlateError:
        return []


def _same_phone(session: Session, record: Vehicle | Driver, phone: str) -> bool:
    """The vehicle's or its owner's phone, or the licence holder's; an empty one fits nobody."""
    owner = session.get(Driver, record.owner_id) if isinstance(record, Vehicle) and record.owner_id else None
    known = [record.owner_phone, owner.phone if owner else None] if isinstance(record, Vehicle) else [record.phone]
    typed = _digits(phone)
    return len(typed) >= 7 and any(hmac.compare_digest(typed, _digits(each)) for each in known if each)


def _digits(phone: str) -> str:
    return re.sub(r"[^0-9]", "", phone)
