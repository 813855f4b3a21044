from __future__ import annotations

import contextlib
import pathlib
from typing import Any, Iterator

import pytest
import sqlalchemy as sa

from bot.settings import Notice, Outreach, load_station
from messages import broadcasts, crash_points, database
from messages.broadcasts import Progress
from messages.clock import utc_now
from messages.database import open_engine, reading, writing
from messages.tables import broadcasts as broadcast_table
from messages.tables import mass_sends
from tests.connectors.wechat.account import Driver, soon
from tests.connectors.wechat.accounts import settings_for
from tests.connectors.wechat.server import address_of, free_socket
from tests.connectors.wechat.supervised import Supervised, wait_until_up
from web.phone.account import account_from
from web.phone.server import StandIn

FANS, WITH_WINDOW = 40, 4
WORDS = "台风要来了，少出门。"
TEMPLATE = Notice(id="tpl-all", fields={"thing1": "title", "thing2": "note"})
ANNOUNCING = [f"{point}:{2 if point == 'after announcement' else 1}" for point in crash_points.POINTS
              if "announcement" in point]
MASS = [f"{point}:1" for point in crash_points.POINTS if "mass send" in point]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: pathlib.Path) -> str:
    made = f"sqlite:///{tmp_path / 'm.db'}" if request.param == "sqlite" else request.getfixturevalue("postgresql_url")
    database.upgrade(made)
    return made


class Town:
    """Forty followers, WeChat, and a process that dies at one named point after the other."""

    def __init__(self, url: str, stack: contextlib.ExitStack, outreach: Outreach, crash_at: list[str]) -> None:
        listening = free_socket()
        account = account_from(settings_for(url), load_station())
        self.stand_in = stack.enter_context(StandIn(account, address_of(listening) + "/wechat"))
        self.driver = Driver(self.stand_in, "o-fan-0")
        self.driver.control("followers", count=FANS)
        self.engine = open_engine(url)
        stack.callback(self.engine.dispose)
        self.process = stack.enter_context(
            Supervised(url, self.stand_in.url, listening, crash_at, outreach=outreach.json()))
        wait_until_up(listening)

    def broadcast(self, may_mass: bool) -> int:
        now, drivers = utc_now(), sorted(f"o-fan-{number}" for number in range(FANS))
        with writing(self.engine) as session:
            values = {"channel": "wechat", "title": "台风通知", "text": WORDS, "link": "", "audience": "所有人",
                      "counted": FANS, "may_mass": may_mass, "begins_at": now, "until": None}
            number = broadcasts.write(session, None, values, "wang", now)
            session.execute(sa.update(broadcast_table).values(state="approved"))
            found = broadcasts.find(session, number)
            assert found
            broadcasts.fill(session, found, drivers, drivers[-1], now)
            broadcasts.run(session, number)
        return number

    def progress(self, number: int) -> Progress:
        with reading(self.engine) as session:
            return broadcasts.progress(session, number, utc_now())

    def got(self) -> list[int]:
        """How often each follower got it."""
        return [sum(_tells(entry) for entry in self.driver.beside(f"o-fan-{number}").state()["entries"])
                for number in range(FANS)]


def _tells(entry: dict[str, Any]) -> bool:
    words = "".join(part.get("text", "") for part in entry.get("parts", []))
    return entry["side"] == "account" and (entry["kind"] == "notice" or WORDS in words)


@pytest.fixture
def stack() -> Iterator[contextlib.ExitStack]:
    with contextlib.ExitStack() as opened:
        yield opened


@pytest.mark.timeout(300)
@pytest.mark.flaky(reruns=0)
def test_each_hears_a_broadcast_at_most_once_wherever_the_process_is_killed(url: str,
                                                                            stack: contextlib.ExitStack) -> None:
    rules = Outreach(quiet="00:00-00:00", per_minute=6000, templates={"broadcast": TEMPLATE})
    town = Town(url, stack, rules, ANNOUNCING)
    for number in range(WITH_WINDOW):  # a customer-service message has no key: its outcome may stay unknown
        talker = town.driver.beside(f"o-fan-{number}")
        talker.write("您好")
        assert soon(talker.heard)
    number = town.broadcast(may_mass=False)
    assert soon(lambda: not town.progress(number).left and not town.process.points_left, 120)
    assert soon(lambda: town.progress(number).unknown <= WITH_WINDOW)
    told, got = town.progress(number), town.got()
    assert max(got) == 1
    assert (told.total, told.refused, told.withheld) == (FANS, 0, 0)
    assert told.sent <= sum(got) <= told.sent + told.unknown


@pytest.mark.timeout(300)
@pytest.mark.flaky(reruns=0)
def test_a_mass_send_leaves_once_and_counts_as_wechat_counts(url: str, stack: contextlib.ExitStack) -> None:
    town = Town(url, stack, Outreach(quiet="00:00-00:00"), MASS)
    town.driver.fault(path="job/recipient")  # one of them WeChat doesn't reach, and doesn't say who
    number = town.broadcast(may_mass=True)
    assert soon(lambda: town.progress(number).refused == 1 and not town.process.points_left, 120)
    told, got = town.progress(number), town.got()
    assert (told.sent, told.left, told.unknown, told.total) == (FANS - 1, 0, 0, FANS)
    assert (max(got), sum(got)) == (1, FANS - 1)
    with reading(town.engine) as session:
        assert session.execute(sa.select(mass_sends.c.state)).scalars().all() == ["done"]
