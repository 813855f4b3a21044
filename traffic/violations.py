"""Violations (违法记录) of a vehicle, and their sums."""

from __future__ import annotations

import dataclasses
import datetime
from typing import List, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session

from traffic.database import Base, BigId, UtcDateTime
from traffic.drivers import Driver
from traffic.offenses import recorded_as
from traffic.vehicles import Vehicle


class Violation(Base):
    """One recorded offense: handled (处理) when `decided_on` is set, paid (缴款) when `paid_on` is."""

    __tablename__ = "violations"
    __table_args__ = (sa.Index("ix_violations_vehicle_id_happened_at", "vehicle_id", "happened_at"),)

    id: Mapped[int] = sa.Column(BigId, primary_key=True)
    record_number: Mapped[str] = sa.Column(sa.String(32), nullable=False, unique=True)
    vehicle_id: Mapped[int] = sa.Column(sa.ForeignKey(Vehicle.id), nullable=False)
    driver_id: Mapped[int | None] = sa.Column(sa.ForeignKey(Driver.id), index=True)
    happened_at: Mapped[datetime.datetime] = sa.Column(UtcDateTime, nullable=False)
    place: Mapped[str] = sa.Column(sa.String(100), nullable=False)
    city: Mapped[str] = sa.Column(sa.String(20), nullable=False)
    province: Mapped[str] = sa.Column(sa.String(10), nullable=False)
    code: Mapped[str] = sa.Column(sa.String(10), nullable=False)
    offense: Mapped[str] = sa.Column(sa.String(120), nullable=False)
    fine_fen: Mapped[int] = sa.Column(sa.Integer, nullable=False)
    points: Mapped[int] = sa.Column(sa.Integer, nullable=False)
    decided_on: Mapped[datetime.date | None] = sa.Column(sa.Date)
    decision_number: Mapped[str | None] = sa.Column(sa.String(20))
    paid_on: Mapped[datetime.date | None] = sa.Column(sa.Date)
    photo: Mapped[str | None] = sa.Column(sa.String(200))
    authority: Mapped[str | None] = sa.Column(sa.String(60))

    @property
    def paid(self) -> bool:
        """Whether the fine is paid; a violation without a fine is settled once decided."""
        return self.paid_on is not None or (self.fine_fen == 0 and self.decided_on is not None)

    @property
    def state(self) -> str:
        """open (未处理), decided (已处理未缴款) or paid."""
        return "paid" if self.paid else "decided" if self.decided_on else "open"


FREE_DAYS = 15
SETTLED = sa.or_(Violation.paid_on.is_not(None), sa.and_(Violation.fine_fen == 0, Violation.decided_on.is_not(None)))


@dataclasses.dataclass(frozen=True)
class Totals:
    """Sums over violations; the `unpaid_` ones are what is still to be settled."""

    count: int
    fine_fen: int
    points: int
    unpaid_count: int
    unpaid_fine_fen: int
    unpaid_points: int


def violations_of(session: Session, vehicle_id: int, *, paid: bool | None = None,
                  since: datetime.datetime | None = None, until: datetime.datetime | None = None,
                  offense: str | None = None, place: str | None = None) -> List[Violation]:
    """A vehicle's violations, latest first.

    `offense` is what drivers call it, or a part of its recorded name; `place` (also a city or province) a part.

    `since` is included, `until` is not. What happened before the plate changed hands is left out.
    """
    query = sa.select(Violation).where(Violation.vehicle_id == vehicle_id)
    vehicle = session.get(Vehicle, vehicle_id)
    for moment in (since, vehicle.owner_since if vehicle else None):
        query = query.where(Violation.happened_at >= moment) if moment else query
    query = query.where(Violation.happened_at < until) if until else query
    query = query.where(SETTLED if paid else sa.not_(SETTLED)) if paid is not None else query
    query = query.where(_named(offense)) if offense else query
    query = query.where(_at_place(place)) if place else query
    return list(session.execute(query.order_by(Violation.happened_at.desc(), Violation.id.desc())).scalars())


def _named(offense: str) -> sa.sql.ColumnElement:
    return sa.or_(*(Violation.offense.contains(part, autoescape=True) for part in recorded_as(offense)))


def _at_place(place: str) -> sa.sql.ColumnElement:
    columns = (Violation.place, Violation.city, Violation.province)
    return sa.or_(*(column.contains(place, autoescape=True) for column in columns))


def totals(violations: Sequence[Violation]) -> Totals:
    """Count, fine (fen) and points of all, and of those still unpaid."""
    unpaid = [v for v in violations if not v.paid]
    return Totals(len(violations), sum(v.fine_fen for v in violations), sum(v.points for v in violations),
                  len(unpaid), sum(v.fine_fen for v in unpaid), sum(v.points for v in unpaid))


def late_fee_fen(violation: Violation, today: datetime.date) -> int:
    """What is added to an unpaid fine (加处罚款), in fen: 3 % a day from the 16th day on, at most the fine.

    Sources: 行政处罚法 articles 67 and 72, 道路交通安全法 article 109. Settled or undecided: 0.
    """
    if violation.decided_on is None or violation.paid:
        return 0
    late_days = max(0, (today - violation.decided_on).days - FREE_DAYS)
    return min(violation.fine_fen, violation.fine_fen * 3 * late_days // 100)
