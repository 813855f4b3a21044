"""What subscribers are to be reminded of: appointments, inspections, licences, violations, points, tickets, cases."""

from __future__ import annotations

import collections
import dataclasses
import datetime
from typing import Any, Dict, Iterator, List, Tuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from traffic.accidents import AccidentCase, AccidentParty
from traffic.appointments import ACTIVE, BookingRow
from traffic.bindings import LicenseBinding, VehicleBinding
from traffic.drivers import Driver
from traffic.opening_days import day_bounds, local_day
from traffic.points import points_of
from traffic.sayings import Saying, say_once
from traffic.slots import SlotRow
from traffic.subscriber_wishes import ReminderSwitch
from traffic.subscribers import gone
from traffic.tickets import Ticket
from traffic.vehicles import Vehicle
from traffic.violations import Violation

INSPECTION_DAYS = (7, 30)
LICENSE_DAYS = (30, 90)  # from 90 days before on a licence can be renewed
NINE = 9
TOLD_WITHIN = datetime.timedelta(minutes=10)
RECENT = datetime.timedelta(days=3)
OLDEST_VIOLATION = datetime.timedelta(days=400)


@dataclasses.dataclass(frozen=True)
class Reminder:
    """One thing for one subscriber; `key` is the same for the same thing, `parts` depend on the kind."""

    kind: str
    subscriber: str
    key: str
    parts: Dict[str, Any]


def due(session: Session, now: datetime.datetime) -> List[Reminder]:
    """All that is due and was neither said nor switched off, for those who follow still."""
    today = local_day(now)
    found = [*_appointments(session, today), *_inspections(session, today), *_licenses(session, today),
             *_violations(session, now), *_points(session, today), *_tickets(session, now), *_cases(session, now)]
    off = {(row.subscriber, row.kind) for row in session.execute(sa.select(ReminderSwitch)).scalars()}
    said, left = _said(session, [each.key for each in found]), gone(session)
    return [each for each in found if each.key not in said and each.subscriber not in left
            and (each.subscriber, each.kind) not in off]


def _said(session: Session, keys: List[str]) -> set[str]:
    known: set[str] = set()
    for start in range(0, len(keys), 500):
        known.update(session.execute(sa.select(Saying.key).where(Saying.key.in_(keys[start:start + 500]))).scalars())
    return known


def _appointments(session: Session, today: datetime.date) -> Iterator[Reminder]:
    begins, ends = day_bounds(today + datetime.timedelta(days=1))
    query = sa.select(BookingRow).join(SlotRow, BookingRow.slot_id == SlotRow.id).where(
        BookingRow.state == ACTIVE, SlotRow.starts_at >= begins, SlotRow.starts_at < ends)
    for row in session.execute(query).scalars():
        yield Reminder("appointment", row.subscriber, f"appointment:{row.number}:{row.slot_id}", {
            "kind": row.kind, "number": row.number, "when": row.slot.starts_at, "site": row.slot.site.name,
            "address": row.slot.site.address})


def _owned(session: Session, *where: Any) -> Iterator[tuple[str, Vehicle, VehicleBinding]]:
    theirs = sa.or_(Vehicle.owner_since.is_(None), Vehicle.owner_since <= VehicleBinding.bound_at)
    query = sa.select(VehicleBinding, Vehicle).join(Vehicle, Vehicle.id == VehicleBinding.vehicle_id).where(
        VehicleBinding.ended_at.is_(None), theirs, *where)
    for binding, vehicle in session.execute(query):
        yield binding.subscriber, vehicle, binding


def _inspections(session: Session, today: datetime.date) -> Iterator[Reminder]:
    """Once within 30 days and once within 7."""
    last = today + datetime.timedelta(days=INSPECTION_DAYS[-1])
    for subscriber, vehicle, _ in _owned(session, Vehicle.inspected_until.between(today, last)):
        days = next(days for days in INSPECTION_DAYS if (vehicle.inspected_until - today).days <= days)
        key = f"inspection{days}:{vehicle.id}:{vehicle.inspected_until}:{subscriber}"
        yield Reminder("inspection", subscriber, key, {"days": days, "plate": vehicle.plate,
                                                       "due": vehicle.inspected_until})


def _held(session: Session, *where: Any) -> Iterator[tuple[str, Driver]]:
    query = sa.select(LicenseBinding.subscriber, Driver).join(Driver, Driver.id == LicenseBinding.driver_id).where(
        LicenseBinding.ended_at.is_(None), *where)
    yield from session.execute(query)


def _licenses(session: Session, today: datetime.date) -> Iterator[Reminder]:
    last = today + datetime.timedelta(days=LICENSE_DAYS[-1])
    for subscriber, driver in _held(session, Driver.valid_until.between(today, last)):
        days = next(days for days in LICENSE_DAYS if (driver.valid_until - today).days <= days)
        yield Reminder("license", subscriber, f"license{days}:{driver.id}:{driver.valid_until}:{subscriber}",
                       {"due": driver.valid_until})


