from __future__ import annotations

import contextlib
import pathlib
import re
from typing import Iterator

import httpx
import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect
from sanic import Sanic
from sqlalchemy.engine import Engine

from messages import conversations, inbox
from messages.clock import utc_now
from messages.database import writing
from messages.inbox import Incoming
from tests.web.browser import browser as chromium  # noqa: F401  # a fixture
from tests.web.desk.conftest import PASSWORD, Write, hire
from tests.web.desk.test_pages import Browser, browser, form_in, served, stranger  # noqa: F401  # fixtures
from tests.web.script_strings import script_strings
from tests.web.test_app import settings
from traffic.tickets import open_ticket
from web.app import create_app
from web.desk import canned_answers, notes, officers
from web.desk.conversation_routes import AT, ROUTES
from web.desk.database import records
from web.desk.errors import BadOfficer
from web.serving import Served

STRINGS = script_strings()
SIGNED_BY_WECHAT = "wechat"  # its posts carry WeChat's own signature
PLACEHOLDER = re.compile(r"<(\w+):(\w+)[^>]*>")
TALK = "/desk/conversations/wechat/driver-1"


def posts(app: Sanic) -> list[str]:
    """Every address of the whole app that takes a POST, whoever added it."""
    routes = [route for route in app.router.routes if "POST" in route.methods]
    paths = ("/" + PLACEHOLDER.sub(lambda part: "1" if part[2] == "int" else "wechat", route.path) for route in routes)
    return sorted({path for path in paths if not path.startswith(f"/{SIGNED_BY_WECHAT}")})


@pytest.fixture
def app(url: str, tmp_path: pathlib.Path) -> Iterator[tuple[Sanic, str]]:
    made: list[Sanic] = []

    def make() -> Sanic:
        made.append(create_app(settings(tmp_path, database_url=url)))
        return made[0]

    with Served(make) as running:
        yield made[0], running.url


def signed_in(url: str, name: str) -> httpx.Client:
    client = httpx.Client(base_url=url, trust_env=False, headers={"accept": "text/html"})
    token = re.search(r'name="csrf" value="([0-9a-f]{64})"', client.get("/desk/sign-in").text)
    assert token
    entered = client.post("/desk/sign-in", data={"name": name, "password": PASSWORD, "csrf": token[1]})
    assert entered.headers["location"] == "/desk/"
    return client


def test_every_post_of_the_whole_app_is_refused_without_its_token(app: tuple[Sanic, str], engine: Engine) -> None:
    found = posts(app[0])
    assert len(found) >= 20
    hire(engine, "boss", "admin")
    nobody = httpx.Client(base_url=app[1], trust_env=False)
    with contextlib.closing(signed_in(app[1], "boss")) as boss, contextlib.closing(nobody):
        for path in found:
            for client in (boss, nobody):
                for given in ({}, {"csrf": "x" * 64}):
                    answer = client.post(path, data=given)
                    refused = answer.status_code in (400, 401, 403, 404, 405, 410)
                    elsewhere = answer.status_code in (302, 303) and "sign-in" in answer.headers["location"]
                    assert refused or elsewhere, (path, answer.status_code)
        assert boss.get("/desk/").status_code == 200  # nothing of it signed anybody out


def test_what_a_colleague_has_is_closed_by_every_address(browser: Browser, write: Write) -> None:  # noqa: F811
    write(reason="asked", now=utc_now())
    browser("wang").post(f"{TALK}/claim")
    li, mine = browser("li"), [route for route in ROUTES if route.path.startswith(AT)]
    assert len(mine) >= 9
    given = {"text": "我来插一句", "form": "form-0001-of-li", "ending": "answered", "colleague": ""}
    for route in mine:
        path = "/desk" + route.path.replace("<channel:str>", "wechat").replace("<line:str>", "in1")
        for driver in ("driver-1", "driver-9"):
            there = path.replace("<driver:str>", driver).replace("<vehicle:int>", "1")
            answer = li.request(route.method, there, data=given if route.method == "POST" else None)
            told = answer.headers.get("location", "")
            assert answer.status_code in (403, 404) or told.endswith(("said=taken", "said=photo_none")), there


def test_nobody_is_called_by_a_string_that_runs(engine: Engine) -> None:
    assert len(STRINGS) == len(set(STRINGS)) == 500
    for words in STRINGS:
        with pytest.raises(BadOfficer), writing(engine) as session:
            officers.add(session, words, "agent", PASSWORD, utc_now())


def test_no_name_of_a_file_is_used(browser: Browser, write: Write, engine: Engine) -> None:  # noqa: F811
    write(reason="asked", now=utc_now())
    wang = browser()
    wang.post(f"{TALK}/claim")
    for number, name in enumerate(STRINGS[::25]):
        sent = wang.post(f"{TALK}/pictures", data={"form": f"picture-{number}"},
                         files={"picture": (name, b"<script>alert(1)</script>", "image/png")})
        assert "said=photo_no_picture" in sent.headers["location"]
        shown = wang.get(sent.headers["location"])
        assert "这不是照片" in shown.text


@pytest.mark.browser
def test_of_five_hundred_strings_none_runs(chromium: Chromium, served: str, engine: Engine) -> None:  # noqa: F811
    with writing(engine) as session, records(session) as traffic:
        for number, words in enumerate(STRINGS):
            driver = f"driver-{number % 5 + 1}"
            inbox.receive(session, Incoming("wechat", driver, f"key-{number}", "text", words), utc_now(), 0)
            conversations.request_person(session, "wechat", driver, "asked", utc_now())
        for number, words in enumerate(STRINGS[:40]):
            notes.add(session, "wechat", "driver-1", "wang", words, utc_now())
            canned_answers.save(session, _sentences(), words[:40], words.replace("{", "(")[:600])
            open_ticket(traffic, "driver-1", "complaint", words, f"key-{number}")
    hire(engine, "boss", "admin")
    page, ran = chromium.new_page(), []
    page.on("dialog", lambda dialog: (ran.append(dialog.message), dialog.dismiss()))
    page.goto(f"{served}/desk/sign-in")
    page.get_by_label("姓名").fill("boss")
    page.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/")
    addresses = [f"conversations/wechat/driver-{number}" for number in range(1, 6)]
    for address in ["", *addresses, "canned-answers", "tickets", "figures", "search?q=<script>alert(1)</script>"]:
        page.goto(f"{served}/desk/{address}")
        expect(page.locator("#desk[data-ready]")).to_be_attached()
        if address == addresses[0]:
            page.locator("#claim").click()
            expect(page.locator("#compose")).to_be_visible()
        assert page.evaluate("window.ran") is None
        assert "ran" not in page.title()
        assert page.locator(".story script, .story img[onerror], .story iframe, .queue svg").count() == 0
    page.close()
    assert ran == []


def _sentences() -> object:
    from bot.settings import load_station
    from web.desk.sentences import Sentences

    return Sentences(load_station())
