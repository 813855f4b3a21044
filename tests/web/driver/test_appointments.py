from __future__ import annotations

import datetime
import re

import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from tests.web.driver.conftest import ANNA, BERTA, Enter, bind
from traffic.appointments import BookingRow, bookings_of
from traffic.bindings import VehicleBinding
from traffic.database import reading, utc_now, writing
from traffic.presentation import local
from traffic.slots import SlotRow
from traffic.waiting_list import waiting_of
from web.driver.calendar import calendar_of

NEW = "/h5/appointments/new/inspection"


def form(page: str, slot: int = 0) -> dict[str, str]:
    key = re.search(r'name="key" value="([^"]+)"', page)
    slots = re.findall(r'name="slot" value="(\d+)"', page)
    assert key is not None
    return {"slot": slots[slot], "plate": "浙JA1234", "key": key[1]}


def numbers(engine: Engine, subscriber: str = ANNA) -> list[str]:
    with reading(engine) as session:
        return [booking.number for booking in bookings_of(session, subscriber)]


def book(browser: httpx.Client, slot: int = 0) -> None:
    made = browser.post(NEW, data=form(browser.get(NEW).text, slot))
    assert (made.status_code, made.headers["location"]) == (303, "/h5/appointments?said=booked")


def test_a_time_is_booked_on_the_calendar_shown_with_its_code_changed_and_cancelled(enter: Enter,
                                                                                   engine: Engine) -> None:
    bind(engine)
    anna = enter()
    book(anna)
    (number,) = numbers(engine)
    page = anna.get("/h5/appointments").text
    assert number in page
    assert '<svg viewBox="0 0' in page
    change = f"/h5/appointments/{number}/change"
    assert anna.post(change, data=form(anna.get(change).text, 1)).status_code == 303
    with reading(engine) as session:
        assert session.execute(sa.text("SELECT count(*) FROM booking_changes")).scalar_one() == 1
    assert number in anna.get(f"/h5/appointments/{number}/cancel").text
    assert anna.post(f"/h5/appointments/{number}/cancel").status_code == 303
    assert numbers(engine) == []
    assert "现在没有预约" in anna.get("/h5/appointments").text


def test_a_second_press_of_the_button_books_nothing_more(enter: Enter, engine: Engine) -> None:
    anna = enter()
    fields = {**form(anna.get(NEW).text), "plate": "other", "other": "浙jd12345"}
    assert [anna.post(NEW, data=fields).status_code for _ in range(3)] == [303] * 3
    assert len(numbers(engine)) == 1
    again = anna.post(NEW, data={**form(anna.get(NEW).text), "plate": "浙JD12345"})
    assert again.status_code == 409
    assert "这辆车已经约过了" in again.text
    other = enter(BERTA).post(NEW, data={**form(anna.get(NEW).text), "plate": "浙JD12345"})
    assert "已经有人约过了" in other.text
    assert numbers(engine)[0] not in other.text


def test_a_place_somebody_else_took_is_offered_no_more(enter: Enter, engine: Engine) -> None:
    anna = enter()
    fields = form(anna.get(NEW).text)
    with writing(engine) as session:
        session.execute(sa.update(SlotRow).where(SlotRow.id == int(fields["slot"])).values(booked=SlotRow.capacity))
    refused = anna.post(NEW, data=fields)
    assert refused.status_code == 409
    assert "刚被别人约走" in refused.text
    assert f'value="{fields["slot"]}"' not in refused.text
    assert numbers(engine) == []


@pytest.mark.parametrize(("field", "value", "told"), [
    ("slot", "", "还没选时间"), ("slot", "x", "还没选时间"), ("slot", "999999999", "再挑一个"),
    ("slot", "²", "还没选时间"),
    ("plate", "other", "车牌号不对"), ("plate", "<b>", "车牌号不对")])
def test_what_is_wrong_is_said(enter: Enter, engine: Engine, field: str, value: str, told: str) -> None:
    anna = enter()
    refused = anna.post(NEW, data={**form(anna.get(NEW).text), field: value})
    assert refused.status_code in (400, 409)
    assert told in refused.text
    assert numbers(engine) == []


def test_another_ones_appointment_is_not_found(enter: Enter, engine: Engine) -> None:
    berta = enter(BERTA)
    book(berta)
    (number,) = numbers(engine, BERTA)
    anna = enter()
    fields = form(anna.get(NEW).text, 1)
    for deed in ("change", "cancel"):
        assert anna.get(f"/h5/appointments/{number}/{deed}").status_code == 404
        assert anna.post(f"/h5/appointments/{number}/{deed}", data=fields).status_code == 404
    assert numbers(engine, BERTA) == [number]
    assert anna.get("/h5/appointments/new/nothing").status_code == 404


def test_the_calendar_has_whole_weeks_and_shows_the_wanted_or_first_free_day(engine: Engine) -> None:
    now = utc_now()
    with reading(engine) as session:
        first = calendar_of(session, "inspection", "", now)
        assert first.chosen is not None
        free = [day for week in first.weeks for day in week if day.state == "free"]
        assert first.chosen == free[0]
        assert all(len(week) == 7 and week[0].date.weekday() == 0 for week in first.weeks)
        wanted = calendar_of(session, "inspection", free[3].date.isoformat(), now)
        assert wanted.chosen == free[3]
        assert all(day.date.weekday() != 6 for day in free)
        session.execute(sa.update(SlotRow).values(booked=SlotRow.capacity))
        assert calendar_of(session, "inspection", "", now).chosen is None


