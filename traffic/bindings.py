"""Whose vehicle, whose licence (绑定): nothing is shown that was not proven to be the asker's."""

from __future__ import annotations

import datetime
from typing import List

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session

from traffic.database import Base, UtcDateTime, utc_now
from traffic.drivers import Driver, driver_with_license, normal_license_number
from traffic.errors import TrafficError
from traffic.plates import parse_plate
from traffic.proofs import proven
from traffic.vehicles import Vehicle, vehicles_with_plate


def _one_running(table: str, column: str) -> sa.Index:
    running = sa.text("ended_at IS NULL")
    return sa.Index(f"uq_{table}_running", "subscriber", column, unique=True, sqlite_where=running,
                    postgresql_where=running)


class VehicleBinding(Base):
    """A subscriber proved to know a vehicle; several may (a household), and one may know many (a fleet)."""

    __tablename__ = "vehicle_bindings"
    __table_args__ = (_one_running("vehicle_bindings", "vehicle_id"),)

    id: Mapped[int] = sa.Column(sa.Integer, primary_key=True)
    subscriber: Mapped[str] = sa.Column(sa.String(64), nullable=False)
    vehicle_id: Mapped[int] = sa.Column(sa.ForeignKey("vehicles.id"), nullable=False, index=True)
    bound_at: Mapped[datetime.datetime] = sa.Column(UtcDateTime, nullable=False)
    ended_at: Mapped[datetime.datetime | None] = sa.Column(UtcDateTime)


class LicenseBinding(Base):
    """A subscriber proved to know a licence."""

    __tablename__ = "license_bindings"
    __table_args__ = (_one_running("license_bindings", "driver_id"),)

    id: Mapped[int] = sa.Column(sa.Integer, primary_key=True)
    subscriber: Mapped[str] = sa.Column(sa.String(64), nullable=False)
    driver_id: Mapped[int] = sa.Column(sa.ForeignKey("drivers.id"), nullable=False, index=True)
    bound_at: Mapped[datetime.datetime] = sa.Column(UtcDateTime, nullable=False)
    ended_at: Mapped[datetime.datetime | None] = sa.Column(UtcDateTime)


def bind_vehicle(session: Session, subscriber: str, plate: str, frame_tail: str, now: datetime.datetime,
                 key: str | None = None) -> Vehicle:
    """Binds the vehicle with this plate whose frame number ends in these six places; again changes nothing.

    Commits the attempt; the same `key` is the same attempt.
    Raises PlateError, ProofError (equal for unknown and wrong), TooManyProofs.
    """
    normal = parse_plate(plate).text
    vehicle = proven(session, subscriber, "vehicle", normal, frame_tail, vehicles_with_plate(session, normal),
                     "frame_tail", now, key)
    if vehicle not in bound_vehicles(session, subscriber):
        insert_binding(session, VehicleBinding(subscriber=subscriber, vehicle_id=vehicle.id, bound_at=now), now)
    return vehicle


def bind_license(session: Session, subscriber: str, license_number: str, file_tail: str,
                 now: datetime.datetime, key: str | None = None) -> Driver:
    """Binds the licence whose file number ends in these six places; again changes nothing.

    Commits the attempt; the same `key` is the same attempt.
    Raises LicenseError, ProofError (equal for unknown and wrong), TooManyProofs.
    """
    number = normal_license_number(license_number)
    found = driver_with_license(session, number)
    driver = proven(session, subscriber, "license", number, file_tail, [found] if found else [], "file_tail", now, key)
    if driver not in bound_licenses(session, subscriber):
        insert_binding(session, LicenseBinding(subscriber=subscriber, driver_id=driver.id, bound_at=now), now)
    return driver


def insert_binding(session: Session, binding: VehicleBinding | LicenseBinding, now: datetime.datetime) -> None:
    """Keeps what was proven; a binding that runs already stays the only one."""
    if isinstance(binding, VehicleBinding):  # one from before the plate changed hands still stands in the way
        vehicle = session.get(Vehicle, binding.vehicle_id)
        if vehicle in bound_vehicles(session, binding.subscriber):
            return
        _end(session, VehicleBinding, binding.subscriber, VehicleBinding.vehicle_id == binding.vehicle_id, now)
    try:
        with session.begin_nested():
            session.add(binding)
    except IntegrityError:
        pass  # the same message in another process was quicker: it is bound, which is what was asked


def _running_vehicles(subscriber: str) -> List[sa.sql.ColumnElement]:
    """A binding from before the plate changed hands no longer counts."""
    still_theirs = sa.or_(Vehicle.owner_since.is_(None), Vehicle.owner_since <= VehicleBinding.bound_at)
    return [VehicleBinding.subscriber == subscriber, VehicleBinding.ended_at.is_(None), still_theirs]


def bound_vehicles(session: Session, subscriber: str) -> List[Vehicle]:
    """A subscriber's vehicles, first bound first."""
    query = sa.select(Vehicle).join(VehicleBinding, VehicleBinding.vehicle_id == Vehicle.id)
    return list(session.execute(query.where(*_running_vehicles(subscriber)).order_by(VehicleBinding.id)).scalars())


def bound_licenses(session: Session, subscriber: str) -> List[Driver]:
    """A subscriber's licences, first bound first."""
    query = sa.select(Driver).join(LicenseBinding, LicenseBinding.driver_id == Driver.id).where(
        LicenseBinding.subscriber == subscriber, LicenseBinding.ended_at.is_(None))
    return list(session.execute(query.order_by(LicenseBinding.id)).scalars())


def owns(session: Session, subscriber: str, plate: str) -> Vehicle | None:
    """The subscriber's bound vehicle with this plate (in any spelling), else None."""
    try:
        normal = parse_plate(plate).text
    except TrafficError:
        return None
    return next((v for v in bound_vehicles(session, subscriber) if v.plate == normal), None)


def unbind_vehicle(session: Session, subscriber: str, plate: str, *, now: datetime.datetime | None = None) -> bool:
    """Ends the binding of this plate; whether there was one."""
    ids = [v.id for v in vehicles_with_plate(session, parse_plate(plate).text)]
    return _end(session, VehicleBinding, subscriber, VehicleBinding.vehicle_id.in_(ids), now)


def unbind_license(session: Session, subscriber: str, license_number: str, *,
                   now: datetime.datetime | None = None) -> bool:
    """Ends the binding of this licence; whether there was one."""
    driver = driver_with_license(session, normal_license_number(license_number))
    return _end(session, LicenseBinding, subscriber, LicenseBinding.driver_id == (driver.id if driver else -1), now)


def _end(session: Session, table: type, subscriber: str, which: sa.sql.ColumnElement,
         now: datetime.datetime | None) -> bool:
    ended = sa.update(table).where(table.subscriber == subscriber, table.ended_at.is_(None), which)  # type: ignore[attr-defined]
    return session.execute(ended.values(ended_at=now or utc_now()),
                           execution_options={"synchronize_session": False}).rowcount > 0
