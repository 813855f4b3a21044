"""Who didn't come to appointments (爽约): marked at night, and after too many no booking for a while."""

from __future__ import annotations

import datetime
from typing import List, Sequence, Set, Tuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.settings import NoShow, load_station
from traffic.database import utc_now
from traffic.errors import TooManyNoShows
from traffic.opening_days import day_bounds, local_day
from traffic.slots import SlotRow

MISSED = "no_show"
CAME = "attended"
LOOK_BACK = datetime.timedelta(days=7)  # nights in which the machine was off; older days are never judged
# Not the mapped class: `traffic.appointments` asks this module before it books.
BOOKINGS = sa.table("bookings", sa.column("id", sa.Integer), sa.column("subscriber", sa.String),
                    sa.column("state", sa.String), sa.column("slot_id", sa.Integer))
Visit = Tuple[int, datetime.date]


def mark_missed(session: Session, *, now: datetime.datetime | None = None) -> int:
    """Marks past bookings that were not checked in as missed; how many.

    Only on days on which the same window checked at least one voucher: elsewhere nobody knows who came.
    """
    rows = _past(session, now or utc_now())
    checked: Set[Visit] = {visit for _, state, visit in rows if state == CAME}
    missed = [number for number, state, visit in rows if state != CAME and visit in checked]
    if missed:
        session.execute(sa.update(BOOKINGS).where(BOOKINGS.c.id.in_(missed)).values(state=MISSED))
        session.expire_all()
    return len(missed)


def _past(session: Session, now: datetime.datetime) -> List[Tuple[int, str, Visit]]:
    """(id, state, (site, day)) of the last days' bookings that were not cancelled; today is not over yet."""
    today = local_day(now)
    begins, ends = day_bounds(today - LOOK_BACK)[0], day_bounds(today)[0]
    query = sa.select(BOOKINGS.c.id, BOOKINGS.c.state, SlotRow.site_id, SlotRow.starts_at).join_from(
        BOOKINGS, SlotRow, BOOKINGS.c.slot_id == SlotRow.id).where(
        SlotRow.starts_at >= begins, SlotRow.starts_at < ends, BOOKINGS.c.state.in_(("booked", "over", CAME)))
    return [(number, state, (site, local_day(starts))) for number, state, site, starts in session.execute(query)]


def first_day_again(missed: Sequence[datetime.date], rule: NoShow) -> datetime.date | None:
    """The day from which somebody with these missed days may book again; None when there never were too many."""
    days = sorted(missed)
    if not rule.times:
        return None
    spans = zip(days, days[rule.times - 1:], strict=False)
    last = [end for begin, end in spans if (end - begin).days < rule.within_days]
    return last[-1] + datetime.timedelta(days=rule.pause_days) if last else None


def no_booking_before(session: Session, subscriber: str, *,
                      now: datetime.datetime | None = None) -> datetime.date | None:
    """The day from which a subscriber may book again, None when they may now."""
    rule, today = load_station().no_show, local_day(now or utc_now())
    since = day_bounds(today - datetime.timedelta(days=rule.within_days + rule.pause_days))[0]
    query = sa.select(SlotRow.starts_at).join_from(BOOKINGS, SlotRow, BOOKINGS.c.slot_id == SlotRow.id).where(
        BOOKINGS.c.subscriber == subscriber, BOOKINGS.c.state == MISSED, SlotRow.starts_at >= since)
    again = first_day_again([local_day(starts) for starts in session.execute(query).scalars()], rule)
    return again if again and today < again else None


def refuse_no_shows(session: Session, subscriber: str, now: datetime.datetime) -> None:
    """Raises TooManyNoShows while a subscriber may not book."""
    again = no_booking_before(session, subscriber, now=now)
    if again:
        raise TooManyNoShows(again)
