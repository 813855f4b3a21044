from __future__ import annotations

import pathlib

import pytest
from PIL import Image
from sqlalchemy.engine import Engine

import connectors.wechat.drafts
from connectors.wechat.announcer import shown
from messages.pushes import Planned, Push, packed
from tests.connectors.wechat.account import Driver, soon
from tests.connectors.wechat.test_announcer import Announce, announce, broadcast_to, engine, fans, plan, progress

__all__ = ["announce", "engine"]
PAGE = "https://wx.example.cn/h5/articles/7"
ARTICLE = {"number": 7, "address": PAGE, "picture": f"{PAGE}/pictures/1", "parts": [["第一段", 0], ["", 1]],
           "pictures": ["a.jpg"]}


@pytest.fixture
def picture(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    monkeypatch.setattr(connectors.wechat.drafts, "PHOTOS", tmp_path)
    Image.new("RGB", (60, 40), "navy").save(tmp_path / "a.jpg", "JPEG")
    return tmp_path / "a.jpg"


def planned(**fields: str) -> Planned:
    return Planned(1, "o-driver-1", "broadcast", "台风要来了，少出门。", fields, PAGE, 1, None, 0, None, False)


def test_with_a_picture_an_open_window_gets_a_card_that_opens_the_page() -> None:
    card, = shown(planned(title="台风通知", picture=f"{PAGE}/pictures/1"))["news"]["articles"]
    assert card == {"title": "台风通知", "description": "台风要来了，少出门。", "url": PAGE,
                    "picurl": f"{PAGE}/pictures/1"}
    assert shown(planned(title="台风通知"))["text"]["content"] == f"台风要来了，少出门。\n{PAGE}"


def test_who_has_no_other_way_gets_the_article_itself_in_the_one_mass_send(
        engine: Engine, driver: Driver, announce: Announce, picture: pathlib.Path) -> None:
    found = broadcast_to(engine, fans(driver, 3), True, link=PAGE, article=ARTICLE)
    announce()
    told = progress(engine, found)
    assert (told.sent, told.left, told.total) == (3, 0, 3)
    fan = driver.beside("o-fan-0")
    entry = soon(lambda: fan.state()["entries"])[-1]
    assert (entry["kind"], entry["title"], entry["description"]) == ("news", "台风通知", "台风要来了，少出门。")


@pytest.mark.parametrize(("there", "kind"), [(True, "news"), (False, "text")])
def test_an_officers_preview_is_the_article_as_a_mass_send_shows_it(
        engine: Engine, driver: Driver, announce: Announce, picture: pathlib.Path, there: bool, kind: str) -> None:
    fan = fans(driver, 2)[0]
    if not there:
        picture.unlink()
    plan(engine, fan, Push("preview:1", "preview", "台风要来了，少出门。", {
        "title": "台风通知", "picture": f"{PAGE}/pictures/1",
        "article": packed([["第一段", 0], ["", 1]], ["a.jpg"])}, PAGE))
    announce()
    phone = driver.beside(fan)
    assert soon(lambda: phone.state()["entries"])[-1]["kind"] == kind


def test_when_the_picture_is_gone_nothing_is_sent_and_the_reason_stands_in_the_results(
        engine: Engine, driver: Driver, announce: Announce, picture: pathlib.Path) -> None:
    picture.unlink()
    found = broadcast_to(engine, fans(driver, 3), True, link=PAGE, article=ARTICLE)
    announce(until=lambda: progress(engine, found).parked == 3)
    assert progress(engine, found).parked == 3
