from __future__ import annotations

import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from actions.appointments import ValidateAppointmentForm
from actions.inspections import ActionTellInspectionDue
from actions.slot_questions import ActionAskChosenSlot, as_offer
from actions.waiting import span_shown
from actions.wanted_times import moment_of
from tests.actions.acting import Said, act
from tests.actions.conftest import NOW
from tests.actions.trackers import acted, entity, heard, opened, said, tracker
from traffic.appointments import BookingRow, book, bookings_of
from traffic.bindings import bind_vehicle
from traffic.database import reading, writing
from traffic.slots import Slot, SlotHold, SlotRow, free_slots
from traffic.vehicles import Vehicle
from traffic.waiting_list import WaitingRow

DAY = datetime.timedelta(days=1)
NEXT_WEEK = {"from": "2026-08-10T00:00:00+08:00", "to": "2026-08-17T00:00:00+08:00", "grain": "day"}
FORM = "appointment_form"
ACTIVE: dict[str, Any] = {"name": FORM}


def first_free(town: Engine) -> Slot:
    with reading(town) as session:
        return free_slots(session, "inspection", NOW, NOW + 20 * DAY, limit=1, now=NOW)[0]


def pick(slot: Slot) -> Said:
    offer = as_offer(slot)
    chosen = heard(f'/inform{{"appointment_slot": "{slot.id}"}}')
    return act(ValidateAppointmentForm(), heard("约年检", "book_inspection"), acted(FORM), chosen, plate="浙J3K905",
               appointment_kind="inspection", requested_slot="chosen_slot", offered=[offer])


def test_the_chosen_place_is_kept_until_the_answer_and_then_booked(town: Engine) -> None:
    slot = first_free(town)
    answer = pick(slot)
    assert answer.slot("chosen_slot") == slot.id
    with reading(town) as session:
        assert session.get(SlotHold, "driver-1").slot_id == slot.id
    done = act(ValidateAppointmentForm(), heard("约", "book_inspection"), acted(FORM), heard("对", "affirm"),
               plate="浙J3K905", appointment_kind="inspection", chosen_slot=slot.id, requested_slot="confirmed")
    assert done.names == ["utter_booked_inspection"]
    with reading(town) as session:
        assert session.get(SlotHold, "driver-1") is None
        assert [b.slot.id for b in bookings_of(session, "driver-1", now=NOW)] == [slot.id]


def test_a_no_gives_the_place_back(town: Engine) -> None:
    slot = first_free(town)
    pick(slot)
    act(ValidateAppointmentForm(), heard("约", "book_inspection"), acted(FORM), heard("不要", "deny"), plate="浙J3K905",
        appointment_kind="inspection", chosen_slot=slot.id, requested_slot="confirmed")
    with reading(town) as session:
        assert session.get(SlotHold, "driver-1") is None
    assert first_free(town).left == slot.left


def test_who_was_too_late_hears_so(town: Engine) -> None:
    slot = first_free(town)
    fill(town)
    answer = pick(slot)
    assert answer.names == ["utter_slot_taken"]
    assert answer.slot("chosen_slot") is None


def test_full_days_offer_the_waiting_list(town: Engine) -> None:
    fill(town, "2026-08-10", "2026-08-17")
    asked = tracker(heard("下周", "inform"), appointment_kind="inspection", wanted_time=NEXT_WEEK)
    asked.active_loop = ACTIVE
    offer = act_on(asked)
    assert offer.titles[-1] == "utter_title_wait"
    payload = offer.messages[-1]["buttons"][-1]["payload"]
    shown = said("utter_ask_chosen_slot", ("有空位告诉我", payload))
    for answer in (heard(payload), heard("那有空位通知我一下", "subscribe_road")):
        taken = act(ValidateAppointmentForm(), heard("约", "book_inspection"), acted(FORM), shown, answer,
                    plate="浙J3K905", appointment_kind="inspection", requested_slot="chosen_slot", offered=[])
        assert taken.names == ["utter_waiting"]
        assert "8月10日" in taken.text
        assert "8月16日" in taken.text
        assert taken.slot("requested_slot") is None
    with reading(town) as session:
        assert [row.plate for row in session.execute(sa.select(WaitingRow)).scalars()] == ["浙J3K905"]


@pytest.mark.parametrize(("wish", "words", "earliest"), [
    ({"from": "2026-08-11T06:00:00+08:00", "to": "2026-08-11T12:00:00+08:00", "grain": "half_day"},
     "8月11日 周二 上午8:30到上午11:30要是有人取消", "2026-08-10T16:00"),
    ({**NEXT_WEEK, "part": "morning"}, "8月10日 周一到8月16日 周日的上午要是有人取消", "2026-08-09T16:00"),
])
def test_who_wants_a_morning_waits_for_mornings_only(town: Engine, wish: dict[str, Any], words: str,
                                                     earliest: str) -> None:
    fill(town, "2026-08-10", "2026-08-17")
    asked = tracker(heard("上午", "inform"), appointment_kind="inspection", wanted_time=wish)
    asked.active_loop = ACTIVE
    payload = act_on(asked).messages[-1]["buttons"][-1]["payload"]
    shown = said("utter_ask_chosen_slot", ("有空位告诉我", payload))
    taken = act(ValidateAppointmentForm(), heard("约", "book_inspection"), acted(FORM), shown, heard(payload),
                plate="浙J3K905", appointment_kind="inspection", requested_slot="chosen_slot", offered=[])
    assert words in taken.text
    with reading(town) as session:
        row = session.execute(sa.select(WaitingRow)).scalars().one()
        assert (row.part_of_day, row.earliest.isoformat()[:16]) == ("morning", earliest)


