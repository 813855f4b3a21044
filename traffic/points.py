"""Penalty points (记分) by scoring period. Rules: 公安部令第163号 道路交通安全违法行为记分管理办法."""

from __future__ import annotations

import calendar
import dataclasses
import datetime
from typing import Iterable, List, Sequence, Tuple

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session

from traffic.database import Base, BigId
from traffic.drivers import Driver

FULL = 12
NEARLY_FULL = 9


class PointRecord(Base):
    """Points given for one offense; `fine_paid_on` decides whether they are carried into the next period."""

    __tablename__ = "point_records"
    __table_args__ = (sa.Index("ix_point_records_driver_id_recorded_on", "driver_id", "recorded_on"),)

    id: Mapped[int] = sa.Column(BigId, primary_key=True)
    driver_id: Mapped[int] = sa.Column(sa.ForeignKey("drivers.id"), nullable=False)
    record_number: Mapped[str] = sa.Column(sa.String(32), nullable=False, unique=True)
    recorded_on: Mapped[datetime.date] = sa.Column(sa.Date, nullable=False)
    points: Mapped[int] = sa.Column(sa.Integer, nullable=False)
    code: Mapped[str] = sa.Column(sa.String(10), nullable=False)
    offense: Mapped[str] = sa.Column(sa.String(120), nullable=False)
    place: Mapped[str] = sa.Column(sa.String(100), nullable=False)
    fine_fen: Mapped[int] = sa.Column(sa.Integer, nullable=False)
    fine_paid_on: Mapped[datetime.date | None] = sa.Column(sa.Date)


class PointReduction(Base):
    """Points taken off again: by learning (学法减分, `learning`) or after the full course and test (`full_course`)."""

    __tablename__ = "point_reductions"

    id: Mapped[int] = sa.Column(sa.Integer, primary_key=True)
    driver_id: Mapped[int] = sa.Column(sa.ForeignKey("drivers.id"), nullable=False, index=True)
    reduced_on: Mapped[datetime.date] = sa.Column(sa.Date, nullable=False)
    points: Mapped[int] = sa.Column(sa.Integer, nullable=False)
    reason: Mapped[str] = sa.Column(sa.String(20), nullable=False)


@dataclasses.dataclass(frozen=True)
class PointsPeriod:
    """How a driver stands today; `records` count in this period, `carried` of them come from earlier ones."""

    points: int
    starts: datetime.date
    clears_on: datetime.date
    records: Tuple[PointRecord, ...]
    carried: int
    reduced: int
    stage: str
    trainee_until: datetime.date | None


def period_starting(first_issued_on: datetime.date, number: int) -> datetime.date:
    """First day of the period `number` (0 is the first); 29 February becomes the 28th in a common year."""
    year = first_issued_on.year + number
    last = calendar.monthrange(year, first_issued_on.month)[1]
    return first_issued_on.replace(year=year, day=min(first_issued_on.day, last))


def period_number(first_issued_on: datetime.date, day: datetime.date) -> int:
    """Which period a day falls into; days before the first issue count as the first period."""
    number = max(0, day.year - first_issued_on.year)
    return max(0, number - (period_starting(first_issued_on, number) > day))


def points_of(session: Session, driver_id: int, today: datetime.date) -> PointsPeriod:
    """The driver's present scoring period."""
    driver = session.get(Driver, driver_id)
    records = _rows(session, PointRecord, driver_id, PointRecord.recorded_on, today)
    reductions = _rows(session, PointReduction, driver_id, PointReduction.reduced_on, today)
    return present_period(driver, records, reductions, today)


def _rows(session: Session, table: type, driver_id: int, on: sa.Column, today: datetime.date) -> List:
    query = sa.select(table).filter_by(driver_id=driver_id).where(on <= today).order_by(on)
    return list(session.execute(query).scalars())


def present_period(driver: Driver, records: Sequence[PointRecord], reductions: Sequence[PointReduction],
                   today: datetime.date) -> PointsPeriod:
    """Walks the periods up to `today`, clearing or carrying at the end of each."""
    first = driver.first_issued_on
    current = period_number(first, today)
    days = [r.recorded_on for r in records]
    carried: List[PointRecord] = []
    for number in range(period_number(first, min(days, default=today)), current):
        carried = _carried_over(carried + _within(records, first, number), _within_reduced(reductions, first, number),
                                period_starting(first, number + 1))
    now = _after_course(carried + _within(records, first, current), _within_reduced(reductions, first, current))
    reduced = _learned(_within_reduced(reductions, first, current))
    points = max(0, sum(r.points for r in now) - reduced)
    return PointsPeriod(points, period_starting(first, current), period_starting(first, current + 1), tuple(now),
                        sum(r.points for r in now if r in carried), reduced, stage_of(points), driver.trainee_until)


def stage_of(points: int) -> str:
    """normal, nine (9 to 11 points: careful) or twelve (full: course and test before driving again)."""
    return "twelve" if points >= FULL else "nine" if points >= NEARLY_FULL else "normal"


def _within(records: Iterable[PointRecord], first: datetime.date, number: int) -> List[PointRecord]:
    return [r for r in records if period_number(first, r.recorded_on) == number]


def _within_reduced(reductions: Iterable[PointReduction], first: datetime.date, number: int) -> List[PointReduction]:
    return [r for r in reductions if period_number(first, r.reduced_on) == number]


def _learned(reductions: Iterable[PointReduction]) -> int:
    """At most 6 points a period can be learned away."""
    return min(6, sum(r.points for r in reductions if r.reason == "learning"))


def _after_course(records: List[PointRecord], reductions: Iterable[PointReduction]) -> List[PointRecord]:
    """The full course and its test wipe out what was there before them."""
    passed = max((r.reduced_on for r in reductions if r.reason == "full_course"), default=None)
    return records if passed is None else [r for r in records if r.recorded_on > passed]


def _carried_over(records: List[PointRecord], reductions: List[PointReduction],
                  ends: datetime.date) -> List[PointRecord]:
    """At 12 all stays; below, only the points whose fine is unpaid when the period ends."""
    left = _after_course(records, reductions)
    if sum(r.points for r in left) - _learned(reductions) >= FULL:
        return left
    return [r for r in left if r.fine_fen and (r.fine_paid_on is None or r.fine_paid_on >= ends)]
