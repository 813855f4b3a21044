from __future__ import annotations

import pathlib
from typing import Iterator

import httpx
import pytest

import messages.database
from bot.settings import Settings
from tests.web.fake_account import ACCOUNT
from web.app import create_app
from web.phone.server import StandIn
from web.serving import Served

HTML = {"accept": "text/html"}


def settings(folder: pathlib.Path, **more: object) -> Settings:
    values = {"database_url": f"sqlite:///{folder / 'web.db'}", "wechat_token": ACCOUNT.token,
              "wechat_app_id": ACCOUNT.app_id, "wechat_app_secret": ACCOUNT.app_secret,
              "wechat_encoding_aes_key": ACCOUNT.encoding_aes_key, "wechat_original_id": ACCOUNT.original_id,
              "weijing_secret": "s" * 32, "wechat_api_base_url": "http://127.0.0.1:8090"}
    return Settings(**{**values, **more})


@pytest.fixture
def web(tmp_path: pathlib.Path) -> Iterator[httpx.Client]:
    own = settings(tmp_path)
    messages.database.upgrade(own.database_url)
    with Served(lambda: create_app(own)) as served, httpx.Client(base_url=served.url, trust_env=False) as client:
        yield client


def test_it_says_that_it_is_well(web: httpx.Client) -> None:
    assert web.get("/health").json() == {"status": "ok"}


def test_the_index_names_the_station_and_carries_strict_headers(web: httpx.Client) -> None:
    page = web.get("/", headers=HTML)
    assert "杜桥交警" in page.text
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "no-referrer"


def test_the_phone_is_the_stand_ins_page(web: httpx.Client) -> None:
    assert web.get("/phone").headers["location"] == "http://127.0.0.1:8090/"


def test_a_real_station_has_no_phone(tmp_path: pathlib.Path) -> None:
    own = settings(tmp_path, wechat_api_base_url="https://api.weixin.qq.com")
    messages.database.upgrade(own.database_url)
    with Served(lambda: create_app(own)) as served:
        page = httpx.get(f"{served.url}/phone", headers=HTML, trust_env=False)
    assert page.status_code == 404
    assert "没有这个页面" in page.text


def test_what_asks_for_no_page_gets_no_page(web: httpx.Client) -> None:
    missing = web.get("/nowhere", headers={"accept": "application/json"})
    assert (missing.status_code, missing.json()) == (404, {"error": "not found"})


def test_no_file_outside_static_is_served(web: httpx.Client) -> None:
    for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/static//etc/passwd"):
        assert web.get(path).status_code in (400, 404)


def test_the_webhook_is_mounted_and_answers_a_visit(web: httpx.Client) -> None:
    with StandIn(ACCOUNT, f"{web.base_url}/wechat".replace("//wechat", "/wechat")) as stand_in:
        assert httpx.post(f"{stand_in.url}/stand-in/visit", trust_env=False).json() == {"echoed": True}


def test_an_unsigned_post_to_the_webhook_is_refused(web: httpx.Client) -> None:
    assert 400 <= web.post("/wechat", content=b"<xml></xml>").status_code < 500