def test_nothing_of_who_booked_is_left_in_the_key(enter: Enter, engine: Engine) -> None:
    book(enter())
    with reading(engine) as session:
        row = session.execute(sa.select(BookingRow).where(BookingRow.subscriber == ANNA)).scalar_one()
        assert ANNA not in row.key
        assert row.created_at > utc_now() - datetime.timedelta(minutes=5)


def test_a_fleet_is_chosen_from_a_list(enter: Enter, engine: Engine) -> None:
    with writing(engine) as session:
        ids = session.execute(sa.text("SELECT id FROM vehicles ORDER BY id LIMIT 8")).scalars().all()
        session.add_all(VehicleBinding(subscriber=ANNA, vehicle_id=number, bound_at=utc_now()) for number in ids)
    anna = enter()
    assert anna.get("/h5/violations").text.count("<option") == 8
    page = anna.get(NEW).text
    assert page.count("<option") == 8
    fields = {**form(page), "plate": "listed", "listed": "浙JB2345"}
    assert anna.post(NEW, data=fields).status_code == 303
    with reading(engine) as session:
        assert [booking.plate for booking in bookings_of(session, ANNA)] == ["浙JB2345"]


def test_who_missed_too_many_reads_when_he_can_book_again(enter: Enter, engine: Engine) -> None:
    bind(engine)
    anna = enter()
    ready = form(anna.get(NEW).text)
    with writing(engine) as session:
        site = session.get(SlotRow, int(ready["slot"])).site_id
        for number in range(3):
            at = utc_now() - datetime.timedelta(days=2 + number)
            slot = SlotRow(site_id=site, starts_at=at, ends_at=at, part_of_day="morning", capacity=1)
            session.add(slot)
            session.flush()
            session.add(BookingRow(number=f"YY000{number}", key=f"missed {number}", subscriber=ANNA, kind="inspection",
                                   slot_id=slot.id, state="no_show", created_at=at))
    for page, status in ((anna.get(NEW), 200), (anna.post(NEW, data=ready), 409)):
        assert page.status_code == status
        assert "您最近3次约了没来" in page.text
        assert "才能再约" in page.text
        assert 'name="slot"' not in page.text
    assert numbers(engine) == []


def fill(engine: Engine, *days: datetime.date) -> None:
    """No place is left on these days; without any, on none at all."""
    with writing(engine) as session:
        for slot in session.execute(sa.select(SlotRow)).scalars():
            if not days or local(slot.starts_at).date() in days:
                slot.booked = slot.capacity


def waited(engine: Engine) -> list[tuple[str | None, bool]]:
    with reading(engine) as session:
        return [(row.plate, row.latest - row.earliest > datetime.timedelta(days=2))
                for row in waiting_of(session, ANNA)]


def test_of_a_full_day_one_waits_for_a_place_and_stops(enter: Enter, engine: Engine) -> None:
    anna = enter()
    with reading(engine) as session:
        chosen = calendar_of(session, "inspection", "", utc_now()).chosen
    assert chosen is not None
    fill(engine, chosen.date)
    page = anna.get(f"{NEW}?full={chosen.date.isoformat()}").text
    assert "约满了" in page
    assert "有空位告诉我" in page
    wish = {"full": chosen.date.isoformat(), "plate": "other", "other": "浙JD12345"}
    assert anna.post(f"{NEW}/wait", data={**wish, "other": "浙"}).status_code == 400
    assert waited(engine) == []
    assert anna.post(f"{NEW}/wait", data=wish).headers["location"].endswith("said=waiting")
    assert waited(engine) == [("浙JD12345", False)]
    assert "在等空位" in anna.get("/h5/appointments").text
    anna.post(f"{NEW}/stop-waiting")
    assert waited(engine) == []


def test_of_a_full_month_one_waits_for_any_day(enter: Enter, engine: Engine) -> None:
    fill(engine)
    anna = enter()
    assert "有空位告诉我" in anna.get(NEW).text
    assert anna.post(f"{NEW}/wait", data={"full": "", "plate": "浙JD12345"}).status_code == 303
    assert waited(engine) == [("浙JD12345", True)]


def test_where_places_are_free_nobody_waits(enter: Enter, engine: Engine) -> None:
    assert enter().post(f"{NEW}/wait", data={"full": "2026-01-01", "plate": "浙JD12345"}).status_code == 409
    assert waited(engine) == []


def test_a_day_that_closes_within_the_hour_is_over_not_full(engine: Engine) -> None:
    evening = datetime.datetime.fromisoformat("2026-08-03T16:53:00+08:00")
    with reading(engine) as session:
        states = {day.date.day: day.state for day in calendar_of(session, "inspection", "", evening).weeks[0]}
    assert (states[3], states[4]) == ("outside", "full")
