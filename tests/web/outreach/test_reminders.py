from __future__ import annotations

import datetime
import re
from typing import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from actions.turn import Turn
from actions.wishes import Wish, wish_in
from messages.database import reading, writing
from messages.tables import outbox
from tests.actions.trackers import heard, tracker
from tests.traffic.conftest import add_driver, add_slots, add_vehicle
from tests.web.desk.conftest import NOW
from traffic.accidents import AccidentCase, AccidentParty
from traffic.appointments import book
from traffic.bindings import bind_license, bind_vehicle
from traffic.points import PointRecord
from traffic.reminders import counted_ahead, note_bindings
from traffic.subscriber_wishes import REMINDERS, switch_reminder
from traffic.tickets import Ticket
from traffic.violations import Violation
from web.desk.database import records
from web.desk.sentences import Sentences
from web.outreach.reminders import remind

DAY, HOUR = datetime.timedelta(days=1), datetime.timedelta(hours=1)
TODAY = datetime.date(2026, 5, 6)


def told(engine: Engine) -> list[tuple[str, str]]:
    with reading(engine) as session:
        return [tuple(row) for row in session.execute(sa.select(outbox.c.topic, outbox.c.text).order_by(outbox.c.id))]


def bind(engine: Engine, **columns: object) -> None:
    with writing(engine) as session, records(session) as traffic:
        add_vehicle(traffic, **columns)
        bind_vehicle(traffic, "driver-1", "浙JA1234", "123456", NOW)


def violate(engine: Engine, number: str) -> None:
    with writing(engine) as session, records(session) as traffic:
        vehicle = traffic.execute(sa.text("SELECT id FROM vehicles")).scalar()
        traffic.add(Violation(record_number=number, vehicle_id=vehicle, happened_at=NOW - DAY, place="白沙路口",
                              city="台州", province="浙江", code="1208", offense="不按导向车道行驶", fine_fen=10000,
                              points=2))


@pytest.mark.parametrize(("days", "count"), [(31, 0), (30, 1), (7, 1)])
def test_an_inspection_is_said_30_and_7_days_before_and_each_once(engine: Engine, sentences: Sentences, days: int,
                                                                  count: int) -> None:
    bind(engine, inspected_until=TODAY + days * DAY)
    for _ in range(2):
        remind(engine, sentences, NOW)
    assert len(told(engine)) == count
    if days == 30:
        remind(engine, sentences, NOW + 24 * DAY)
        assert [topic for topic, _ in told(engine)] == ["inspection", "inspection"]
        assert "浙JA1234" not in told(engine)[0][1]


def test_only_what_is_recorded_after_the_binding_is_news(engine: Engine, sentences: Sentences) -> None:
    bind(engine)
    violate(engine, "old")
    remind(engine, sentences, NOW)
    assert told(engine) == []
    violate(engine, "new")
    remind(engine, sentences, NOW + DAY)
    (topic, text), = told(engine)
    assert (topic, "记2分，100元" in text) == ("violation", True)


def test_a_reminder_switched_off_is_not_said(engine: Engine, sentences: Sentences) -> None:
    bind(engine, inspected_until=TODAY + 5 * DAY)
    with writing(engine) as session, records(session) as traffic:
        switch_reminder(traffic, "driver-1", "inspection", False, now=NOW)
    remind(engine, sentences, NOW)
    assert told(engine) == []
    with writing(engine) as session, records(session) as traffic:
        switch_reminder(traffic, "driver-1", "all", True, now=NOW)
    remind(engine, sentences, NOW)
    assert len(told(engine)) == 1


def test_nine_points_are_said_once_a_period(engine: Engine, sentences: Sentences) -> None:
    with writing(engine) as session, records(session) as traffic:
        driver = add_driver(traffic, valid_until=TODAY + 2000 * DAY)
        bind_license(traffic, "driver-1", driver.license_number, "654321", NOW)
        traffic.add(PointRecord(driver_id=driver.id, record_number="1", recorded_on=TODAY - DAY, points=9, code="1208",
                                offense="测试", place="测试路", fine_fen=0))
    for _ in range(2):
        remind(engine, sentences, NOW)
    assert [topic for topic, _ in told(engine)] == ["points"]


