from __future__ import annotations

import collections
import concurrent.futures

from sqlalchemy.engine import Engine

from messages import desk
from messages.conversations import request_person
from messages.database import reading, writing
from messages.inbox import Incoming, receive
from tests.web.desk.conftest import NOW, later
from web.desk import conversations
from web.desk.officers import Officer
from web.desk.queue import sorted_for

OFFICERS, DRIVERS = 20, 200


def crowd(engine: Engine) -> None:
    with writing(engine) as session:
        for number in range(DRIVERS):
            receive(session, Incoming("wechat", f"driver-{number}", f"key-{number}", "text", "在吗"), NOW, 0)
            request_person(session, "wechat", f"driver-{number}", "asked", later(number))


def work(engine: Engine, officer: Officer) -> list[str]:
    """Wants everybody who waits, the first first, as all the others do."""
    with reading(engine) as session:
        waiting = sorted_for(officer, desk.entries(session)).waiting
    keys = [(entry.channel, entry.driver) for entry in waiting]
    return [key[1] for key in keys if conversations.claim(engine, officer, key, later(1000))]


def test_twenty_officers_and_two_hundred_drivers_and_nobody_is_answered_twice(engine: Engine) -> None:
    crowd(engine)
    everyone = [Officer(number, f"officer-{number}", "agent", True, None) for number in range(OFFICERS)]
    with concurrent.futures.ThreadPoolExecutor(OFFICERS) as pool:
        taken = [driver for got in pool.map(lambda officer: work(engine, officer), everyone) for driver in got]
    assert len(taken) == DRIVERS
    assert max(collections.Counter(taken).values()) == 1
    with reading(engine) as session:
        assert len(desk.held(session)) == DRIVERS
