from __future__ import annotations

from sqlalchemy.engine import Engine

from messages.clock import utc_now
from messages.database import writing
from tests.traffic.conftest import add_vehicle
from tests.web.desk.test_pages import Browser, browser, deeds, served  # noqa: F401 - fixtures
from traffic.bindings import bound_vehicles
from traffic.counter_codes import code_for
from web.desk.database import records

PHONE = "0000-13000001"


def test_the_counter_binds_by_code_plate_and_phone(browser: Browser, engine: Engine) -> None:  # noqa: F811
    with writing(engine) as session, records(session) as traffic:
        add_vehicle(traffic, "浙J0C0C1", owner_phone=PHONE)
        code = code_for(traffic, "driver-1", utc_now())
    wang = browser()
    assert "窗口码" in wang.get("/desk/counter").text
    wrong = wang.post("/desk/counter", data={"code": code, "what": "浙J0C0C1", "phone": "0000-13000002"})
    assert wrong.status_code == 400
    assert "对不上" in wrong.text
    assert wang.post("/desk/counter", data={"code": code, "what": "浙J0C0C1", "phone": PHONE}).status_code == 303
    with writing(engine) as session, records(session) as traffic:
        assert [v.plate for v in bound_vehicles(traffic, "driver-1")] == ["浙J0C0C1"]
    gone = wang.post("/desk/counter", data={"code": code, "what": "浙J0C0C1", "phone": PHONE})
    assert gone.status_code == 404
    assert "再要一个" in gone.text
    assert {"bound_at_counter", "refused_at_counter"} <= set(deeds(engine))