def test_days_with_places_offer_no_waiting_list(town: Engine) -> None:
    asked = tracker(heard("下周", "inform"), appointment_kind="inspection", wanted_time=NEXT_WEEK)
    asked.active_loop = ACTIVE
    assert "utter_title_wait" not in act_on(asked).titles
    assert town


@pytest.mark.parametrize(("until", "registered", "says"), [
    (datetime.date(2026, 8, 31), datetime.date(2024, 8, 1), "免上线"),
    (datetime.date(2026, 8, 31), datetime.date(2020, 8, 1), "要上线检测"),
    (datetime.date(2026, 6, 30), datetime.date(2020, 6, 1), "已经过期"),
    (datetime.date(2027, 6, 30), datetime.date(2021, 6, 1), "4月1日")])
def test_of_ones_own_vehicle_the_due_date_and_kind_are_said(town: Engine, until: datetime.date,
                                                           registered: datetime.date, says: str) -> None:
    with writing(town) as session:
        session.execute(sa.update(Vehicle).where(Vehicle.plate == "浙JA1234").values(inspected_until=until,
                                                                                     registered_on=registered))
        bind_vehicle(session, "driver-1", "浙JA1234", "123456", NOW)
    assert says in act(ActionTellInspectionDue(), heard("我的车什么时候年检")).text
    booking = act(ValidateAppointmentForm(), heard("约年检", "book_inspection"), opened(FORM))
    assert booking.names == ["utter_inspection_due"]
    assert says in booking.text


def test_of_anothers_vehicle_nothing_is_said(town: Engine) -> None:
    plate = entity("plate_number", "浙JA1234", "浙JA1234年检到期了吗", "浙JA1234")
    assert act(ActionTellInspectionDue(), heard("浙JA1234年检到期了吗", "inspection_rules", [plate])).messages == []
    assert town


def fill(town: Engine, since: str = "2026-08-01", until: str = "2026-12-01") -> None:
    span = (datetime.datetime.fromisoformat(f"{day}T00:00:00+08:00") for day in (since, until))
    first, last = span
    with writing(town) as session:
        session.execute(sa.update(SlotRow).where(SlotRow.starts_at >= first, SlotRow.starts_at < last).values(
            booked=SlotRow.capacity))


def act_on(asked: Any) -> Said:
    import asyncio

    from rasa_sdk.executor import CollectingDispatcher

    dispatcher = CollectingDispatcher()
    return Said(dispatcher, list(asyncio.run(ActionAskChosenSlot().run(dispatcher, asked, {}))))


def test_who_missed_too_many_is_told_from_when_on_and_books_nothing(town: Engine) -> None:
    slot = first_free(town)
    with writing(town) as session:
        for number, days in enumerate((2, 4, 6)):
            row = SlotRow(site_id=session.get(SlotRow, slot.id).site_id, starts_at=NOW - days * DAY,
                          ends_at=NOW - days * DAY + DAY / 48, part_of_day="morning", capacity=1)
            session.add(row)
            session.flush()
            session.add(BookingRow(number=f"YY26070100{number:02}", key=f"missed {number}", subscriber="driver-1",
                                   kind="inspection", slot_id=row.id, plate=None, state="no_show", created_at=NOW))
    at_start = act(ValidateAppointmentForm(), heard("约年检", "book_inspection"), acted(FORM),
                   heard("浙J3K905", "inform", [entity("plate_number", "浙J3K905", "浙J3K905", "浙J3K905")]),
                   appointment_kind="inspection", requested_slot="plate")
    at_end = act(ValidateAppointmentForm(), heard("约", "book_inspection"), acted(FORM), heard("对", "affirm"),
                 plate="浙J3K905", appointment_kind="inspection", chosen_slot=slot.id, requested_slot="confirmed")
    for told in (at_start, at_end):
        assert [message["text"] for message in told.messages] == [
            "您最近3次约了没来，要到8月31日 周一才能再约。要是记错了，或者有急事，请打0000-12345678。"]
        assert told.slot("requested_slot") is None
    with reading(town) as session:
        assert bookings_of(session, "driver-1", now=NOW) == []


def test_who_moves_an_appointment_is_not_offered_the_time_it_has(town: Engine) -> None:
    slot = first_free(town)
    with writing(town) as session:
        booked = book(session, "driver-1", "inspection", slot.id, "浙J3K905", "k", now=NOW)
    asked = act(ActionAskChosenSlot(), heard("改预约", "change_appointment"), appointment_kind="inspection",
                booking=booked.number)
    assert asked.titles
    assert slot.starts not in {moment_of(offer["starts"]) for offer in asked.slot("offered")}


@pytest.mark.parametrize(("days", "last"), [(1, "下午5:00"), (3, "8月6日 周四")])
def test_of_a_single_day_the_hours_are_said(town: Engine, days: int, last: str) -> None:
    first = datetime.datetime.fromisoformat("2026-08-04T00:00:00+08:00")
    shown = span_shown(first, first + days * DAY).places
    assert shown["last"] == last
    assert shown["first"].startswith("8月4日 周二")
    assert town


def test_a_change_that_begins_like_giving_up_is_a_change(town: Engine) -> None:
    day = {"from": "2026-08-06T00:00:00+08:00", "to": "2026-08-07T00:00:00+08:00", "grain": "day", "text": "后天"}
    answer = act(ValidateAppointmentForm(), heard("约", "book_inspection"), acted(FORM),
                 heard("算了改后天", "stop", [entity("time", day, "算了改后天", "后天")]), plate="浙J3K905",
                 appointment_kind="inspection", requested_slot="chosen_slot", offered=[])
    assert answer.slot("wanted_time")["from"] == day["from"]
    assert answer.slot("requested_slot") == "chosen_slot"
    assert town
