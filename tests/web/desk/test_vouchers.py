from __future__ import annotations

import datetime

from sqlalchemy.engine import Engine

from messages.clock import utc_now
from messages.database import writing
from tests.web.desk.test_pages import Browser, browser, deeds, served  # noqa: F401 - fixtures
from traffic.appointments import book, bookings_of
from traffic.opening_days import local_day
from traffic.slot_opening import open_sites, open_slots
from traffic.slots import free_slots
from web.desk.database import records


def booked(engine: Engine) -> str:
    now = utc_now()
    with writing(engine) as session, records(session) as traffic:
        open_sites(traffic)
        open_slots(traffic, local_day(now))
        (slot,) = free_slots(traffic, "inspection", now, now + datetime.timedelta(days=20), limit=1)
        return book(traffic, "driver-1", "inspection", slot.id, "浙JA1234", "key").number


def test_the_window_sees_a_voucher_and_notes_that_its_driver_came(browser: Browser, engine: Engine) -> None:  # noqa: F811
    number = booked(engine)
    wang = browser()
    page = wang.get(f"/desk/vouchers/{number}").text
    assert "浙JA1234" in page
    assert "有效" in page
    for _ in range(2):
        assert wang.post(f"/desk/vouchers/{number}/came").status_code == 303
    assert "已到场" in wang.get(f"/desk/vouchers/{number}").text
    with writing(engine) as session, records(session) as traffic:
        assert bookings_of(traffic, "driver-1") == []
    assert deeds(engine).count("noted_attendance") == 1
    assert "looked_voucher" in deeds(engine)


def test_a_number_that_is_none_is_not_found(browser: Browser) -> None:  # noqa: F811
    wang = browser()
    assert wang.get("/desk/vouchers/YY2601010001").status_code == 404
    assert wang.post("/desk/vouchers/YY2601010001/came").status_code == 404
