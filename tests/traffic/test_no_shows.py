from __future__ import annotations

import datetime
import itertools
from typing import List

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from bot.settings import NoShow
from tests.traffic.conftest import NOW, add_slots
from traffic.appointments import BookingRow, book, cancel
from traffic.database import reading, writing
from traffic.errors import AlreadyBooked, TooManyNoShows
from traffic.no_shows import first_day_again, mark_missed, no_booking_before
from traffic.slots import SlotRow
from traffic.vouchers import attend
from traffic.waiting_list import tell, wait, waiting_of

DAY = datetime.timedelta(days=1)
TODAY = datetime.date(2026, 8, 3)
PLATES = (f"浙JA{number:04}" for number in itertools.count(1000))
DATES = st.lists(st.dates(TODAY, TODAY + 400 * DAY), max_size=8)
RULES = st.builds(NoShow, times=st.integers(1, 4), within_days=st.integers(1, 200), pause_days=st.integers(1, 90),
                  told=st.just("{day}"))


def booked(session: Session, day: int, subscriber: str = "anna", kind: str = "inspection") -> str:
    """An appointment so many days after NOW, at noon of the station."""
    begins = NOW + day * DAY + datetime.timedelta(hours=3)
    slot = session.execute(sa.select(SlotRow).where(SlotRow.starts_at == begins)).scalars().all()
    mine = [row.id for row in slot if row.site.kind == kind]
    where = mine or add_slots(session, 1, capacity=50, kind=kind, first=begins)
    plate = next(PLATES)
    return book(session, subscriber, kind, where[0], plate, plate, now=NOW).number


def missed(session: Session, day: int, subscriber: str = "anna") -> None:
    """Booked, and in the night after it found missing while somebody else was checked in."""
    booked(session, day, subscriber)
    attend(session, booked(session, day, "somebody"))
    assert mark_missed(session, now=NOW + (day + 1) * DAY) == 1


def states(session: Session) -> List[str]:
    return list(session.execute(sa.select(BookingRow.state).order_by(BookingRow.id)).scalars())


def test_who_did_not_come_is_marked_where_the_window_checked(session: Session) -> None:
    booked(session, 0)
    attend(session, booked(session, 0, "berta"))
    cancel(session, "clara", booked(session, 0, "clara"))
    booked(session, 1)
    assert mark_missed(session, now=NOW + datetime.timedelta(hours=12)) == 0  # the day is not over
    assert mark_missed(session, now=NOW + DAY) == 1
    assert mark_missed(session, now=NOW + DAY) == 0
    assert states(session) == ["no_show", "attended", "cancelled", "booked"]


def test_a_window_that_checks_nobody_punishes_nobody(session: Session) -> None:
    booked(session, 0)
    attend(session, booked(session, 0, "berta", "accident_handling"))  # another window, the same day
    attend(session, booked(session, 1, "berta"))  # the same window, another day
    assert mark_missed(session, now=NOW + 5 * DAY) == 0


def test_days_long_past_are_not_judged_any_more(session: Session) -> None:
    booked(session, 0)
    attend(session, booked(session, 0, "berta"))
    assert mark_missed(session, now=NOW + 9 * DAY) == 0


def test_three_times_missed_cannot_book_for_a_month_and_is_told_until_when(session: Session) -> None:
    for day in (0, 2, 4):
        assert no_booking_before(session, "anna", now=NOW + day * DAY) is None
        missed(session, day)
    again = TODAY + 34 * DAY
    with pytest.raises(TooManyNoShows) as refused:
        booked_at(session, NOW + 5 * DAY)
    assert refused.value.again == again
    assert no_booking_before(session, "anna", now=NOW + 33 * DAY) == again
    assert no_booking_before(session, "anna", now=NOW + 34 * DAY) is None
    assert no_booking_before(session, "somebody", now=NOW + 5 * DAY) is None
    assert booked_at(session, NOW + 34 * DAY)


def test_both_databases_mark_and_refuse_alike(engine: Engine) -> None:
    with writing(engine) as session:
        for day in (0, 2, 4):
            missed(session, day)
    with reading(engine) as session:
        assert no_booking_before(session, "anna", now=NOW + 5 * DAY) == TODAY + 34 * DAY


def booked_at(session: Session, now: datetime.datetime, by_officer: bool = False) -> str:
    [slot] = add_slots(session, 1, first=now + 2 * DAY)
    plate = next(PLATES)
    return book(session, "anna", "inspection", slot, plate, plate, now=now, by_officer=by_officer).number


def test_an_officer_summons_also_who_may_not_book(session: Session) -> None:
    for day in (0, 2, 4):
        missed(session, day)
    assert booked_at(session, NOW + 5 * DAY, by_officer=True)


def test_the_window_can_take_a_mark_back(session: Session) -> None:
    number = booked(session, 0)
    attend(session, booked(session, 0, "berta"))
    mark_missed(session, now=NOW + DAY)
    assert attend(session, number)
    assert states(session) == ["attended", "attended"]


@given(DATES, RULES)
def test_the_pause_begins_with_the_last_of_too_many_in_any_span(days: List[datetime.date], rule: NoShow) -> None:
    ends = [day for day in days
            if sum(day - rule.within_days * DAY < other <= day for other in days) >= rule.times]
    assert first_day_again(days, rule) == (max(ends) + rule.pause_days * DAY if ends else None)


@given(DATES, RULES)
def test_the_order_counts_nothing_and_one_more_never_shortens_it(days: List[datetime.date], rule: NoShow) -> None:
    again = first_day_again(days, rule)
    assert first_day_again(days[::-1], rule) == again
    more = first_day_again([*days, TODAY + 200 * DAY], rule)
    assert again is None or (more is not None and more >= again)


@given(DATES)
def test_without_the_rule_nobody_waits(days: List[datetime.date]) -> None:
    assert first_day_again(days, NoShow(times=0)) is None


def test_who_may_not_book_does_not_wait_for_a_place_either(session: Session) -> None:
    for day in (0, 2, 4):
        missed(session, day)
    now = NOW + 5 * DAY
    with pytest.raises(TooManyNoShows):
        wait(session, "anna", "inspection", None, now, now + DAY, now=now)
    assert waiting_of(session, "anna", now=now) == []
    wait(session, "berta", "inspection", "浙JB0001", now, now + DAY, now=now)
    assert [row.plate for row in waiting_of(session, "berta", now=now)] == ["浙JB0001"]


def test_a_vehicle_with_an_appointment_does_not_wait(session: Session) -> None:
    booked(session, 1)
    plate = session.execute(sa.select(BookingRow.plate)).scalar_one()
    for who, own in (("anna", True), ("berta", False)):
        with pytest.raises(AlreadyBooked) as refused:
            wait(session, who, "inspection", plate, NOW, NOW + DAY, now=NOW)
        assert bool(refused.value.number) is own
    assert waiting_of(session, "anna", now=NOW + 3 * DAY) == []
    assert wait(session, "anna", "inspection", plate, NOW + 2 * DAY, NOW + 3 * DAY, now=NOW + 2 * DAY).plate == plate


def test_who_missed_too_many_while_waiting_is_not_told(session: Session) -> None:
    wait(session, "anna", "inspection", None, NOW, NOW + 9 * DAY, now=NOW)
    for day in (0, 2, 4):
        missed(session, day)
    add_slots(session, 1, first=NOW + 5 * DAY + datetime.timedelta(hours=5))
    assert tell(session, now=NOW + 5 * DAY) == []
