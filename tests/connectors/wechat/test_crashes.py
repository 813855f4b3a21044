from __future__ import annotations

import contextlib
import datetime
import pathlib
import random
import re
import time
from typing import Sequence

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.settings import load_station
from messages import crash_points, database
from messages import outbox as outbox_room
from messages.clock import utc_now
from messages.database import open_engine, reading, writing
from messages.tables import inbox, outbox
from tests.connectors.wechat.account import Driver, soon
from tests.connectors.wechat.accounts import settings_for
from tests.connectors.wechat.process import bookings
from tests.connectors.wechat.server import address_of, free_socket
from tests.connectors.wechat.supervised import Supervised, wait_until_up
from web.phone.account import account_from
from web.phone.server import StandIn

DRIVERS, PATIENCE = 20, 1.5
LATE = 8  # more than WeChat lets be pushed after a message
SPEAKS_FIRST = ("announcement", "mass send")  # the account's own words have crash tests of their own
ARRIVAL = "before arrival noted"  # has a test of its own: only what comes after a parked reply passes it
POINTS = [*(f"{point}:{1 if 'push' in point or 'send' in point else 2}" for point in crash_points.POINTS
            if not any(word in point for word in (*SPEAKS_FIRST, ARRIVAL))), "after action:2"]


CONTENT = re.compile(r"<Content><!\[CDATA\[(.*?)\]\]>")


class Town:
    """Twenty drivers, WeChat, and two processes on one socket, which die again and again."""

    def __init__(self, url: str, stack: contextlib.ExitStack, crash_at: Sequence[str] = ()) -> None:
        listening = free_socket()
        account = account_from(settings_for(url), load_station())
        stand_in = stack.enter_context(StandIn(account, address_of(listening) + "/wechat", patience=PATIENCE))
        self.processes = [stack.enter_context(Supervised(url, stand_in.url, listening, points))
                          for points in (crash_at[::2], crash_at[1::2])]
        self.engine = open_engine(url)
        stack.callback(self.engine.dispose)
        wait_until_up(listening)
        self.drivers = [Driver(stand_in, f"o-driver-{number}") for number in range(DRIVERS)]
        self.rounds = 0
        for driver in self.drivers:
            driver.follow()

    def points_left(self) -> int:
        return sum(each.points_left for each in self.processes)

    def write(self) -> None:
        """Every driver writes; every third time something that is answered late."""
        for driver in self.drivers:
            driver.write(f"{driver.openid}-{self.rounds}{'-late' if self.rounds % 3 == 1 else ''}")
        self.rounds += 1

    def settled(self) -> bool:
        """Nothing is under way: not at WeChat, not in the inbox, not in the outbox."""
        time.sleep(0.3)
        return self.at_rest() and all(self._delivered(driver) for driver in self.drivers)

    def at_rest(self) -> bool:
        """Nothing is under way in the inbox or the outbox."""
        with reading(self.engine) as session:
            busy = session.execute(sa.select(inbox.c.id).where(inbox.c.state == "waiting")).first()
            going = session.execute(sa.select(outbox.c.id).where(outbox.c.state.in_(("ready", "sending")))).first()
        return not busy and not going

    def hear_all(self) -> None:
        """Until all is said; what WeChat's quota kept back leads the answer to one more message."""
        assert soon(self.settled, 60)
        while self.parked():
            self.write()
            assert soon(self.settled, 60)

    def parked(self) -> bool:
        with reading(self.engine) as session:
            return session.execute(sa.select(outbox.c.id).where(outbox.c.state == "parked")).first() is not None

    def _delivered(self, driver: Driver) -> bool:
        tries: dict[str, list[int | None]] = {}
        for post in driver.posts():
            tries.setdefault(post["sent"], []).append(post["status"])
        return len(tries) == self.rounds + 1 and all(200 in each or len(each) == 3 for each in tries.values())


def check_nothing_lost_nothing_twice(town: Town) -> int:
    """How many messages were acknowledged."""
    acknowledged = 0
    for driver in town.drivers:
        heard = [line for text in driver.heard() for line in text.split("\n\n")]
        answers = [line.removeprefix("answer ") for line in heard if line.startswith("answer ")]
        assert len(answers) == len(set(answers)), f"answered twice: {answers}"
        written, unknown = rows_of(town.engine, driver.openid)
        taken = acknowledged_by(driver)
        lost = taken - set(answers) - set(unknown)
        assert not lost, f"lost of {driver.openid}: {lost}, {fate_of(town.engine, lost)}"
        assert taken | set(answers) <= set(written)
        assert answered_in_turn(town.engine, driver.openid) == written, "order not kept"
        acknowledged += len(taken)
    with reading(town.engine) as session:
        booked = session.execute(sa.select(sa.func.count()).select_from(bookings)).scalar()
        asked = session.execute(sa.select(sa.func.count()).select_from(inbox)).scalar()
    assert booked == asked
    return acknowledged


