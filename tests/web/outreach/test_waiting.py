from __future__ import annotations

import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from messages.database import reading, writing
from messages.tables import outbox
from tests.traffic.conftest import add_slots
from tests.web.desk.conftest import NOW
from traffic.appointments import book, cancel
from traffic.subscribers import unfollow
from traffic.waiting_list import wait
from web.desk.database import records
from web.desk.sentences import Sentences
from web.outreach.waiting import tell_waiting

DAY = datetime.timedelta(days=1)


def told(engine: Engine) -> list[tuple[str, str]]:
    with reading(engine) as session:
        return [tuple(row) for row in session.execute(sa.select(outbox.c.driver, outbox.c.text).order_by(outbox.c.id))]


def test_who_waits_first_hears_of_a_free_place_once(engine: Engine, sentences: Sentences) -> None:
    with writing(engine) as session, records(session) as traffic:
        [slot] = add_slots(traffic, 1, first=NOW + DAY)
        taken = book(traffic, "owner", "inspection", slot, "浙JA1234", "k", now=NOW)
        for driver in ("first", "second"):
            wait(traffic, driver, "inspection", None, NOW, NOW + 5 * DAY, now=NOW)
    assert tell_waiting(engine, sentences, NOW) == 0
    with writing(engine) as session, records(session) as traffic:
        cancel(traffic, "owner", taken.number)
    assert tell_waiting(engine, sentences, NOW) == 1
    [(driver, text)] = told(engine)
    assert driver == "first"
    assert "有空位了" in text
    assert "测试站" in text


def test_who_left_the_account_does_not_keep_the_place_from_the_next(engine: Engine, sentences: Sentences) -> None:
    with writing(engine) as session, records(session) as traffic:
        add_slots(traffic, 1, first=NOW + DAY)
        for driver in ("first", "second"):
            wait(traffic, driver, "inspection", None, NOW, NOW + 5 * DAY, now=NOW)
        unfollow(traffic, "first", now=NOW)
    tell_waiting(engine, sentences, NOW)
    assert [driver for driver, _ in told(engine)] == ["second"]


def test_a_place_that_is_gone_again_is_not_told(engine: Engine, sentences: Sentences) -> None:
    with writing(engine) as session, records(session) as traffic:
        [slot] = add_slots(traffic, 1, first=NOW + DAY)
        wait(traffic, "first", "inspection", None, NOW, NOW + 5 * DAY, now=NOW)
        book(traffic, "owner", "inspection", slot, "浙JA1234", "k", now=NOW)
    assert tell_waiting(engine, sentences, NOW) == 0
    assert told(engine) == []
