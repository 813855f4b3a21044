from __future__ import annotations

import pathlib
import shutil
from typing import Iterator, List

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.engine import Engine

import bot.training.database
import bot.training.jobs
import bot.training.loop
import bot.training.weekly
import web.desk.book_routes
import web.desk.labelling
import web.desk.model_routes
import web.desk.week_routes
from bot.settings import ROOT
from bot.training import labels
from bot.training.errors import Refused
from bot.training.loop import Standing
from bot.training.tables import training_groups, training_labels, training_sentences
from messages.database import reading, writing
from tests.web.browser import browser  # noqa: F401  # a fixture
from tests.web.desk.conftest import PASSWORD, hire
from tests.web.test_app import settings
from web.app import create_app
from web.serving import Served

pytestmark = pytest.mark.browser
HEADS = {"平衡车能上马路吗": "ebike/overview", "我爸倒在路边了": "emergency",
         "<script>alert(1)</script>": "pay_fine/how"}


@pytest.fixture
def data(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    for name in ("faq/ebike.yml", "faq/pay_fine.yml", "nlu/emergency.yml", "nlu/out_of_scope.yml"):
        (tmp_path / "data" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "data" / name, tmp_path / "data" / name)
    for room in (web.desk.labelling, web.desk.book_routes, web.desk.model_routes, web.desk.week_routes):
        monkeypatch.setattr(room, "DATA", tmp_path / "data")
    monkeypatch.setattr(bot.training.loop, "standing", lambda: Standing(None, None, [], False))
    monkeypatch.setattr(bot.training.jobs, "VAR", tmp_path)
    monkeypatch.setattr(bot.training.weekly, "VAR", tmp_path)
    return tmp_path / "data"


@pytest.fixture
def waiting(url: str, engine: Engine) -> None:
    bot.training.database.upgrade(url)
    with writing(engine) as session:
        for teach, (head, label) in enumerate(reversed(HEADS.items()), start=1):
            group = session.execute(sa.insert(training_groups).values(
                head=head, drivers=3, messages=4, teach=teach, confidence=0.2, reasons={"fallback": 4},
                suggestions=[[label, 0.4], ["out_of_scope", 0.1]], nearest=[["电动车上牌", label, 0.5]],
                answer=None, open=True)).inserted_primary_key[0]
            session.execute(sa.insert(training_sentences).values(
                group_id=group, text=head, marks=[], messages=4, confidence=0.2, intent="nlu_fallback"))


@pytest.fixture
def served(url: str, tmp_path: pathlib.Path, data: pathlib.Path, waiting: None) -> Iterator[str]:
    with Served(lambda: create_app(settings(tmp_path, database_url=url))) as running:
        yield running.url


def sign_in(browser: Browser, served: str, engine: Engine, name: str, role: str) -> Page:  # noqa: F811
    hire(engine, name, role)
    page = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN").new_page()
    page.goto(f"{served}/desk/")
    page.get_by_label("姓名").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    return page


def labelled(engine: Engine) -> list[tuple[str, str, list]]:
    with reading(engine) as session:
        return [(row.label, row.state, row.marks) for row in session.execute(
            sa.select(training_labels).order_by(training_labels.c.id))]


def ready(page: Page, words: str) -> None:
    expect(page.locator("body[data-labelling]")).to_be_attached(timeout=60_000)
    expect(page.locator(".teach__words").first).to_have_text(words, timeout=60_000)


def test_a_maintainer_teaches_by_keys_and_a_colleague_reads_the_sensitive_ones(
        browser: Browser, served: str, engine: Engine, data: pathlib.Path) -> None:  # noqa: F811
    page = sign_in(browser, served, engine, "lin", "maintainer")
    first, second, third = HEADS
    ready(page, first)
    page.locator(".teach__words").first.dblclick(position={"x": 20, "y": 10})
    page.get_by_role("button", name="地点").click()
    expect(page.locator(".teach__words mark")).to_have_count(1)
    page.keyboard.press("1")
    ready(page, second)
    page.keyboard.press("1")
    ready(page, third)
    page.keyboard.press("i")
    expect(page.get_by_role("heading", name="都教完了")).to_be_visible(timeout=60_000)
    expect(page.locator(".teach__last")).to_contain_text("不要了")
    assert [(label, state) for label, state, _ in labelled(engine)] == [
        ("ebike/overview", "ready"), ("emergency", "waiting_second"), ("", "ignored")]
    assert labelled(engine)[0][2][0][0] == "place"
    expect(page.locator("body[data-labelling]")).to_be_attached(timeout=60_000)
    page.keyboard.press("u")
    ready(page, third)

    colleague = sign_in(browser, served, engine, "mei", "maintainer")
    expect(colleague.locator("body[data-labelling]")).to_be_attached(timeout=60_000)
    colleague.goto(f"{served}/desk/labelling/second")
    expect(colleague.locator("body[data-labelling]")).to_be_attached(timeout=60_000)
    colleague.keyboard.press("1")
    expect(colleague.get_by_text("没有等您复核的句子")).to_be_visible(timeout=60_000)
    expect(colleague.get_by_text("100%")).to_be_visible()

    page.goto(f"{served}/desk/labelling/change")
    expect(page.locator(".diff__added").filter(has_text="我爸倒在路边了")).to_be_visible()
    page.get_by_role("button", name="写进数据").click()
    page.wait_for_url("**/desk/models?said=applied")
    expect(page.get_by_text("写进数据了。下一步")).to_be_visible(timeout=60_000)
    assert "    - 我爸倒在路边了\n" in (data / "nlu/emergency.yml").read_text()
    assert {state for _, state, _ in labelled(engine)} == {"applied", "undone"}


def test_an_officer_changes_an_answer_after_seeing_it_as_the_driver_will(
        browser: Browser, served: str, engine: Engine, data: pathlib.Path) -> None:  # noqa: F811
    page = sign_in(browser, served, engine, "wang", "agent")
    page.wait_for_url("**/desk/")
    page.goto(f"{served}/desk/book?law=道路交通安全法 第108条")
    page.get_by_role("link", name="处理违章", exact=True).click()
    page.wait_for_url("**/desk/book/pay_fine/*")
    page.wait_for_function("document.querySelector('textarea[name=text]')['htmx-internal-data']")  # it listens now
    answer = page.locator("textarea[name=text]")
    answer.fill("带上证件来{violation_window}。")
    answer.press("End")  # the phone beside it follows what is written
    expect(page.locator(".book__bubble")).to_contain_text("带上证件来违法处理窗口", timeout=60_000)
    asked: List[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_role("link", name="不改了").click()
    expect(answer).to_have_value("带上证件来{violation_window}。")
    assert asked == ["beforeunload"]
    page.get_by_role("button", name="保存").click()
    page.wait_for_url("**/desk/book?said=saved")
    assert asked == ["beforeunload"]
    assert "带上证件来{violation_window}。" in (data / "faq/pay_fine.yml").read_text()


@pytest.mark.parametrize(("topic", "title", "label"), [
    ("ebike", "平衡车上路", "ebike/ping_heng_che_shang_lu"), ("", "无人机", "wu_ren_ji/overview")])
def test_a_title_in_chinese_becomes_a_name(topic: str, title: str, label: str) -> None:
    assert web.desk.labelling.new_label(topic, title) == label


@pytest.mark.parametrize("topic", ["ebike", ""])
@pytest.mark.parametrize("title", ["？？", ""])
def test_a_title_without_words_is_refused(title: str, topic: str) -> None:
    with pytest.raises(Refused):
        web.desk.labelling.new_label(topic, title)


def test_a_maintainer_begins_a_topic_and_is_told_how_many_sentences_it_lacks(
        browser: Browser, served: str, engine: Engine, data: pathlib.Path) -> None:  # noqa: F811
    page = sign_in(browser, served, engine, "lin", "maintainer")
    ready(page, "平衡车能上马路吗")
    page.keyboard.press("n")
    page.get_by_label("归在").select_option(label="都不合适，另起一类")
    page.get_by_label("这一类叫什么").fill("平衡车")
    page.get_by_label("答案", exact=True).fill("平衡车不能上马路。")
    page.get_by_label("还会怎么问").fill("\n".join(f"骑平衡车{word}可以吗" for word in "去来上下"))
    expect(page.locator("#enough")).to_contain_text("还差 5 种")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".teach__last")).to_contain_text("平衡车，还差 5 种问法", timeout=60_000)
    page.goto(f"{served}/desk/labelling/change")
    page.get_by_label("车主还会怎么问").fill("\n".join(f"平衡车{word}马路罚吗" for word in "走横穿过占"))
    page.get_by_role("button", name="加上").click()
    page.get_by_role("button", name="写进数据").click()
    page.wait_for_url("**/desk/models?said=applied")
    written = (data / "faq/ping_heng_che.yml").read_text(encoding="utf-8")
    assert "- action: utter_ping_heng_che" in written
    assert "utter_title_ping_heng_che:\n  - text: 平衡车" in written
    with reading(engine) as session:
        assert labels.counts(session)["applied"] == 10


def test_words_are_marked_by_keys_and_labels_found_by_the_first_letters_of_pinyin(
        browser: Browser, served: str, engine: Engine) -> None:  # noqa: F811
    page = sign_in(browser, served, engine, "lin", "maintainer")
    ready(page, "平衡车能上马路吗")
    for key in ("e", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight", "Shift+ArrowRight", "2", "Escape", "/"):
        page.keyboard.press(key)
    page.keyboard.type("jfkqn")
    expect(page.locator(".finder__found li").first).to_contain_text("交罚款去哪", timeout=60_000)
    page.keyboard.press("Enter")
    ready(page, "我爸倒在路边了")
    assert labelled(engine) == [("pay_fine/where", "ready", [["road", 4, 6]])]