def note_bindings(session: Session, now: datetime.datetime) -> int:
    """What is recorded when a vehicle is bound is no news to its driver; how many bindings were noted."""
    noted = 0
    for subscriber, vehicle, binding in list(_owned(session)):
        if session.get(Saying, f"binding:{binding.id}") is None and say_once(session, f"binding:{binding.id}", "", now):
            for number in session.execute(sa.select(Violation.record_number).where(
                    Violation.vehicle_id == vehicle.id, Violation.happened_at > now - OLDEST_VIOLATION)).scalars():
                say_once(session, _violation_key(number, subscriber), "", now)
            noted += 1
    return noted


def _violation_key(number: str, subscriber: str) -> str:
    return f"violation:{number}:{subscriber}"


def _violations(session: Session, now: datetime.datetime) -> Iterator[Reminder]:
    """Those of bound vehicles that came into the records after the binding was noted (`note_bindings`)."""
    theirs = sa.or_(Vehicle.owner_since.is_(None), Vehicle.owner_since <= Violation.happened_at)
    query = (sa.select(VehicleBinding.subscriber, VehicleBinding.id, Vehicle.plate, Violation)
             .join(Vehicle, Vehicle.id == VehicleBinding.vehicle_id)
             .join(Violation, Violation.vehicle_id == Vehicle.id)
             .where(VehicleBinding.ended_at.is_(None), theirs, Violation.happened_at > now - OLDEST_VIOLATION))
    noted = set(session.execute(sa.select(Saying.key).where(Saying.key.startswith("binding:"))).scalars())
    for subscriber, binding, plate, row in session.execute(query):
        if f"binding:{binding}" in noted:
            yield Reminder("violation", subscriber, _violation_key(row.record_number, subscriber), {
                "plate": plate, "when": row.happened_at, "place": row.place, "offense": row.offense,
                "points": row.points, "fine_fen": row.fine_fen})


def _points(session: Session, today: datetime.date) -> Iterator[Reminder]:
    for subscriber, driver in list(_held(session)):
        period = points_of(session, driver.id, today)
        if period.points >= NINE:
            yield Reminder("points", subscriber, f"points:{driver.id}:{period.starts}:{subscriber}",
                           {"points": period.points})


def _tickets(session: Session, now: datetime.datetime) -> Iterator[Reminder]:
    """Answers that were not said when they were given, such as imported ones."""
    query = sa.select(Ticket).where(Ticket.state == "answered", Ticket.told_at.is_(None),
                                    Ticket.answered_at > now - RECENT)
    for row in session.execute(query).scalars():
        yield Reminder("ticket", row.subscriber, f"ticket:{row.number}", {"number": row.number})


def _cases(session: Session, now: datetime.datetime) -> Iterator[Reminder]:
    """Decisions that the case itself did not tell its drivers, which it does within seconds."""
    query = sa.select(AccidentCase, AccidentParty.subscriber).join(
        AccidentParty, AccidentParty.case_id == AccidentCase.id).where(
        AccidentCase.state == "decided", AccidentCase.decided_at.between(now - RECENT, now - TOLD_WITHIN),
        AccidentParty.subscriber.is_not(None), sa.func.coalesce(AccidentParty.told, "") != "decided")
    for case, subscriber in session.execute(query):
        yield Reminder("case", subscriber, f"case:{case.number}:{subscriber}", {"number": case.number})


def counted_ahead(session: Session, today: datetime.date, days: int) -> collections.Counter[Tuple[datetime.date, str]]:
    """How many reminders of a kind will be said on which of the coming days, as far as it is known now."""
    counts: collections.Counter[Tuple[datetime.date, str]] = collections.Counter()
    last = datetime.timedelta(days=days)
    begins, ends = day_bounds(today)[0], day_bounds(today + last)[1]
    off = {(row.subscriber, row.kind) for row in session.execute(sa.select(ReminderSwitch)).scalars()}
    whose = sa.select(BookingRow.subscriber, SlotRow.starts_at)
    slots = whose.join(SlotRow, BookingRow.slot_id == SlotRow.id).where(
        BookingRow.state == ACTIVE, SlotRow.starts_at >= begins, SlotRow.starts_at < ends)
    counts.update((local_day(at) - datetime.timedelta(days=1), "appointment")
                  for who, at in session.execute(slots) if (who, "appointment") not in off)
    for before in INSPECTION_DAYS:
        due_on = Vehicle.inspected_until.between(today + datetime.timedelta(days=before),
                                                 today + last + datetime.timedelta(days=before))
        counts.update((vehicle.inspected_until - datetime.timedelta(days=before), "inspection")
                      for who, vehicle, _ in _owned(session, due_on) if (who, "inspection") not in off)
    for before in LICENSE_DAYS:
        valid = Driver.valid_until.between(today + datetime.timedelta(days=before),
                                           today + last + datetime.timedelta(days=before))
        counts.update((driver.valid_until - datetime.timedelta(days=before), "license")
                      for who, driver in _held(session, valid) if (who, "license") not in off)
    return counts
