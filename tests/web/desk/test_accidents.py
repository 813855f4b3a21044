from __future__ import annotations

import datetime
import pathlib
from typing import Any, Dict

import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from messages.database import reading, writing
from messages.tables import outbox
from tests.traffic.conftest import add_slots
from tests.traffic.test_accident_cases import gathered
from tests.web.desk.conftest import Write
from tests.web.desk.test_pages import SCRIPTS, Browser, browser, served  # noqa: F401  # fixtures
from traffic import photos
from traffic.accident_cases import object_to, propose
from traffic.accidents import AccidentCase
from traffic.audit import AuditEntry, first_broken
from traffic.database import utc_now
from web.desk.database import records

DECISION = {"cause": "lane_change", "a_role": "first", "share": "full", "reason": "照片能看出变道"}


@pytest.fixture(autouse=True)
def folder(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "PHOTOS", tmp_path / "photos")


@pytest.fixture
def case(engine: Engine, write: Write) -> str:
    """One that a driver objects to; both have a chat."""
    for driver in ("driver-1", "driver-2"):
        write("你好", driver=driver, now=utc_now())
    with writing(engine) as session, records(session) as traffic:
        number = gathered(traffic)
        propose(traffic, "driver-1", number, "rear_end", "second", utc_now())
        object_to(traffic, "driver-2", number, SCRIPTS[0], utc_now())
    return number


def told(engine: Engine) -> Dict[str, str]:
    with reading(engine) as session:
        rows = session.execute(sa.select(outbox.c.driver, outbox.c.text, outbox.c.author).order_by(outbox.c.id))
        return {row.driver: row.text for row in rows if row.author == "wang"}


def the_case(engine: Engine) -> Any:
    with reading(engine) as session, records(session) as traffic:
        return traffic.execute(sa.select(AccidentCase)).scalar_one()


def deeds(engine: Engine) -> list[str]:
    with reading(engine) as session, records(session) as traffic:
        assert first_broken(traffic) is None
        return list(traffic.execute(sa.select(AuditEntry.deed).order_by(AuditEntry.id)).scalars())


def test_a_decision_is_told_to_both_audited_and_final(browser: Browser, engine: Engine, case: str) -> None:  # noqa: F811
    wang = browser()
    assert case in wang.get("/desk/accidents").text
    page = wang.get(f"/desk/accidents/{case}").text
    assert SCRIPTS[0] not in page
    assert "alert(1)" in page
    assert wang.post(f"/desk/accidents/{case}/decide", data=DECISION).headers["location"].endswith("said=decided")
    assert "您全责" in told(engine)["driver-1"]
    assert "您无责" in told(engine)["driver-2"]
    again = wang.post(f"/desk/accidents/{case}/decide", data={**DECISION, "a_role": "second"})
    assert again.headers["location"].endswith("said=before")
    assert the_case(engine).a_role == "first"
    assert wang.get(f"/desk/accidents/{case}/agreement.pdf").content.startswith(b"%PDF-")
    assert deeds(engine)[-4:] == ["looked_accidents", "looked_accident", "decided_accident", "looked_accident"]


@pytest.mark.parametrize("left_out", ["cause", "a_role", "share", "reason"])
def test_nothing_is_decided_by_half(browser: Browser, engine: Engine, case: str, left_out: str) -> None:  # noqa: F811
    refused = browser().post(f"/desk/accidents/{case}/decide", data={**DECISION, left_out: ""})
    assert refused.status_code == 400
    assert the_case(engine).state == "with_officer"
    assert told(engine) == {}


def test_both_are_called_in_when_there_is_a_slot(browser: Browser, engine: Engine, case: str) -> None:  # noqa: F811
    wang, visit = browser(), {"share": "visit", "reason": "要看车"}
    full = wang.post(f"/desk/accidents/{case}/decide", data=visit)
    assert full.status_code == 409
    assert "要看车" in full.text
    with writing(engine) as session, records(session) as traffic:
        add_slots(traffic, kind="accident_handling", first=utc_now() + datetime.timedelta(hours=3))
    assert wang.post(f"/desk/accidents/{case}/decide", data=visit).status_code == 303
    assert the_case(engine).booking.startswith("YY")
    assert all("要看车" in words for words in told(engine).values())


def test_cases_are_for_officers_alone(served: str, browser: Browser, case: str) -> None:  # noqa: F811
    with httpx.Client(base_url=served, trust_env=False) as stranger:
        for path in ("accidents", f"accidents/{case}", f"accidents/{case}/photos/1"):
            assert stranger.get(f"/desk/{path}").status_code == 401
    wang = browser()
    for path in ("SG2601010001", f"{case}/photos/999", f"{case}/agreement.pdf"):
        assert wang.get(f"/desk/accidents/{path}").status_code == 404
    without_token = wang.post(f"/desk/accidents/{case}/decide", data=DECISION, headers={"X-CSRF-Token": "0"})
    assert without_token.status_code == 403


def test_an_officer_lets_both_go_on(browser: Browser, engine: Engine, case: str) -> None:  # noqa: F811
    wang = browser()
    with writing(engine) as session:
        session.execute(sa.update(AccidentCase).values(objection="他说头晕"))
    assert "有人受伤或者不舒服" in wang.get("/desk/accidents").text
    page = wang.get(f"/desk/accidents/{case}").text
    assert "不适用自行协商" in page
    assert "看乙方的会话" not in page  # the bot has it: only who supervises sees it
    assert "看乙方的会话" in browser("li", "lead").get(f"/desk/accidents/{case}").text
    done = wang.post(f"/desk/accidents/{case}/decide", data={"share": "go_on", "reason": "打过电话"})
    assert done.headers["location"].endswith("said=go_on")
    assert the_case(engine).state == "gathering"
    assert "decided_accident" in deeds(engine)
