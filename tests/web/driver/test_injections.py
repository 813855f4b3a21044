from __future__ import annotations

from typing import Dict, Iterator, Tuple

import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from tests.injections import some
from tests.traffic.conftest import NOW
from tests.web.driver.conftest import ANNA, Enter
from traffic.accidents import open_accident_case
from traffic.database import utc_now, writing
from traffic.slots import Slot, free_slots
from traffic.tables import metadata
from traffic.tickets import open_ticket

MAY_GROW = {"proof_attempts", "tickets", "number_counters", "road_subscriptions", "subscribers", "quiet_hours",
            "reminder_switches", "subscriber_tags", "page_sessions", "audit_entries",
            "sayings"}  # who subscribes to roads hears their news, on a slow machine before the test has ended
REFUSED = {303, 400, 404, 409}
CHANGED_AT_MOST = {"tickets": 0, "bookings": 0, "accident_cases": 0, "vehicles": 0, "drivers": 0, "violations": 0,
                   "vehicle_bindings": 0, "license_bindings": 0, "accident_parties": 0, "accident_photos": 0}


def counts(engine: Engine) -> Dict[str, int]:
    with engine.connect() as connection:
        return {table.name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
                for table in metadata.sorted_tables}


def started(engine: Engine) -> Tuple[str, str, Slot]:
    with writing(engine) as session:
        case = open_accident_case(session, ANNA, "k", now=utc_now()).number
        ticket = open_ticket(session, ANNA, "complaint", "红绿灯坏了", "t", now=NOW).number
        slot = free_slots(session, "inspection", utc_now(), utc_now() + 20 * (NOW - NOW.replace(day=2)))[0]
    return case, ticket, slot


def forms(case: str, ticket: str, slot: int, text: str) -> Iterator[Tuple[str, Dict[str, str]]]:
    """Every form with the string in each of its fields, and once in all of them."""
    for path, fields in {
            "/h5/vehicles": {"plate": "浙JA1234", "tail": "000000"},
            "/h5/vehicles/1/unbind": {"number": "1"},
            "/h5/licenses": {"number": "339999199001010011", "tail": "000000"},
            "/h5/licenses/1/unbind": {"number": "1"},
            "/h5/appointments/new/inspection": {"slot": str(slot), "plate": "other", "other": "x", "key": "k",
                                                "day": "2026-12-01"},
            "/h5/appointments/YY2601010001/change": {"slot": str(slot), "key": "k", "day": "2026-12-01"},
            "/h5/appointments/YY2601010001/cancel": {},
            "/h5/appointments/new/inspection/wait": {"full": "2026-12-01", "plate": "other", "other": "x"},
            "/h5/appointments/new/inspection/stop-waiting": {},
            f"/h5/tickets/{ticket}/rate": {"stars": "x"},
            "/h5/accident/join": {"code": "222222"},
            f"/h5/accident/{case}/place": {"place": "路口", "weather": "rain"},
            f"/h5/accident/{case}/details": {"name": "测试甲子", "plate": "x", "phone": "13000000001", "damage": "车尾",
                                             "license_number": "339999199001010011", "vehicle_kind": "car",
                                             "insurer": "测试", "policy": "1", "account": "追尾"},
            f"/h5/accident/{case}/stop": {"ground": "x"},
            f"/h5/accident/{case}/propose": {"cause": "rear_end", "a_role": "first"},
            f"/h5/accident/{case}/agree": {"proposal": "rear_end-first"},
            f"/h5/accident/{case}/object": {"why": "不对"},
            "/h5/subscriptions/roads": {"road": "x", "kind": "all", "how": "at_once", "at": "07:00"},
            "/h5/subscriptions/roads/1/end": {},
            "/h5/subscriptions/reminders": {"kind": "x"},
            "/h5/subscriptions/tags": {"kind": "x"},
            "/h5/subscriptions/quiet": {"begins": "22:00", "ends": "06:00", "loud": "x"}}.items():
        for name in fields:
            yield path, {**fields, name: text}
        yield path, {name: text for name in fields}


# A string that is neither a plate nor a proof nor a slot gets a page that says so: never an error, never a row.
@pytest.mark.timeout(1800)  # with all thousand strings it sends some 60,000 forms
def test_no_field_of_any_form_lets_a_string_be_more_than_a_string(enter: Enter, engine: Engine) -> None:
    case, ticket, slot = started(engine)
    anna: httpx.Client = enter()
    before = counts(engine)
    for text in some(3):
        for path, fields in forms(case, ticket, slot.id, text):
            answer = anna.post(path, data=fields)
            assert answer.status_code in REFUSED, (path, fields, answer.status_code)
            assert "<script>alert" not in answer.text
    after = counts(engine)
    assert {name for name in after if after[name] != before[name]} <= MAY_GROW
    assert {name: after[name] - before[name] for name in CHANGED_AT_MOST} == CHANGED_AT_MOST
