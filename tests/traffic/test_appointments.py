from __future__ import annotations

import datetime
import threading
from typing import Callable, List

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from tests.traffic.conftest import NOW, add_slots
from traffic import appointments
from traffic.database import open_engine, reading, writing
from traffic.errors import AlreadyBooked, NotYours, SlotFull, SlotUnknown
from traffic.slots import Blackout, Site, SlotRow
from traffic.tables import metadata

DAY = datetime.timedelta(days=1)


def book(session: Session, slot: int, plate: str | None = "浙JA1234", subscriber: str = "anna", key: str = "k1",
         now: datetime.datetime = NOW) -> appointments.Booking:
    return appointments.book(session, subscriber, "inspection", slot, plate, key, now=now)


def booked(session: Session, slot: int) -> int:
    return session.execute(sa.select(SlotRow.booked).where(SlotRow.id == slot)).scalar_one()


def test_free_slots_come_nearest_first_and_no_more_than_asked(session: Session) -> None:
    ids = add_slots(session, 5)
    found = appointments.free_slots(session, "inspection", NOW, NOW + DAY, limit=3, now=NOW)
    assert [slot.id for slot in found] == ids[:3]
    assert found[0].site == "测试站"


def test_slots_of_another_kind_part_of_day_or_span_are_not_offered(session: Session) -> None:
    add_slots(session)
    assert appointments.free_slots(session, "accident_handling", NOW, NOW + DAY, now=NOW) == []
    assert appointments.free_slots(session, "inspection", NOW, NOW + DAY, "morning", now=NOW) == []
    assert appointments.free_slots(session, "inspection", NOW + DAY, NOW + 2 * DAY, now=NOW) == []


def test_slots_within_the_hour_are_not_offered(session: Session) -> None:
    ids = add_slots(session, 3, first=NOW + datetime.timedelta(minutes=15))
    assert [s.id for s in appointments.free_slots(session, "inspection", NOW - DAY, NOW + DAY, now=NOW)] == ids[2:]


def test_a_booking_has_a_number_and_takes_a_place(session: Session) -> None:
    [slot] = add_slots(session, 1, capacity=2)
    booking = book(session, slot)
    assert (booking.number, booking.state, booking.plate) == ("YY2608030001", "booked", "浙JA1234")
    assert booking.slot.left == 1
    assert appointments.bookings_of(session, "anna", now=NOW) == [booking]
    assert appointments.bookings_of(session, "berta", now=NOW) == []


def test_the_same_key_books_once(engine: Engine) -> None:
    with writing(engine) as session:
        [slot] = add_slots(session, 1, capacity=5)
    numbers = set()
    for _ in range(3):
        with writing(engine) as session:
            numbers.add(book(session, slot).number)
    with reading(engine) as session:
        assert (len(numbers), booked(session, slot)) == (1, 1)


def test_a_full_slot_is_refused(session: Session) -> None:
    [slot] = add_slots(session, 1)
    book(session, slot)
    with pytest.raises(SlotFull):
        book(session, slot, "浙JB0001", "berta", "k2")
    assert appointments.free_slots(session, "inspection", NOW, NOW + DAY, now=NOW) == []


def test_one_vehicle_has_one_appointment_of_a_kind(session: Session) -> None:
    first, second, _ = add_slots(session)
    number = book(session, first).number
    with pytest.raises(AlreadyBooked) as own:
        book(session, second, key="k2")
    with pytest.raises(AlreadyBooked) as others:
        book(session, second, subscriber="berta", key="k3")
    assert (own.value.number, others.value.number) == (number, None)
    assert booked(session, second) == 0


def test_the_one_who_has_the_full_slot_hears_so_and_not_that_it_is_full(session: Session) -> None:
    [slot] = add_slots(session, 1)
    book(session, slot)
    with pytest.raises(AlreadyBooked):
        book(session, slot, key="k2")


def test_without_a_plate_one_asker_has_one_appointment_of_a_kind(session: Session) -> None:
    first, second, _ = add_slots(session)
    book(session, first, None)
    with pytest.raises(AlreadyBooked):
        book(session, second, None, key="k2")
    assert book(session, second, None, "berta", "k3").state == "booked"


