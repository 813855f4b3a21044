from __future__ import annotations

import collections
import concurrent.futures
import os
import pathlib
import re
import threading
import time

import httpx
from sqlalchemy.engine import Engine

from messages import desk
from messages.clock import utc_now
from messages.conversations import request_person
from messages.database import reading, writing
from messages.inbox import Incoming, receive
from tests.web.desk.conftest import NOW, hire, later
from tests.web.test_app import settings
from web.app import create_app
from web.desk import conversations, sessions
from web.desk.guard import COOKIE
from web.desk.officers import Officer
from web.desk.queue import sorted_for
from web.seals import Seals
from web.serving import Served

OFFICERS, DRIVERS = 20, 200
WATCHING, ARRIVING = int(os.environ.get("WEIJING_OFFICERS", "4")), int(os.environ.get("WEIJING_DRIVERS", "40"))
ARRIVAL_S, PATIENCE_S = float(os.environ.get("WEIJING_ARRIVAL", "5")), 60


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


class Screen(threading.Thread):
    """An officer's open page: when each driver was first seen in its list."""

    def __init__(self, url: str, cookie: str) -> None:
        super().__init__(daemon=True)
        self.seen: dict[str, float] = {}
        self._client = httpx.Client(base_url=url, trust_env=False, timeout=None, cookies={COOKIE: cookie})

    def run(self) -> None:
        with self._client.stream("GET", "/desk/events") as stream:
            for line in stream.iter_lines():
                for driver in re.findall(r'data-entry="wechat/(driver-\d+)"', line):
                    self.seen.setdefault(driver, time.monotonic())
                if len(self.seen) >= ARRIVING:
                    return


def cookie_of(engine: Engine, officer: Officer, secret: str) -> str:
    with writing(engine) as session:
        return Seals(secret, "desk").close(sessions.begin(session, officer.id, utc_now()))


def arrive(engine: Engine, number: int) -> float:
    with writing(engine) as session:
        message = Incoming("wechat", f"driver-{number}", f"key-{number}", "text", "在吗")
        receive(session, message, utc_now(), 0)
        request_person(session, "wechat", f"driver-{number}", "asked", utc_now())
    return time.monotonic()


def test_who_arrives_is_on_every_officers_screen_at_once(url: str, engine: Engine, tmp_path: pathlib.Path) -> None:
    own = settings(tmp_path, database_url=url)
    wang = hire(engine, "wang")
    with Served(lambda: create_app(own)) as served:
        screens = [Screen(served.url, cookie_of(engine, wang, own.weijing_secret)) for _ in range(WATCHING)]
        for screen in screens:
            screen.start()
        time.sleep(1.0)  # every page listens
        came = {}
        for number in range(ARRIVING):
            came[f"driver-{number}"] = arrive(engine, number)
            time.sleep(0.02)
        for screen in screens:
            screen.join(PATIENCE_S)
    took = sorted(screen.seen[driver] - at for driver, at in came.items() for screen in screens)
    p95 = took[int(len(took) * 0.95)]
    print(f"{WATCHING} officers, {ARRIVING} drivers: half arrived within {took[len(took) // 2]:.2f} s, p95 {p95:.2f} s")
    assert len(took) == WATCHING * ARRIVING
    assert p95 <= ARRIVAL_S
