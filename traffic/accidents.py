"""Minor accidents (微处理): the case, its parties and photos. The guided service builds on these tables."""

from __future__ import annotations

import datetime
import secrets

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session

from traffic import numbers
from traffic.database import Base, UtcDateTime, utc_now
from traffic.opening_days import local_day

CODE_LETTERS = "23456789"


class AccidentCase(Base):
    """One accident: gathering, proposed, agreed, with_officer, decided or closed (given up).

    `cause` is a code of `accident_causes`, `a_role` the party who is car A in its picture, `liability` A's share: full,
    main or equal. An officer who wants to see both decides `visit`.
    """

    __tablename__ = "accident_cases"
    __table_args__ = (sa.Index("ix_accident_cases_join_code", "join_code"),
                      sa.Index("ix_accident_cases_state", "state"))

    id: Mapped[int] = sa.Column(sa.Integer, primary_key=True)
    number: Mapped[str] = sa.Column(sa.String(16), nullable=False, unique=True)
    key: Mapped[str] = sa.Column(sa.String(128), nullable=False, unique=True)
    join_code: Mapped[str] = sa.Column(sa.String(8), nullable=False)
    state: Mapped[str] = sa.Column(sa.String(12), nullable=False, default="gathering")
    created_at: Mapped[datetime.datetime] = sa.Column(UtcDateTime, nullable=False)
    happened_at: Mapped[datetime.datetime | None] = sa.Column(UtcDateTime)
    place: Mapped[str | None] = sa.Column(sa.String(100))
    latitude: Mapped[float | None] = sa.Column(sa.Float)
    longitude: Mapped[float | None] = sa.Column(sa.Float)
    cause: Mapped[str | None] = sa.Column(sa.String(40))
    liability: Mapped[str | None] = sa.Column(sa.String(20))
    article: Mapped[str | None] = sa.Column(sa.String(100))
    decided_by: Mapped[str | None] = sa.Column(sa.String(40))
    decided_at: Mapped[datetime.datetime | None] = sa.Column(UtcDateTime)
    weather: Mapped[str | None] = sa.Column(sa.String(10))
    a_role: Mapped[str | None] = sa.Column(sa.String(10))
    proposed_by: Mapped[str | None] = sa.Column(sa.String(10))
    proposed_at: Mapped[datetime.datetime | None] = sa.Column(UtcDateTime)
    objected_by: Mapped[str | None] = sa.Column(sa.String(10))
    objection: Mapped[str | None] = sa.Column(sa.String(500))
    objected_at: Mapped[datetime.datetime | None] = sa.Column(UtcDateTime)
    reason: Mapped[str | None] = sa.Column(sa.String(600))
    booking: Mapped[str | None] = sa.Column(sa.String(16))
    visit_at: Mapped[datetime.datetime | None] = sa.Column(UtcDateTime)
    closed_at: Mapped[datetime.datetime | None] = sa.Column(UtcDateTime)


class AccidentParty(Base):
    """One of the drivers in a case; `role` is first (who opened it) or second."""

    __tablename__ = "accident_parties"
    __table_args__ = (sa.UniqueConstraint("case_id", "role"), sa.Index("ix_accident_parties_subscriber", "subscriber"))

    id: Mapped[int] = sa.Column(sa.Integer, primary_key=True)
    case_id: Mapped[int] = sa.Column(sa.ForeignKey("accident_cases.id"), nullable=False)
    role: Mapped[str] = sa.Column(sa.String(10), nullable=False)
    subscriber: Mapped[str | None] = sa.Column(sa.String(64))
    plate: Mapped[str | None] = sa.Column(sa.String(12))
    phone: Mapped[str | None] = sa.Column(sa.String(20))
    agreed_at: Mapped[datetime.datetime | None] = sa.Column(UtcDateTime)
    joined_at: Mapped[datetime.datetime | None] = sa.Column(UtcDateTime)
    name: Mapped[str | None] = sa.Column(sa.String(40))
    license_number: Mapped[str | None] = sa.Column(sa.String(18))
    vehicle_kind: Mapped[str | None] = sa.Column(sa.String(20))
    insurer: Mapped[str | None] = sa.Column(sa.String(40))
    policy: Mapped[str | None] = sa.Column(sa.String(40))
    damage: Mapped[str | None] = sa.Column(sa.String(60))
    account: Mapped[str | None] = sa.Column(sa.String(500))
    told: Mapped[str | None] = sa.Column(sa.String(60))


class AccidentPhoto(Base):
    """A picture of a case (front, rear, contact, plates or scene); `path` and `sha256` as `photos` keeps them.

    `taken_at` is what the phone wrote into the file, as far as it did; `source` is chat or page.
    """

    __tablename__ = "accident_photos"
    __table_args__ = (sa.Index("uq_accident_photos_case_id_sha256", "case_id", "sha256", unique=True),)

    id: Mapped[int] = sa.Column(sa.Integer, primary_key=True)
    case_id: Mapped[int] = sa.Column(sa.ForeignKey("accident_cases.id"), nullable=False, index=True)
    party_id: Mapped[int | None] = sa.Column(sa.ForeignKey("accident_parties.id"))
    kind: Mapped[str] = sa.Column(sa.String(10), nullable=False)
    path: Mapped[str] = sa.Column(sa.String(200), nullable=False)
    sha256: Mapped[str] = sa.Column(sa.String(64), nullable=False)
    received_at: Mapped[datetime.datetime] = sa.Column(UtcDateTime, nullable=False)
    taken_at: Mapped[datetime.datetime | None] = sa.Column(UtcDateTime)
    source: Mapped[str | None] = sa.Column(sa.String(6))


def open_accident_case(session: Session, subscriber: str, key: str, *, plate: str | None = None,
                       phone: str | None = None, place: str | None = None, latitude: float | None = None,
                       longitude: float | None = None, now: datetime.datetime | None = None) -> AccidentCase:
    """A case with its first party and a code for the second; the same `key` gives the same case again."""
    by_key = sa.select(AccidentCase).where(AccidentCase.key == key)
    known = session.execute(by_key).scalar_one_or_none()
    if known:
        return known
    now = now or utc_now()
    try:
        with session.begin_nested():
            case = AccidentCase(number=numbers.next_number(session, numbers.ACCIDENT, local_day(now)), key=key,
                                join_code="".join(secrets.choice(CODE_LETTERS) for _ in range(6)), state="gathering",
                                created_at=now, place=place, latitude=latitude, longitude=longitude)
            session.add(case)
            session.flush()
            session.add(AccidentParty(case_id=case.id, role="first", subscriber=subscriber, plate=plate, phone=phone,
                                      joined_at=now))
        return case
    except IntegrityError:
        return session.execute(by_key).scalar_one()
