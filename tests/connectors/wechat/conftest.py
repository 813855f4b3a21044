from __future__ import annotations

import contextlib
import pathlib
from typing import Callable, Iterator

import pytest

from bot.settings import Settings, load_station
from connectors.wechat.planner import PASSIVE_SECONDS
from messages import database
from messages.turn_worker import Pace
from tests.connectors.wechat.account import Driver
from tests.connectors.wechat.accounts import settings_for
from tests.connectors.wechat.calls import Run, runner
from tests.connectors.wechat.server import Bot, Served, address_of, create_app, free_socket
from web.phone.account import account_from
from web.phone.server import StandIn

Start = Callable[..., Driver]


@pytest.fixture
def database_url(tmp_path: pathlib.Path) -> str:
    url = f"sqlite:///{tmp_path / 'weijing.db'}"
    database.upgrade(url)
    return url


@pytest.fixture
def settings(database_url: str) -> Settings:
    return settings_for(database_url)


@pytest.fixture
def stand_in(database_url: str) -> Iterator[StandIn]:
    """WeChat, with nobody behind the address it posts to."""
    with StandIn(account_from(settings_for(database_url), load_station()), "http://127.0.0.1:9/wechat") as served:
        yield served


@pytest.fixture
def driver(stand_in: StandIn) -> Driver:
    follower = Driver(stand_in, "o-driver-1")
    follower.follow()
    return follower


@pytest.fixture
def run(stand_in: StandIn, database_url: str) -> Run:
    return runner(stand_in, database_url)


@pytest.fixture
def start(database_url: str) -> Iterator[Start]:
    """Starts the webhook around a bot, and WeChat in front of it; gives a driver who follows."""
    with contextlib.ExitStack() as stack:
        def begin(bot: Bot | None, pace: Pace | None = None, openid: str = "o-driver-1",
                  seconds: float = PASSIVE_SECONDS) -> Driver:
            listening = free_socket()
            plain = settings_for(database_url)
            stand_in = stack.enter_context(StandIn(
                account_from(plain, load_station()), address_of(listening) + "/wechat"))
            app = create_app(settings_for(database_url, stand_in.url), bot, pace, seconds)
            stack.enter_context(Served(app, listening))
            driver = Driver(stand_in, openid)
            driver.url = address_of(listening) + "/wechat"
            return driver

        yield begin