def acknowledged_by(driver: Driver) -> set[str]:
    """Texts for which WeChat has got an answer or `success`."""
    taken = (CONTENT.search(post["sent"]) for post in driver.posts() if post["status"] == 200)
    return {found[1] for found in taken if found}


def fate_of(engine: Engine, texts: set[str]) -> list[tuple[object, ...]]:
    with reading(engine) as session:
        joined = sa.select(inbox.c.id, inbox.c.text, inbox.c.state, inbox.c.fault, outbox.c.state, outbox.c.reason,
                           outbox.c.text, outbox.c.answered_with).join_from(
            inbox, outbox, outbox.c.inbox_id == inbox.c.id, isouter=True)
        return [tuple(row) for row in session.execute(joined.where(inbox.c.text.in_(texts)))]


def answered_in_turn(engine: Engine, driver: str) -> list[str]:
    """Texts in the order in which their turns ended."""
    with reading(engine) as session:
        answers = sa.select(inbox.c.text).join_from(outbox, inbox, inbox.c.id == outbox.c.inbox_id)
        own = sa.and_(inbox.c.driver == driver, inbox.c.text.is_not(None))
        return list(session.execute(answers.where(own).order_by(outbox.c.id)).scalars())


def rows_of(engine: Engine, driver: str) -> tuple[list[str], list[str]]:
    """Texts in the inbox in order, and those whose answer's outcome nobody can know."""
    with reading(engine) as session:
        own = sa.and_(inbox.c.driver == driver, inbox.c.text.is_not(None))
        written = list(session.execute(sa.select(inbox.c.text).where(own).order_by(inbox.c.id)).scalars())
        lost = sa.select(outbox.c.text).where(outbox.c.driver == driver, outbox.c.state == "unknown")
        texts = session.execute(lost).scalars()
        return written, [text.removeprefix("answer ") for text in texts if text.startswith("answer ")]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: pathlib.Path) -> str:
    made = f"sqlite:///{tmp_path / 'm.db'}" if request.param == "sqlite" else request.getfixturevalue("postgresql_url")
    database.upgrade(made)
    engine = open_engine(made)
    with writing(engine) as session:
        bookings.create(session)
    engine.dispose()
    return made


@pytest.mark.timeout(600)
@pytest.mark.flaky(reruns=0)
def test_nothing_is_lost_or_doubled_wherever_a_process_is_killed(url: str) -> None:
    with contextlib.ExitStack() as stack:
        town = Town(url, stack, POINTS)
        until = time.monotonic() + 360
        while (left := town.points_left()) and time.monotonic() < until:
            moved_on = time.monotonic() + 6
            while town.points_left() == left and time.monotonic() < moved_on:
                town.write()
                soon(town.settled, 8)  # else the next message takes what would have been pushed
            if town.points_left() == left:
                min(town.processes, key=lambda each: each.points_left).kill()  # it had all connections
        assert town.points_left() == 0
        town.hear_all()
        for _ in range(3):  # both are up again: each of these is acknowledged
            town.write()
            assert soon(town.settled, 60)
        town.hear_all()
        assert check_nothing_lost_nothing_twice(town) >= DRIVERS * 3


@pytest.mark.timeout(600)
@pytest.mark.flaky(reruns=0)
def test_nothing_is_lost_or_doubled_under_random_kills(url: str) -> None:
    seeded = random.Random(7)
    with contextlib.ExitStack() as stack:
        town = Town(url, stack)
        for _ in range(8):
            town.write()
            time.sleep(seeded.uniform(0.2, 1.5))
            seeded.choice(town.processes).kill()
        town.hear_all()
        check_nothing_lost_nothing_twice(town)


@pytest.mark.timeout(120)
def test_what_led_an_answer_is_not_said_again_when_the_process_dies_before_that_is_noted(url: str) -> None:
    with contextlib.ExitStack() as stack:
        town = Town(url, stack, [f"{ARRIVAL}:1"] * 2)
        driver = town.drivers[0]
        for number in range(LATE):
            driver.write(f"{number}-late")
        assert soon(lambda: answers_written(town.engine) == LATE)
        assert soon(lambda: town.at_rest() and town.parked())
        driver.write("next")
        assert soon(lambda: town.points_left() == 1)
        assert soon(lambda: any("answer next" in text for text in driver.heard()))
        with writing(town.engine) as session:
            assert outbox_room.give_up_lost(session, utc_now() + datetime.timedelta(seconds=60)) > 0
        heard = [line.removeprefix("answer ") for text in driver.heard() for line in text.split("\n\n")]
        unknown = rows_of(town.engine, driver.openid)[1]
        assert unknown
        assert all(heard.count(text) == 1 for text in unknown)


def answers_written(engine: Engine) -> int:
    with reading(engine) as session:
        return session.execute(sa.select(sa.func.count()).where(outbox.c.text.like("answer %"))).scalar()
