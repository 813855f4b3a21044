from __future__ import annotations

import pathlib
import re
import shutil
from typing import Callable, Dict, Tuple

import httpx
import pytest
from sqlalchemy.engine import Engine

import bot.training.database
import web.desk.book_routes
import web.desk.labelling
from bot.settings import ROOT
from tests.web.desk.test_bulletin_pages import SENTENCE, build, fields
from tests.web.desk.test_pages import Browser, browser, served
from traffic import photos

__all__ = ["browser", "served"]
Make = Callable[[Engine, httpx.Client], Tuple[str, str, Dict[str, str], str]]
TOLD = "别人改过这一条"


@pytest.fixture(autouse=True)
def data(url: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    bot.training.database.upgrade(url)
    (tmp_path / "data" / "faq").mkdir(parents=True)
    shutil.copy(ROOT / "data/faq/ebike.yml", tmp_path / "data/faq/ebike.yml")
    for room in (web.desk.labelling, web.desk.book_routes):
        monkeypatch.setattr(room, "DATA", tmp_path / "data")
    monkeypatch.setattr(photos, "PHOTOS", tmp_path / "photos")
    return tmp_path / "data"


def bulletin(engine: Engine, lead: httpx.Client) -> tuple[str, str, dict[str, str], str]:
    build(engine)
    read = fields(lead.post("/desk/bulletins/read", data={"sentence": SENTENCE}).text)
    lead.post("/desk/bulletins", data={**read, "road": "224省道", "kind": "closed"})
    number = re.findall(r'href="/desk/bulletins/(\d+)"', lead.get("/desk/bulletins").text)[0]
    page = f"/desk/bulletins/{number}"
    return page, page, {**fields(lead.get(page).text), "road": "224省道", "kind": "closed"}, "cause"


def broadcast(engine: Engine, lead: httpx.Client) -> tuple[str, str, dict[str, str], str]:
    form = {"title": "台风", "text": "少出门。", "audience": "所有人", "begins": "2026-05-06 09:30"}
    page = lead.post("/desk/broadcasts", data=form).headers["location"].split("?")[0]
    return f"{page}/edit", page, {**form, **fields(lead.get(f"{page}/edit").text)}, "text"


def article(engine: Engine, lead: httpx.Client) -> tuple[str, str, dict[str, str], str]:
    form = {"topic": "notice", "title": "测速点", "body": "慢一点。"}
    page = lead.post("/desk/articles", data=form).headers["location"].split("?")[0]
    return page, page, {**form, **fields(lead.get(page).text)}, "body"


def answer(engine: Engine, lead: httpx.Client) -> tuple[str, str, dict[str, str], str]:
    page = "/desk/book/ebike/overview"
    return page, page, {"text": "改好的答案。", **fields(lead.get(page).text)}, "text"


@pytest.mark.parametrize("make", [bulletin, broadcast, article, answer])
def test_who_is_slower_is_told_keeps_the_words_and_may_insist(engine: Engine, browser: Browser, make: Make) -> None:
    wang, li = browser("wang", "lead"), browser("li", "lead")
    page, target, form, name = make(engine, wang)
    assert wang.post(target, data={**form, name: "王写的"}).status_code == 303
    late = li.post(target, data={**form, name: "李写的"})
    assert TOLD in late.text
    assert "李写的" in late.text
    assert "王写的" in li.get(page).text
    assert li.post(target, data={**form, name: "李写的", "seen": fields(late.text)["seen"]}).status_code == 303
    assert "李写的" in li.get(page).text