def test_an_appointment_that_is_over_makes_room_for_the_next(session: Session) -> None:
    first, *_ = add_slots(session, 1)
    [later] = add_slots(session, 1, first=NOW + 3 * DAY)
    book(session, first)
    assert book(session, later, key="k2", now=NOW + 2 * DAY).state == "booked"
    assert len(appointments.bookings_of(session, "anna", now=NOW + 2 * DAY)) == 1


@pytest.mark.parametrize("kind", ["accident_handling", "nonsense"])
def test_a_slot_of_another_kind_is_unknown(session: Session, kind: str) -> None:
    [slot] = add_slots(session, 1)
    with pytest.raises(SlotUnknown):
        appointments.book(session, "anna", kind, slot, "浙JA1234", "k1", now=NOW)


def test_a_slot_that_has_begun_or_never_was_cannot_be_booked(session: Session) -> None:
    [slot] = add_slots(session, 1)
    with pytest.raises(SlotUnknown):
        book(session, slot, now=NOW + DAY)
    with pytest.raises(SlotUnknown):
        book(session, 999)


def test_a_change_keeps_the_number_and_moves_the_place(session: Session) -> None:
    first, second, _ = add_slots(session)
    number = book(session, first).number
    moved = appointments.change(session, "anna", number, second, "c1", now=NOW)
    assert (moved.number, moved.slot.id, moved.slot.left) == (number, second, 0)
    assert (booked(session, first), booked(session, second)) == (0, 1)


def test_the_same_key_moves_once(session: Session) -> None:
    first, second, third = add_slots(session)
    number = book(session, first).number
    appointments.change(session, "anna", number, second, "c1", now=NOW)
    appointments.change(session, "anna", number, third, "c2", now=NOW)
    assert appointments.change(session, "anna", number, second, "c1", now=NOW).slot.id == third


def test_a_change_to_a_full_slot_keeps_the_old_one(session: Session) -> None:
    first, second, _ = add_slots(session)
    number = book(session, first).number
    book(session, second, "浙JB0001", "berta", "k2")
    with pytest.raises(SlotFull):
        appointments.change(session, "anna", number, second, "c1", now=NOW)
    assert (booked(session, first), booked(session, second)) == (1, 1)


def test_cancelling_frees_the_place_once(session: Session) -> None:
    [slot] = add_slots(session, 1)
    number = book(session, slot).number
    for _ in range(2):
        assert appointments.cancel(session, "anna", number).state == "cancelled"
    assert booked(session, slot) == 0
    assert book(session, slot, key="k2").number != number


@pytest.mark.parametrize("deed", [lambda s, number, slot: appointments.cancel(s, "berta", number),
                                  lambda s, number, slot: appointments.change(s, "berta", number, slot, "c", now=NOW),
                                  lambda s, number, slot: appointments.cancel(s, "anna", "YY0000000000")])
def test_nobody_touches_anothers_appointment(session: Session,
                                             deed: Callable[[Session, str, int], appointments.Booking]) -> None:
    first, second, _ = add_slots(session)
    number = book(session, first).number
    with pytest.raises(NotYours, match="no such appointment"):
        deed(session, number, second)


def test_a_cancelled_appointment_cannot_be_changed(session: Session) -> None:
    first, second, _ = add_slots(session)
    number = book(session, first).number
    appointments.cancel(session, "anna", number)
    with pytest.raises(NotYours):
        appointments.change(session, "anna", number, second, "c1", now=NOW)


def everybody(count: int, deed: Callable[[int], None]) -> None:
    start = threading.Barrier(count)

    def run(number: int) -> None:
        start.wait()
        deed(number)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_the_last_place_has_one_winner(engine: Engine) -> None:
    with writing(engine) as session:
        [slot] = add_slots(session, 1)
    won: List[int] = []
    refused: List[int] = []

    def rush(number: int) -> None:
        try:
            with writing(engine) as session:
                book(session, slot, f"浙JA{number:04d}", f"driver{number}", f"key{number}")
            won.append(number)
        except SlotFull:
            refused.append(number)

    everybody(20, rush)
    with reading(engine) as session:
        assert (len(won), len(refused), booked(session, slot)) == (1, 19, 1)


