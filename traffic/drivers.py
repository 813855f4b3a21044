"""Drivers' licences (驾驶证). Of the file number (档案编号) only the last six places are kept."""

from __future__ import annotations

import datetime
import re

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session

from traffic.database import Base
from traffic.errors import LicenseError


class Driver(Base):
    """A licence holder; scoring periods run from `first_issued_on` (初次领证日期)."""

    __tablename__ = "drivers"

    id: Mapped[int] = sa.Column(sa.Integer, primary_key=True)
    name: Mapped[str] = sa.Column(sa.String(40), nullable=False)
    license_number: Mapped[str] = sa.Column(sa.String(18), nullable=False, unique=True)
    file_tail: Mapped[str | None] = sa.Column(sa.String(6))
    license_class: Mapped[str] = sa.Column(sa.String(10), nullable=False, default="C1", server_default="C1")
    first_issued_on: Mapped[datetime.date] = sa.Column(sa.Date, nullable=False)
    valid_until: Mapped[datetime.date | None] = sa.Column(sa.Date)
    trainee_until: Mapped[datetime.date | None] = sa.Column(sa.Date)
    phone: Mapped[str | None] = sa.Column(sa.String(20))
    state: Mapped[str] = sa.Column(sa.String(20), nullable=False, default="normal", server_default="normal")


def normal_license_number(text: str) -> str:
    """18 places without spaces, X in upper case; raises LicenseError."""
    number = re.sub(r"[\s-]", "", text).upper()
    if not re.fullmatch(r"\d{17}[\dX]", number):
        raise LicenseError("a licence number has 18 places: 17 digits and then a digit or X")
    return number


def mask_license(number: str) -> str:
    """For showing: the first three and last two places."""
    return f"{number[:3]}{'*' * (len(number) - 5)}{number[-2:]}" if len(number) > 8 else "*" * len(number)


def driver_with_license(session: Session, license_number: str) -> Driver | None:
    """The driver of a normal licence number; never to be shown without a binding."""
    return session.execute(sa.select(Driver).where(Driver.license_number == license_number)).scalar_one_or_none()
