from __future__ import annotations

import datetime
import pathlib
import subprocess
import sys
from typing import Any, Dict, Iterator, List

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.engine import Engine

import bot.training.database
import bot.training.loop
from bot.training import comparison_page, jobs, weekly
from bot.training.loop import Model, Standing
from bot.training.weekly import Week
from messages.database import reading
from tests.web.browser import browser  # noqa: F401  # a fixture
from tests.web.desk.test_teaching import sign_in
from tests.web.test_app import settings
from traffic.audit import AuditEntry
from web.app import create_app
from web.serving import Served

pytestmark = pytest.mark.browser
REASONS = {"passed": False, "reasons": ["emergency fell"], "changed": 3, "better": 1, "worse": 2}


def model(name: str, day: int, **more: Any) -> Model:
    made = datetime.datetime(2026, 5, day, 1, 0, tzinfo=datetime.timezone.utc)
    values: Dict[str, Any] = {"understood": 0.87, "gate": None, "overruled": None, **more}
    return Model(name, made, "s", **values)


LIVE, BEFORE = model("weijing-2", 2), model("weijing-1", 1)
WORSE = model("weijing-3", 3, gate=REASONS)
BETTER = model("weijing-4", 4, gate={**REASONS, "passed": True, "reasons": []})


@pytest.fixture
def served(url: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    bot.training.database.upgrade(url)
    every = [BETTER, WORSE, LIVE, BEFORE]
    monkeypatch.setattr(bot.training.loop, "standing", lambda: Standing(LIVE, BEFORE, [BETTER, WORSE], False))
    monkeypatch.setattr(bot.training.loop, "model", lambda name: next((m for m in every if m.name == name), None))
    for room in (jobs, comparison_page, weekly):
        monkeypatch.setattr(room, "VAR", tmp_path)
    with Served(lambda: create_app(settings(tmp_path, database_url=url))) as running:
        yield running.url


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> List[List[str]]:
    """What would have been started, without starting it."""
    found: List[List[str]] = []
    monkeypatch.setattr(jobs, "start", lambda kind, who, words: found.append([kind, *words]))
    return found


def models_page(browser: Browser, served: str, engine: Engine, name: str, role: str) -> Page:  # noqa: F811
    page = sign_in(browser, served, engine, name, role)
    page.wait_for_url("**/desk/**")
    expect(page.locator("#desk[data-ready]")).to_be_attached(timeout=60_000)
    page.goto(f"{served}/desk/models")
    return page


def test_training_survives_a_reload_is_alone_and_can_be_cancelled(
        browser: Browser, served: str, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    real = subprocess.Popen
    waits = [sys.executable, "-c", "import time; time.sleep(600)"]
    monkeypatch.setattr(jobs.subprocess, "Popen", lambda words, **more: real(waits, **more))
    page = models_page(browser, served, engine, "lin", "maintainer")
    page.get_by_role("button", name="训练并比较").click()
    expect(page.get_by_text("训练和比较：正在进行")).to_be_visible()
    page.reload()
    expect(page.get_by_text("lin 开始的")).to_be_visible()
    expect(page.get_by_role("button", name="训练并比较")).to_have_count(0)
    with pytest.raises(jobs.Busy):
        jobs.start("train", "mei", ["train"])
    page.get_by_role("button", name="取消").click()
    expect(page.get_by_text("训练和比较被取消了（lin）")).to_be_visible()
    with reading(engine) as session:
        deeds = session.execute(sa.select(AuditEntry.actor, AuditEntry.deed).where(AuditEntry.subject == "models"))
        assert [tuple(row) for row in deeds] == [("lin", "asked_train"), ("lin", "cancelled")]


def test_a_maintainer_promotes_what_the_gate_lets_through_and_rolls_back(
        browser: Browser, served: str, engine: Engine, started: List[List[str]]) -> None:  # noqa: F811
    page = models_page(browser, served, engine, "lin", "maintainer")
    expect(page.get_by_role("button", name="破例上线")).to_have_count(0)
    page.get_by_role("button", name="上线", exact=True).click()
    page.get_by_text("退回上一个").click()
    page.get_by_role("button", name="确定退回").click()
    expect(page.get_by_text("不能上线：比现在的差")).to_be_visible()
    assert started == [["promote", "promote", "weijing-4", "--by", "lin"], ["rollback", "rollback", "--by", "lin"]]


def test_only_a_lead_overrules_the_gate_and_says_why(
        browser: Browser, served: str, engine: Engine, started: List[List[str]]) -> None:  # noqa: F811
    maintainer = models_page(browser, served, engine, "lin", "maintainer")
    token = maintainer.locator("#desk").get_attribute("data-token")
    answer = maintainer.request.post(f"{served}/desk/models/weijing-3/promote",
                                     form={"csrf": str(token), "reason": "就是想让它上线试一试"})
    assert answer.status == 403
    page = models_page(browser, served, engine, "zhou", "lead")
    page.get_by_text("破例上线").first.click()
    page.get_by_label("为什么破例").fill("测试句标错了，已经改好")
    page.get_by_role("button", name="破例上线").click()
    expect(page.get_by_role("heading", name="现在用的模型")).to_be_visible()
    assert started == [["promote", "promote", "weijing-3", "--overrule=测试句标错了，已经改好", "--by", "zhou"]]


def test_an_agent_sees_no_models(browser: Browser, served: str, engine: Engine) -> None:  # noqa: F811
    page = models_page(browser, served, engine, "wang", "agent")
    expect(page.get_by_role("heading", name="您不能看或做这个")).to_be_visible()


def test_the_week_reads_without_names_of_intents(browser: Browser, served: str, engine: Engine) -> None:  # noqa: F811
    weekly.keep_week(Week("2026-04-29T01:00:00+00:00", "2026-05-06T01:00:00+00:00", (90, 120), (0.7, 0.8), (0.2, 0.1),
                          (0.1, 0.1), [("parking_towing", 0.1, 0.2)], [("ebike", "pay_fine", 4, "电瓶车罚多少")],
                          [("飞梭板", 5, "骑飞梭板罚多少")], 12, [("ebike/plate", 12, 3, 9)]))
    page = models_page(browser, served, engine, "zhou", "lead")
    page.get_by_role("link", name="周报").click()
    expect(page.get_by_text("停车、拖车")).to_be_visible()
    expect(page.get_by_text("电动车的规定：电动车怎么上牌")).to_be_visible()
    expect(page.get_by_text("80%")).to_be_visible()
    assert "ebike" not in page.locator("main").inner_text()
