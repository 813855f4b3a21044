"""What is kept of a subscriber: to hand out (导出我的资料) and to delete (删掉我的资料).

Source: 个人信息保护法 articles 45 and 47. Tickets, cases and past appointments stay as the station's files, without a
link to the subscriber; today's proof attempts stay until tomorrow, or deleting would be a way round their limit.
"""

from __future__ import annotations

import datetime
import secrets
from typing import Any, Dict, List

import sqlalchemy as sa
from sqlalchemy.orm import Session

from traffic.accidents import AccidentCase, AccidentParty
from traffic.appointments import BookingRow, bookings_of, cancel
from traffic.bindings import LicenseBinding, VehicleBinding, bound_licenses, bound_vehicles
from traffic.counter_codes import CounterCode
from traffic.database import utc_now
from traffic.drivers import mask_license
from traffic.opening_days import day_bounds, local_day
from traffic.page_links import PageSession
from traffic.presentation import local
from traffic.proofs import ProofAttempt
from traffic.road_subscriptions import RoadSubscription, road_subscriptions
from traffic.sayings import Saying
from traffic.slot_holds import release
from traffic.subscriber_wishes import (
    REMINDERS,
    QuietHours,
    ReminderSwitch,
    SubscriberTag,
    quiet_hours,
    reminders_off,
    tags_of,
)
from traffic.subscribers import Consent, Subscriber
from traffic.tickets import Ticket
from traffic.waiting_list import WaitingRow
from traffic.weekdays import name_of

DELETED = (VehicleBinding, LicenseBinding, RoadSubscription, WaitingRow, Consent, Subscriber, PageSession,
           ReminderSwitch, QuietHours, SubscriberTag, Saying, CounterCode)
UNLINKED = (BookingRow, Ticket, AccidentParty)
FRESH = {"synchronize_session": False}


def data_of(session: Session, subscriber: str) -> Dict[str, List[Dict[str, Any]]]:
    """Everything kept of a subscriber, ready for JSON: noun → rows; licence numbers are masked."""
    bookings = session.execute(sa.select(BookingRow).where(BookingRow.subscriber == subscriber)).scalars()
    tickets = session.execute(sa.select(Ticket).where(Ticket.subscriber == subscriber)).scalars()
    consents = session.execute(sa.select(Consent).where(Consent.subscriber == subscriber)).scalars()
    subscribed = road_subscriptions(session, subscriber)
    waiting = session.execute(sa.select(WaitingRow).where(WaitingRow.subscriber == subscriber)).scalars()
    cases = session.execute(sa.select(AccidentCase, AccidentParty).join(AccidentParty).where(
        AccidentParty.subscriber == subscriber).order_by(AccidentCase.id))
    return {
        "vehicles": [{"plate": v.plate} for v in bound_vehicles(session, subscriber)],
        "licenses": [{"license_number": mask_license(d.license_number)} for d in bound_licenses(session, subscriber)],
        "appointments": [{"number": b.number, "kind": b.kind, "plate": b.plate, "state": b.state,
                          "starts": written(b.slot.starts_at)} for b in bookings],
        "tickets": [{"number": t.number, "kind": t.kind, "text": t.text, "state": t.state, "answer": t.answer,
                     "created": written(t.created_at)} for t in tickets],
        "accident_cases": [{"number": case.number, "state": case.state, "place": case.place, "name": me.name,
                            "plate": me.plate, "phone": me.phone, "insurer": me.insurer, "policy": me.policy,
                            "account": me.account} for case, me in cases],
        "waiting": [{"kind": w.kind, "plate": w.plate, "until": written(w.latest),
                     "part_of_day": w.part_of_day} for w in waiting],
        "road_subscriptions": [{"road": s.road.name if s.road else None, "days": name_of(s.days),
                                "daily_at": f"{s.daily_at:%H:%M}" if s.daily_at else None,
                                "only_closures": s.only_closures, "since": written(s.created_at)}
                               for s in subscribed],
        "wishes": wishes_of(session, subscriber),
        "consents": [{"kind": c.kind, "wording": c.wording, "given": written(c.given_at)} for c in consents]}


def written(moment: datetime.datetime) -> str:
    """A moment by the station's clock, which is the driver's: 2026-11-23T09:30:00+08:00."""
    return local(moment).isoformat(timespec="seconds")


def wishes_of(session: Session, subscriber: str) -> List[Dict[str, Any]]:
    """What else one told us about messages: reminders off, quiet hours, what sort of driver; a row each."""
    off, quiet = reminders_off(session, subscriber), quiet_hours(session, subscriber)
    return [*({"kind": "reminder_off", "what": kind} for kind in REMINDERS if kind in off),
            *({"kind": "tag", "what": tag} for tag in tags_of(session, subscriber)),
            *([{"kind": "quiet", "what": f"{quiet[0]:%H:%M}-{quiet[1]:%H:%M}"}] if quiet else [])]


def forget(session: Session, subscriber: str, *, now: datetime.datetime | None = None) -> None:
    """Deletes what is kept of a subscriber and cancels what is still to come; again changes nothing."""
    now = now or utc_now()
    release(session, subscriber)
    for booking in bookings_of(session, subscriber, now=now):
        cancel(session, subscriber, booking.number)
    for table in DELETED:
        session.execute(sa.delete(table).where(table.subscriber == subscriber), execution_options=FRESH)
    nobody = f"forgotten_{secrets.token_hex(8)}"
    for table in UNLINKED:
        session.execute(sa.update(table).where(table.subscriber == subscriber).values(subscriber=nobody),
                        execution_options=FRESH)
    today, _ = day_bounds(local_day(now))
    session.execute(sa.delete(ProofAttempt).where(ProofAttempt.subscriber == subscriber, ProofAttempt.at < today),
                    execution_options=FRESH)
    session.expire_all()
