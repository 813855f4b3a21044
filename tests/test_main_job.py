from __future__ import annotations

import os
import pathlib
import signal
import socket
import subprocess
import sys
from typing import Dict, Iterator

import httpx
import psutil
import pytest
from playwright.sync_api import Browser, Page, expect

from bot.settings import ROOT
from tests.web.browser import browser  # noqa: F401  # a fixture
from traffic.demo.examples import VEHICLES

pytestmark = [pytest.mark.browser, pytest.mark.model, pytest.mark.timeout(400)]
START_S = 200
ANSWER_MS = 15_000


def free_ports(count: int) -> list[int]:
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def settings_for(folder: pathlib.Path) -> Dict[str, str]:
    web, rasa, actions, phone = map(str, free_ports(4))
    return {
        "WEIJING_VAR": str(folder), "DATABASE_URL": f"sqlite:///{folder}/weijing.db",
        "WEB_PORT": web, "RASA_PORT": rasa, "ACTIONS_PORT": actions, "PHONE_PORT": phone,
        "WECHAT_API_BASE_URL": f"http://127.0.0.1:{phone}", "WECHAT_TOKEN": "maintoken", "WECHAT_APP_ID": "wxmain",
        "WECHAT_APP_SECRET": "secret", "WECHAT_ENCODING_AES_KEY": "m" * 43, "WEIJING_SECRET": "m" * 40,
    }


class Running:
    def __init__(self, folder: pathlib.Path) -> None:
        self.settings = settings_for(folder)
        self.url = f"http://127.0.0.1:{self.settings['WEB_PORT']}"
        self.output = folder / "output"
        with self.output.open("w") as written:
            self.process = subprocess.Popen([sys.executable, "-m", "bot.cli", "run"], cwd=ROOT, stdout=written,
                                            stderr=subprocess.STDOUT, env={**os.environ, **self.settings})

    def wait(self) -> None:
        for _ in range(START_S * 2):
            if "Weijing is up" in self.output.read_text():
                return
            try:
                self.process.wait(0.5)
            except subprocess.TimeoutExpired:
                continue
            break
        raise AssertionError(f"not up:\n{self.output.read_text()[-2000:]}")

    def kill(self, module: str) -> None:
        for child in psutil.Process(self.process.pid).children(recursive=True):
            if child.cmdline()[1:3] == ["-m", module]:
                child.kill()

    def stop(self) -> None:
        children = psutil.Process(self.process.pid).children(recursive=True)
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        _, alive = psutil.wait_procs(children, timeout=20)
        assert alive == []


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    started = Running(tmp_path_factory.mktemp("station"))
    try:
        started.wait()
        yield started
    finally:
        started.stop()


@pytest.fixture
def page(browser: Browser, running: Running) -> Iterator[Page]:  # noqa: F811
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    opened = context.new_page()
    opened.goto(f"{running.url}/phone")
    yield opened
    context.close()


def say(page: Page, words: str) -> None:
    page.get_by_label("发消息").fill(words)
    page.keyboard.press("Enter")


def heard(page: Page, words: str) -> None:
    expect(page.locator(".entry_account").filter(has_text=words).last).to_be_visible(timeout=ANSWER_MS)


def test_a_driver_asks_for_violations_in_the_phone_and_sees_them(page: Page) -> None:
    heard(page, "查违章")
    vehicle = VEHICLES[0]
    say(page, f"帮我查下{vehicle.plate}有没有违章")
    heard(page, "后6位")
    say(page, vehicle.frame_tail)
    heard(page, "没处理")
    say(page, "今天哪里堵")
    heard(page, "路")


def test_an_action_server_that_was_killed_comes_back(running: Running, page: Page) -> None:
    heard(page, "查违章")
    running.kill("actions")
    for _ in range(40):
        say(page, "今天哪里堵")
        try:
            expect(page.locator(".entry_account").filter(has_text="省道").last).to_be_visible(timeout=3_000)
            return
        except AssertionError:
            continue
    raise AssertionError("no answer after the action server was killed")


def test_nothing_listens_beyond_loopback(running: Running) -> None:
    ports = {int(running.settings[name]) for name in ("WEB_PORT", "RASA_PORT", "ACTIONS_PORT", "PHONE_PORT")}
    listening = [c.laddr for c in psutil.net_connections("tcp") if c.status == "LISTEN" and c.laddr.port in ports]
    assert {address.port for address in listening} == ports
    assert {address.ip for address in listening} == {"127.0.0.1"}


def test_rasa_answers_nobody_but_the_channel(running: Running) -> None:
    rasa = f"http://127.0.0.1:{running.settings['RASA_PORT']}"
    with httpx.Client(trust_env=False, timeout=10) as client:
        assert client.post(f"{rasa}/webhooks/rest/webhook", json={"message": "hi"}).status_code == 404
        assert client.get(f"{rasa}/domain").status_code == 404
        assert client.post(f"{rasa}/webhooks/wechat/webhook", content=b"<xml/>").status_code in {400, 401, 403}