def test_tomorrows_appointment_is_said_in_the_afternoon_before(engine: Engine, sentences: Sentences) -> None:
    with writing(engine) as session, records(session) as traffic:
        slot, = add_slots(traffic, 1, first=NOW + DAY)
        book(traffic, "driver-1", "inspection", slot, None, "key", now=NOW)
    remind(engine, sentences, NOW)
    assert told(engine) == []
    afternoon = NOW + datetime.timedelta(hours=7)
    for _ in range(2):
        remind(engine, sentences, afternoon)
    (topic, text), = told(engine)
    assert topic == "appointment"
    assert "上午9:30约了年检，在测试站（测试路1号）" in text
    assert "明天" not in text  # what waits for the end of the night is read on the day itself


def decide(engine: Engine, told_by_the_case: str | None) -> None:
    with writing(engine) as session, records(session) as traffic:
        case = AccidentCase(number="SG2605060001", key="k", join_code="1234", state="decided", created_at=NOW - DAY,
                            decided_at=NOW - HOUR)
        traffic.add(case)
        traffic.flush()
        traffic.add(AccidentParty(case_id=case.id, role="first", subscriber="driver-1", told=told_by_the_case))


def test_a_decision_is_said_by_its_case_and_not_once_more(engine: Engine, sentences: Sentences) -> None:
    decide(engine, "decided")
    remind(engine, sentences, NOW)
    assert told(engine) == []


def answer_ticket(engine: Engine) -> None:
    with writing(engine) as session, records(session) as traffic:
        traffic.add(Ticket(number="TS2605060001", key="k", subscriber="driver-1", kind="complaint", text="测试",
                           state="answered", created_at=NOW - DAY, promised_on=TODAY, answer="好的",
                           answered_at=NOW - HOUR))


def hold_license(engine: Engine, **columns: object) -> None:
    with writing(engine) as session, records(session) as traffic:
        driver = add_driver(traffic, **columns)
        bind_license(traffic, "driver-1", driver.license_number, "654321", NOW)
        if "valid_until" in columns and columns["valid_until"] > TODAY + 1000 * DAY:
            traffic.add(PointRecord(driver_id=driver.id, record_number="1", recorded_on=TODAY - DAY, points=9,
                                    code="1208", offense="测试", place="测试路", fine_fen=0))


def appoint(engine: Engine) -> None:
    with writing(engine) as session, records(session) as traffic:
        slot, = add_slots(traffic, 1, first=NOW + DAY)
        book(traffic, "driver-1", "inspection", slot, None, "key", now=NOW)


def violate_after_binding(engine: Engine) -> None:
    bind(engine, inspected_until=TODAY + 500 * DAY)
    with writing(engine) as session, records(session) as traffic:
        note_bindings(traffic, NOW)
    violate(engine, "new")


SITUATIONS: dict[str, Callable[[Engine], None]] = {
    "appointment": appoint, "inspection": lambda engine: bind(engine, inspected_until=TODAY + 6 * DAY),
    "license": lambda engine: hold_license(engine, valid_until=TODAY + 20 * DAY), "violation": violate_after_binding,
    "points": lambda engine: hold_license(engine, valid_until=TODAY + 2000 * DAY), "ticket": answer_ticket,
    "case": lambda engine: decide(engine, None),
}


@pytest.mark.parametrize("kind", REMINDERS)
@pytest.mark.flaky(reruns=0)
def test_each_kind_is_said_once_and_switched_off_never(engine: Engine, sentences: Sentences, kind: str) -> None:
    SITUATIONS[kind](engine)
    with writing(engine) as session, records(session) as traffic:
        switch_reminder(traffic, "driver-1", kind, False, now=NOW)
    afternoon = NOW + 7 * HOUR
    remind(engine, sentences, afternoon)
    assert told(engine) == []
    with writing(engine) as session, records(session) as traffic:
        switch_reminder(traffic, "driver-1", kind, True, now=NOW)
    for _ in range(2):
        remind(engine, sentences, afternoon)
    assert [topic for topic, _ in told(engine)] == [kind]
    off = re.search(r"说“(别再提醒[^”]*)”。$", told(engine)[0][1])
    assert off
    assert wish_in(Turn.of(tracker(heard(off[1], "subscribe_road")))) == Wish("reminders", kind, on=False)


def test_the_calendar_counts_nobody_who_switched_a_reminder_off(engine: Engine) -> None:
    bind(engine, inspected_until=TODAY + 30 * DAY)
    with writing(engine) as session, records(session) as traffic:
        assert counted_ahead(traffic, TODAY, 1) == {(TODAY, "inspection"): 1}
        switch_reminder(traffic, "driver-1", "inspection", False, now=NOW)
        assert not counted_ahead(traffic, TODAY, 1)
