from __future__ import annotations

import http.server
import json
import threading
import urllib.parse
from typing import Any, Iterator

import httpx
import pytest

from bot.settings import Settings, load_station
from tests.web.driver.conftest import ANNA, BERTA, HTML, PATIENCE
from traffic.page_links import new_link
from web.app import create_app
from web.driver.guard import COOKIE
from web.serving import Served

IN_WECHAT = {**HTML, "user-agent": "Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0.50"}


class WeChat(http.server.BaseHTTPRequestHandler):
    """Says that every code is Anna's, except one that it refuses."""

    def do_GET(self) -> None:
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query))
        told: Any = {"openid": ANNA} if query["code"] != "used" else {"errcode": 40163, "errmsg": "code been used"}
        body = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: Any) -> None:
        pass


@pytest.fixture
def wechat() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), WeChat)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def phone(settings: Settings, wechat: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx.Client]:
    station = load_station().copy(update={"pages": "oauth"})
    monkeypatch.setattr("web.app.load_station", lambda: station)
    own = settings.copy(update={"wechat_api_base_url": wechat, "public_url": "http://wx.example.cn"})
    with Served(lambda: create_app(own)) as served, \
            httpx.Client(base_url=served.url, trust_env=False, headers=IN_WECHAT, timeout=PATIENCE) as client:
        yield client


def sent_to_wechat(answer: httpx.Response) -> str:
    """The state that WeChat is to give back."""
    there = urllib.parse.urlsplit(answer.headers["location"])
    query = dict(urllib.parse.parse_qsl(there.query))
    assert (answer.status_code, there.hostname) == (302, "open.weixin.qq.com")
    assert query["redirect_uri"] == "http://wx.example.cn/h5/back"
    return query["state"]


def test_a_page_opens_without_a_link_for_who_wechat_says_it_is(phone: httpx.Client) -> None:
    state = sent_to_wechat(phone.get("/h5/violations"))
    back = phone.get("/h5/back", params={"code": "fresh", "state": state})
    assert (back.status_code, back.headers["location"]) == (303, "/h5/violations")
    assert phone.get("/h5/violations").status_code == 200


@pytest.mark.parametrize(("code", "state"), [("used", None), ("", None), ("fresh", "x" * 32), ("fresh", "")])
def test_a_wrong_way_back_opens_nothing(phone: httpx.Client, code: str, state: str | None) -> None:
    given = sent_to_wechat(phone.get("/h5/points"))
    refused = phone.get("/h5/back", params={"code": code, "state": given if state is None else state})
    assert refused.status_code == 401
    assert COOKIE not in phone.cookies


def test_a_link_opens_for_its_own_driver_alone_even_unopened(phone: httpx.Client, settings: Settings) -> None:
    mine, others = (new_link(who, "points", settings=settings) for who in (ANNA, BERTA))
    assert phone.post(mine).status_code == 410
    state = sent_to_wechat(phone.get(mine))
    assert phone.get("/h5/back", params={"code": "fresh", "state": state}).headers["location"] == mine
    assert phone.post(others).status_code == 410
    assert phone.post(mine).headers["location"] == "/h5/points"


def test_only_wechats_own_browser_is_sent_to_wechat(phone: httpx.Client) -> None:
    assert phone.get("/h5/", headers={"user-agent": "Mozilla/5.0"}).status_code == 401


def test_an_account_without_this_right_never_asks_wechat(stranger: httpx.Client) -> None:
    assert stranger.get("/h5/", headers=IN_WECHAT).status_code == 401
    assert stranger.get("/h5/back", params={"code": "fresh", "state": "x"}).status_code == 401
