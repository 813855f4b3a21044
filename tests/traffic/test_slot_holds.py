from __future__ import annotations

import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from tests.traffic.conftest import NOW, add_slots
from tests.traffic.test_appointments import DAY, book, booked, everybody
from traffic import appointments
from traffic.database import reading, writing
from traffic.errors import SlotFull, SlotUnknown
from traffic.slot_holds import hold, release
from traffic.slots import SlotHold, SlotRow
from traffic.waiting_list import HEAD_START, stop_waiting, tell, wait

LATER = NOW + datetime.timedelta(minutes=11)


def free(session: Session, now: datetime.datetime = NOW) -> list[int]:
    return [slot.id for slot in appointments.free_slots(session, "inspection", NOW, NOW + DAY, now=now)]


def test_a_held_place_is_offered_to_nobody_else_and_booked_by_its_holder(session: Session) -> None:
    [slot] = add_slots(session, 1)
    assert hold(session, "anna", slot, now=NOW).left == 0
    assert free(session) == []
    with pytest.raises(SlotFull):
        book(session, slot, "浙JB0001", "berta", "k2")
    assert book(session, slot).state == "booked"
    assert booked(session, slot) == 1
    assert session.execute(sa.select(SlotHold)).first() is None


def test_a_hold_ends_by_itself_and_its_place_comes_back_once(session: Session) -> None:
    [slot] = add_slots(session, 1)
    hold(session, "anna", slot, now=NOW)
    [offered] = appointments.free_slots(session, "inspection", NOW, NOW + DAY, now=LATER)
    assert (offered.id, offered.left) == (slot, 1)
    assert book(session, slot, "浙JB0001", "berta", "k2", now=LATER).slot.left == 0
    assert booked(session, slot) == 1


def test_a_late_confirmation_still_gets_the_place_nobody_took(session: Session) -> None:
    [slot] = add_slots(session, 1)
    hold(session, "anna", slot, now=NOW)
    assert book(session, slot, now=LATER).state == "booked"
    assert booked(session, slot) == 1


def test_another_hold_gives_the_first_one_back(session: Session) -> None:
    first, second, _ = add_slots(session)
    hold(session, "anna", first, now=NOW)
    hold(session, "anna", second, now=NOW)
    assert [booked(session, slot) for slot in (first, second)] == [0, 1]
    release(session, "anna")
    release(session, "anna")
    assert [booked(session, slot) for slot in (first, second)] == [0, 0]


def test_a_hold_can_be_moved_to(session: Session) -> None:
    first, second, _ = add_slots(session)
    number = book(session, first).number
    hold(session, "anna", second, now=NOW)
    appointments.change(session, "anna", number, second, "c1", now=NOW)
    assert [booked(session, slot) for slot in (first, second)] == [0, 1]


def test_what_has_begun_cannot_be_held(session: Session) -> None:
    [slot] = add_slots(session, 1)
    with pytest.raises(SlotUnknown):
        hold(session, "anna", slot, now=NOW + DAY)


def test_the_last_place_is_held_by_one(engine: Engine) -> None:
    with writing(engine) as session:
        [slot] = add_slots(session, 1)
        hold(session, "gone", slot, now=NOW)
    held: list[int] = []

    def rush(number: int) -> None:
        try:
            with writing(engine) as session:
                hold(session, f"driver{number}", slot, now=LATER)
            held.append(number)
        except SlotFull:
            pass

    everybody(8, rush)
    with reading(engine) as session:
        assert (len(held), booked(session, slot)) == (1, 1)


def test_who_waits_is_told_once_when_a_place_gets_free(session: Session) -> None:
    [slot] = add_slots(session, 1)
    number = book(session, slot).number
    for who in ("berta", "clara"):
        wait(session, who, "inspection", None, NOW, NOW + DAY, now=NOW)
    assert tell(session, now=NOW) == []
    appointments.cancel(session, "anna", number)
    assert [(row.subscriber, offered.id) for row, offered in tell(session, now=NOW)] == [("berta", slot)]
    assert tell(session, now=NOW + HEAD_START / 2) == []
    assert [row.subscriber for row, _ in tell(session, now=NOW + HEAD_START)] == ["clara"]
    assert tell(session, now=NOW + HEAD_START) == []


def test_who_took_the_place_leaves_the_next_free_one_to_the_next(session: Session) -> None:
    slots = add_slots(session, 2)
    numbers = [book(session, slot, plate, who, key=who).number
               for slot, plate, who in zip(slots, ("浙JA1234", "浙JB5678"), ("anna", "doro"), strict=True)]
    for who in ("berta", "clara"):
        wait(session, who, "inspection", None, NOW, NOW + DAY, now=NOW)
    appointments.cancel(session, "anna", numbers[0])
    assert [row.subscriber for row, _ in tell(session, now=NOW)] == ["berta"]
    book(session, slots[0], "浙JC9012", "berta", key="berta")
    appointments.cancel(session, "doro", numbers[1])
    assert [(row.subscriber, slot.id) for row, slot in tell(session, now=NOW)] == [("clara", slots[1])]


def test_who_waits_for_an_afternoon_is_not_told_of_a_morning(session: Session) -> None:
    [slot] = add_slots(session, 1)
    part = session.get(SlotRow, slot).part_of_day
    other = "afternoon" if part == "morning" else "morning"
    wait(session, "berta", "inspection", None, NOW, NOW + DAY, part_of_day=other, now=NOW)
    assert tell(session, now=NOW) == []
    wait(session, "berta", "inspection", None, NOW, NOW + DAY, part_of_day=part, now=NOW)
    assert [offered.id for _, offered in tell(session, now=NOW)] == [slot]


def test_waiting_twice_is_waiting_once_and_can_be_stopped(session: Session) -> None:
    first = wait(session, "anna", "inspection", None, NOW, NOW + DAY, now=NOW)
    assert wait(session, "anna", "inspection", "浙JA1234", NOW, NOW + 2 * DAY, now=NOW) is first
    assert stop_waiting(session, "anna", "inspection")
    assert not stop_waiting(session, "anna", "inspection")
