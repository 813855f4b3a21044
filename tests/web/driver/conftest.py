from __future__ import annotations

import pathlib
import re
import shutil
from typing import Callable, Iterator

import httpx
import pytest
from sqlalchemy.engine import Engine

import messages.database
import traffic.migrations
import web.desk.database
from bot.settings import Settings
from tests.web.fake_account import ACCOUNT
from traffic.database import open_engine, utc_now, writing
from traffic.demo import make_demo
from traffic.page_links import new_link
from web.app import create_app
from web.serving import Served

ANNA, BERTA = "oAnna_0001", "oBerta_0002"
HTML = {"accept": "text/html"}
PATIENCE = 30  # seconds; a busy machine is no failure
Enter = Callable[..., httpx.Client]


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """The demo town with few people, made once for all tests of these pages."""
    path = tmp_path_factory.mktemp("driver") / "town.db"
    url = f"sqlite:///{path}"
    for room in (traffic.migrations, messages.database, web.desk.database):
        room.upgrade(url)
    engine = open_engine(url)
    make_demo(engine, vehicles=60, drivers=40, violations=80)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture
def settings(town: pathlib.Path, tmp_path: pathlib.Path) -> Settings:
    shutil.copy(town, tmp_path / "town.db")
    return Settings(database_url=f"sqlite:///{tmp_path / 'town.db'}", wechat_token=ACCOUNT.token,
                    wechat_app_id=ACCOUNT.app_id, wechat_app_secret=ACCOUNT.app_secret,
                    wechat_encoding_aes_key=ACCOUNT.encoding_aes_key, wechat_original_id=ACCOUNT.original_id,
                    weijing_secret="s" * 32, wechat_api_base_url="http://127.0.0.1:8090")


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    opened = open_engine(settings.database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def served(settings: Settings) -> Iterator[Served]:
    with Served(lambda: create_app(settings)) as running:
        yield running


@pytest.fixture
def stranger(served: Served) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served.url, trust_env=False, headers=HTML, timeout=PATIENCE) as client:
        yield client


@pytest.fixture
def enter(served: Served, settings: Settings) -> Iterator[Enter]:
    """A browser in which this subscriber opened a link; it carries the token of its forms."""
    opened: list[httpx.Client] = []

    def open_link(subscriber: str = ANNA, page: str = "") -> httpx.Client:
        client = httpx.Client(base_url=served.url, trust_env=False, headers=HTML, timeout=PATIENCE)
        opened.append(client)
        inside = client.post(new_link(subscriber, page, settings=settings))
        assert inside.status_code == 303
        token = re.search(r'name="csrf" value="(\w+)"', client.get("/h5/").text)
        assert token is not None
        client.headers["X-CSRF-Token"] = token[1]
        return client

    yield open_link
    for client in opened:
        client.close()


def bind(engine: Engine, subscriber: str = ANNA) -> None:
    """A car with twelve unpaid violations, one with three, and a licence with nine points."""
    from traffic.bindings import bind_license, bind_vehicle

    with writing(engine) as session:
        bind_vehicle(session, subscriber, "浙JC3456", "345678", utc_now())
        bind_vehicle(session, subscriber, "浙JA1234", "123456", utc_now())
        bind_license(session, subscriber, "339999199001010022", "222222", utc_now())
