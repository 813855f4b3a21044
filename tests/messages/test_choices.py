from __future__ import annotations

import pytest
from sqlalchemy.engine import Engine

from messages import choices
from messages.database import reading, writing
from messages.replies import Choice
from tests.messages.conftest import Write

WHO = ("wechat", "driver-1")
MENU = {"1": "/query_violations", "2": "/query_points"}
CARS = (Choice("浙J12345", '/inform{"plate_number":"浙J12345"}'), Choice("都不是", "/deny"))


def resolve(engine: Engine, text: str | None, tap: str | None = None) -> str | None:
    with reading(engine) as session:
        return choices.resolve(session, *WHO, text, tap, MENU)


def offer(engine: Engine, *offered: Choice, question: bool = True) -> None:
    with writing(engine) as session:
        choices.offer(session, *WHO, offered, question, 1)


@pytest.mark.parametrize("text", [
    "1", "１", "1.", " 1 ", "1、", "第一个", "第1个", "选1", "我选1", "一", "1号", "①", "第一"])
def test_every_way_to_say_the_first(engine: Engine, write: Write, text: str) -> None:
    write()
    offer(engine, *CARS)
    assert resolve(engine, text) == CARS[0].payload


@pytest.mark.parametrize("text", ["3", "0", "12345", "1点", "一辆", "查1", "", "第一医院", "十一"])
def test_what_is_no_number_of_the_offer_is_a_sentence(engine: Engine, write: Write, text: str) -> None:
    write()
    offer(engine, *CARS)
    assert resolve(engine, text) is None


def test_a_title_typed_exactly_is_the_choice(engine: Engine, write: Write) -> None:
    write()
    offer(engine, *CARS)
    assert resolve(engine, "都不是") == "/deny"


def test_a_tap_is_the_choice_only_while_it_is_on_offer(engine: Engine, write: Write) -> None:
    write()
    offer(engine, *CARS)
    with reading(engine) as session:
        tap = choices.offered(session, *WHO)[1][0]
    assert resolve(engine, "都不是了", tap) == "/deny"
    offer(engine, Choice("是", "/affirm"))
    assert resolve(engine, "都不是了", tap) is None


def test_a_bare_number_is_a_menu_key_when_nothing_was_asked(engine: Engine, write: Write) -> None:
    write()
    assert resolve(engine, "1") == "/query_violations"
    offer(engine, question=True)
    assert resolve(engine, "1") is None
    offer(engine, question=False)
    assert resolve(engine, "2") == "/query_points"
    assert resolve(engine, "9") is None


def test_another_drivers_offer_is_not_mine(engine: Engine, write: Write) -> None:
    write()
    offer(engine, *CARS)
    with reading(engine) as session:
        tap = choices.offered(session, *WHO)[0][0]
        assert choices.resolve(session, "wechat", "driver-2", "x", tap, {}) is None


@pytest.mark.parametrize("text", [
    "/restart", "／restart", " / /restart", "\u200b/restart", "//／restart", "\ufeff/restart"])
def test_typed_commands_lose_their_slash(text: str) -> None:
    assert choices.harmless(text) == "restart"


def test_a_slash_inside_stays() -> None:
    assert choices.harmless("违章/记分") == "违章/记分"
