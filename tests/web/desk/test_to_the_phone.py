from __future__ import annotations

import pathlib
import socket
import time

import httpx
from sqlalchemy.engine import Engine

from bot.settings import load_station
from messages import conversations as held
from messages import desk
from messages.clock import utc_now
from messages.database import reading, writing
from tests.web.fake_account import ACCOUNT
from tests.web.test_app import settings
from web.app import create_app
from web.desk import conversations
from web.desk.officers import Officer
from web.desk.sentences import Sentences
from web.phone.server import StandIn
from web.serving import Served

DRIVER = "oDriver1"
PATIENCE_S = 15


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def shown(phone: httpx.Client) -> str:
    return str(phone.get(f"/stand-in/drivers/{DRIVER}").json()["entries"])


def wait_until_shown(phone: httpx.Client, words: str) -> None:
    until = time.monotonic() + PATIENCE_S
    while words not in shown(phone):
        assert time.monotonic() < until, f"{words} did not reach the phone"
        time.sleep(0.1)


def sent(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return [line.state for line in desk.story(session, "wechat", DRIVER) if line.side != "driver"]


def test_what_an_officer_writes_is_on_the_drivers_phone(url: str, engine: Engine, tmp_path: pathlib.Path,
                                                        wang: Officer) -> None:
    key, sentences = ("wechat", DRIVER), Sentences(load_station())
    port = free_port()
    own = settings(tmp_path, database_url=url, wechat_api_base_url=f"http://127.0.0.1:{port}")
    with Served(lambda: create_app(own)) as web, StandIn(ACCOUNT, f"{web.url}/wechat", port=port) as stand_in, \
            httpx.Client(base_url=stand_in.url, trust_env=False) as phone:
        phone.post(f"/phone/{DRIVER}/follow", json={})
        phone.post(f"/phone/{DRIVER}/text", json={"content": "我要找民警"})
        until = time.monotonic() + PATIENCE_S
        while not request(engine, key):
            assert time.monotonic() < until, "the message did not arrive"
            time.sleep(0.1)
        assert conversations.claim(engine, wang, key, utc_now())
        conversations.answer(engine, sentences, wang, key, "您好，请讲", "form-0001", utc_now())
        wait_until_shown(phone, "民警：您好，请讲")
        conversations.end(engine, sentences, wang, key, "answered", utc_now())
        wait_until_shown(phone, "民警这边先聊到这儿")
        time.sleep(0.3)
    assert sent(engine) == ["sent", "sent"]


def request(engine: Engine, key: tuple[str, str]) -> bool:
    with writing(engine) as session:
        lines = desk.story(session, *key)
        arrived = any(line.text == "我要找民警" for line in lines)
        return arrived and held.request_person(session, *key, "asked", utc_now())
