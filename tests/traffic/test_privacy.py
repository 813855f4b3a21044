from __future__ import annotations

import datetime
import json

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from tests.traffic.conftest import NOW, add_driver, add_slots, add_vehicle
from tests.traffic.test_appointments import book, booked
from traffic.accidents import open_accident_case
from traffic.bindings import bind_license, bind_vehicle
from traffic.counter_codes import code_for
from traffic.database import reading, writing
from traffic.errors import ProofError, TooManyProofs
from traffic.page_links import begin_session
from traffic.privacy import DELETED, UNLINKED, data_of, forget, written
from traffic.proofs import ProofAttempt
from traffic.road_subscriptions import subscribe_road
from traffic.sayings import say_once
from traffic.subscriber_wishes import set_quiet_hours, set_tag, switch_reminder
from traffic.subscribers import consent, follow
from traffic.tables import metadata
from traffic.tickets import Ticket, open_ticket
from traffic.waiting_list import wait

DAY = datetime.timedelta(days=1)


def live_a_little(engine: Engine, who: str, plate: str, slot: int) -> None:
    with writing(engine) as session:
        follow(session, who, now=NOW)
        consent(session, who, "privacy", "2026-08", now=NOW)
        bind_vehicle(session, who, plate, "123456", NOW)
        bind_license(session, who, "339999199001010011", "654321", NOW)
        book(session, slot, plate, who, f"book {who}")
        open_ticket(session, who, "complaint", "太吵", f"ticket {who}", now=NOW)
        open_accident_case(session, who, f"case {who}", now=NOW)
        subscribe_road(session, who, None, now=NOW)
        wait(session, who, "inspection", None, NOW, NOW + DAY, now=NOW)
        begin_session(session, who, now=NOW)
        switch_reminder(session, who, "ticket", False, now=NOW)
        set_quiet_hours(session, who, (datetime.time(22), datetime.time(7)))
        set_tag(session, who, "lorry", now=NOW)
        say_once(session, f"hello {who}", who, NOW)
        code_for(session, who, NOW)


@pytest.fixture
def slot(engine: Engine) -> int:
    with writing(engine) as session:
        add_vehicle(session)
        add_vehicle(session, "浙JB0001")
        add_driver(session)
        [slot] = add_slots(session, 1, capacity=5)
    live_a_little(engine, "anna", "浙JA1234", slot)
    live_a_little(engine, "berta", "浙JB0001", slot)
    return slot


def mentions(engine: Engine, who: str) -> list[str]:
    with engine.connect() as connection:
        return [table.name for table in metadata.sorted_tables if "subscriber" in table.columns
                and connection.execute(sa.select(table).where(table.c.subscriber == who)).first()]


def test_one_can_have_all_that_is_kept_of_oneself_and_of_nobody_else(engine: Engine, slot: int) -> None:
    with reading(engine) as session:
        told = json.dumps(data_of(session, "anna"), ensure_ascii=False)
    assert all(word in told for word in ("浙JA1234", "YY2608030001", "太吵", "privacy"))
    assert not any(word in told for word in ("浙JB0001", "339999199001010011"))


def test_how_one_wants_to_hear_of_roads_is_part_of_it(engine: Engine, slot: int) -> None:
    with writing(engine) as session:
        subscribe_road(session, "anna", None, daily_at=datetime.time(6, 30), days="12345", now=NOW)
    with reading(engine) as session:
        data = data_of(session, "anna")
    assert data["road_subscriptions"] == [{"road": None, "days": "周一到周五", "daily_at": "06:30",
                                           "only_closures": False, "since": written(NOW)}]
    assert [(wish["kind"], wish["what"]) for wish in data["wishes"]] == [
        ("reminder_off", "ticket"), ("tag", "lorry"), ("quiet", "22:00-07:00")]


def test_forgotten_is_forgotten_and_the_others_are_not(engine: Engine, slot: int) -> None:
    before = mentions(engine, "berta")
    with writing(engine) as session:
        forget(session, "anna", now=NOW + DAY)
    assert mentions(engine, "anna") == []
    assert mentions(engine, "berta") == before
    everywhere = {table.name for table in metadata.sorted_tables if "subscriber" in table.columns}
    assert set(before) == everywhere - {"slot_holds"}


def test_what_is_still_to_come_is_cancelled_and_the_stations_files_stay(engine: Engine, slot: int) -> None:
    for _ in range(2):
        with writing(engine) as session:
            forget(session, "anna", now=NOW)
    with reading(engine) as session:
        assert booked(session, slot) == 1
        assert session.execute(sa.select(sa.func.count()).select_from(Ticket)).scalar_one() == 2
        assert not any(data_of(session, "anna").values())


def test_forgetting_is_no_way_round_the_five_wrong_proofs(engine: Engine, slot: int) -> None:
    for number in range(5):
        with pytest.raises(ProofError), writing(engine) as session:
            bind_vehicle(session, "anna", f"浙JC000{number}", "000000", NOW)
    with writing(engine) as session:
        forget(session, "anna", now=NOW)
    with pytest.raises(TooManyProofs), writing(engine) as session:
        bind_vehicle(session, "anna", "浙JA1234", "123456", NOW)
    with writing(engine) as session:
        forget(session, "anna", now=NOW + DAY)
    with reading(engine) as session:
        assert session.execute(sa.select(ProofAttempt).where(ProofAttempt.subscriber == "anna")).first() is None


def test_every_table_that_names_a_subscriber_is_thought_of() -> None:
    named = {table.name for table in metadata.sorted_tables if "subscriber" in table.columns}
    assert named == {table.__tablename__ for table in (*DELETED, *UNLINKED)} | {"proof_attempts", "slot_holds"}


def test_moments_are_written_by_the_stations_clock() -> None:
    assert written(datetime.datetime(2026, 11, 22, 20, 30, tzinfo=datetime.timezone.utc)) == "2026-11-23T04:30:00+08:00"
