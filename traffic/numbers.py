"""Receipt numbers that people read out: two letters, the date, four digits that count through the day."""

from __future__ import annotations

import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session

from traffic.database import Base

APPOINTMENT, ACCIDENT = "YY", "SG"  # 预约, 事故


class NumberCounter(Base):
    """The last number given out for a prefix and day."""

    __tablename__ = "number_counters"

    prefix: Mapped[str] = sa.Column(sa.String(2), primary_key=True)
    day: Mapped[datetime.date] = sa.Column(sa.Date, primary_key=True)
    last: Mapped[int] = sa.Column(sa.Integer, nullable=False)


COUNT_ON = sa.text("INSERT INTO number_counters (prefix, day, last) VALUES (:prefix, :day, 1)"
                   " ON CONFLICT (prefix, day) DO UPDATE SET last = number_counters.last + 1 RETURNING last")


def next_number(session: Session, prefix: str, day: datetime.date) -> str:
    """E.g. YY2608030042; each is given out once, however many ask at the same time."""
    last = session.execute(COUNT_ON.bindparams(sa.bindparam("day", type_=sa.Date)), {"prefix": prefix, "day": day})
    return f"{prefix}{day:%y%m%d}{last.scalar_one():04d}"