def test_the_same_message_in_many_processes_books_once(engine: Engine) -> None:
    with writing(engine) as session:
        [slot] = add_slots(session, 1, capacity=10)
    numbers: List[str] = []

    def repeat(_number: int) -> None:
        with writing(engine) as session:
            numbers.append(book(session, slot).number)

    everybody(8, repeat)
    with reading(engine) as session:
        assert (len(numbers), len(set(numbers)), booked(session, slot)) == (8, 1, 1)


def test_one_vehicle_booked_by_many_at_once_is_booked_once(engine: Engine) -> None:
    with writing(engine) as session:
        slots = add_slots(session, 6, capacity=2)
    outcomes: List[bool] = []

    def rush(number: int) -> None:
        try:
            with writing(engine) as session:
                book(session, slots[number], key=f"key{number}", subscriber=f"driver{number}")
            outcomes.append(True)
        except AlreadyBooked:
            outcomes.append(False)

    everybody(6, rush)
    with reading(engine) as session:
        assert (sum(outcomes), len(outcomes), sum(booked(session, slot) for slot in slots)) == (1, 6, 1)


def test_two_who_swap_their_slots_do_not_block_each_other(engine: Engine) -> None:
    with writing(engine) as session:
        slots = add_slots(session, 2, capacity=3)
        numbers = [book(session, slots[n], f"浙JA000{n}", f"driver{n}", f"key{n}").number for n in range(2)]

    def swap(n: int) -> None:
        for turn in range(1, 11):
            with writing(engine) as session:
                target = slots[(n + turn) % 2]
                appointments.change(session, f"driver{n}", numbers[n], target, f"swap{n}.{turn}", now=NOW)

    everybody(2, swap)
    with reading(engine) as session:
        assert [booked(session, slot) for slot in slots] == [1, 1]
        assert len(session.execute(sa.select(appointments.BookingChange)).all()) == 20


def test_the_database_itself_refuses_more_than_the_capacity(engine: Engine) -> None:
    with writing(engine) as session:
        [slot] = add_slots(session, 1)
    with pytest.raises(sa.exc.IntegrityError), writing(engine) as session:
        session.execute(sa.update(SlotRow).where(SlotRow.id == slot).values(booked=2))


deeds = st.lists(st.tuples(st.sampled_from(["book", "change", "cancel"]), st.integers(0, 3), st.integers(0, 2)),
                 min_size=3, max_size=15)


@settings(deadline=None, max_examples=25)
@given(deeds)
def test_whatever_happens_each_slot_counts_its_active_bookings(steps: List[tuple[str, int, int]]) -> None:
    engine = open_engine("sqlite://")
    metadata.create_all(engine)
    with writing(engine) as session:
        slots = add_slots(session, 3, capacity=2)
        for number, (deed, driver, slot) in enumerate(steps):
            _try(session, deed, driver, slots[slot], f"key{number}")
        active = sa.select(sa.func.count()).where(appointments.BookingRow.state == "booked",
                                                  appointments.BookingRow.slot_id == SlotRow.id).scalar_subquery()
        assert all(booked == count <= 2 for booked, count in session.execute(sa.select(SlotRow.booked, active)))
    engine.dispose()


def _try(session: Session, deed: str, driver: int, slot: int, key: str) -> None:
    who, mine = f"driver{driver}", appointments.bookings_of(session, f"driver{driver}", now=NOW)
    try:
        if deed == "book":
            book(session, slot, f"浙JA000{driver}", who, key)
        elif deed == "change" and mine:
            appointments.change(session, who, mine[0].number, slot, key, now=NOW)
        elif deed == "cancel" and mine:
            appointments.cancel(session, who, mine[0].number)
    except (SlotFull, AlreadyBooked):
        pass


def test_a_blacked_out_slot_is_not_offered(session: Session) -> None:
    first, second, third = add_slots(session)
    row = session.get(SlotRow, second)
    session.add(Blackout(site_id=row.site_id, starts_at=row.starts_at, ends_at=row.ends_at, reason="停电"))
    session.flush()
    offered = appointments.free_slots(session, "inspection", NOW, NOW + DAY, now=NOW)
    assert [slot.id for slot in offered] == [first, third]
    assert session.execute(sa.select(sa.func.count()).select_from(Site)).scalar_one() == 1
