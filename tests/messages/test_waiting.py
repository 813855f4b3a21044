from __future__ import annotations

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from messages import conversations, turns
from messages.clock import utc_now
from messages.database import reading, writing
from messages.inbox import Incoming, receive
from messages.replies import Reply
from messages.tables import inbox, outbox
from messages.turn_worker import Pace, TurnWorker
from messages.turns import Turn
from messages.understandings import Understood
from tests.messages.conftest import NOW, Write, later

SENTENCES = {"apology": "对不住", "trying_again": "再试", "in_queue": "已转给民警", "left_queue": "好的，接着问",
             "fault": "请民警看",
             "place": "前面还有{ahead}位", "place_first": "您第一位", "leave": "不等了"}
WHO = ("wechat", "driver-1")


class Talk:
    """The bot says what it is told to, also a hand-over; `asked` counts how often."""

    def __init__(self, engine: Engine, staffed: bool = True) -> None:
        self.asked, self.says, self.fails = 0, [Reply("机器人的话")], False
        self._engine = engine
        self.worker = TurnWorker(engine, ["wechat"], self._answer, SENTENCES, Pace(retry_after=0.0), lambda: staffed,
                                 self._read)

    async def _answer(self, turn: Turn, said: list[Reply]) -> None:
        self.asked += 1
        if self.fails:
            raise ConnectionError("no bot")
        said.extend(self.says)

    async def _read(self, turn: Turn) -> Understood:
        return Understood("pay_fine", 0.9, "pay_fine/how", ("pay_fine/how",))

    def run(self, message: int) -> None:
        with writing(self._engine) as session:
            turn = turns.claim(session, message, utc_now(), 8)
        assert turn
        asyncio.run(self.worker.run(turn))

    def heard(self) -> list[tuple[Any, ...]]:
        with reading(self._engine) as session:
            rows = session.execute(sa.select(outbox.c.text, outbox.c.choices).order_by(outbox.c.id))
            return [(row.text, [choice["title"] for choice in row.choices]) for row in rows]


def holder(engine: Engine) -> tuple[str, str | None]:
    with reading(engine) as session:
        found = conversations.find(session, *WHO)
    assert found
    return found.holder, found.reason


@pytest.fixture
def talk(engine: Engine) -> Talk:
    return Talk(engine)


def wait_in_queue(engine: Engine, write: Write, talk: Talk, reason: str = "asked") -> None:
    talk.says = [Reply("转民警"), Reply(custom={"hand_over": {"reason": reason}})]
    talk.run(write("转人工"))


def test_the_driver_hears_the_place_at_once(engine: Engine, write: Write, talk: Talk) -> None:
    for number, reason in enumerate(("asked", "asked", "death"), start=2):
        write("在吗", driver=f"driver-{number}")
        with writing(engine) as session:
            conversations.request_person(session, "wechat", f"driver-{number}", reason, later(-60 * number))
    wait_in_queue(engine, write, talk)
    assert talk.heard() == [("转民警", []), ("前面还有3位", ["不等了"])]


def test_an_urgent_one_has_only_the_more_urgent_ahead(engine: Engine, write: Write, talk: Talk) -> None:
    write("在吗", driver="driver-2")
    with writing(engine) as session:
        conversations.request_person(session, "wechat", "driver-2", "asked", NOW)
    wait_in_queue(engine, write, talk, "death")
    assert talk.heard()[-1] == ("您第一位", ["不等了"])


@pytest.mark.parametrize("words", ["不等了", "1", "0"])
def test_a_tap_leaves_the_queue_and_the_bot_goes_on(engine: Engine, write: Write, talk: Talk, words: str) -> None:
    wait_in_queue(engine, write, talk)
    talk.run(write(words))
    assert holder(engine) == ("bot", None)
    assert talk.heard()[-1] == ("好的，接着问", [])
    talk.says = [Reply("机器人的话")]
    talk.run(write("1"))
    assert talk.heard()[-1] == ("机器人的话", [])


def test_what_a_waiting_driver_writes_is_understood_for_the_officer(engine: Engine, write: Write, talk: Talk) -> None:
    from messages import understandings

    wait_in_queue(engine, write, talk)
    message = write("罚款怎么交")
    talk.run(message)
    assert talk.asked == 1
    with reading(engine) as session:
        assert understandings.of(session, [message])[message].questions == ("pay_fine/how",)


@pytest.mark.parametrize("text", ["/restart", "／restart", "/session_start", "你好", "0", "不等了", "1", "转人工"])
def test_nothing_a_driver_writes_lets_the_bot_speak_into_an_officers_conversation(
        engine: Engine, write: Write, talk: Talk, text: str) -> None:
    wait_in_queue(engine, write, talk)
    with writing(engine) as session:
        conversations.take(session, *WHO, "wang", NOW)
    before = talk.heard()
    talk.run(write(text, now=later(1)))
    talk.run(write(text, now=later(2 * 3600 + 5)))  # after two hours of silence
    with writing(engine) as session:
        menu = receive(session, Incoming(*WHO, f"menu-{text}", "event", None, payload="/greet"), later(7300), 4.3).id
    talk.run(menu)
    assert (talk.asked, talk.heard(), holder(engine)[0]) == (1, before, "officer")
    with reading(engine) as session:
        states = session.execute(sa.select(inbox.c.state).order_by(inbox.c.id)).scalars().all()
    assert states[1:] == ["held"] * 3


@pytest.mark.parametrize(("staffed", "sentence", "now_with"), [
    (True, "请民警看", ("queue", "fault")), (False, "对不住", ("bot", None))])
def test_a_turn_that_failed_twice_goes_to_a_person_who_is_there(
        engine: Engine, write: Write, staffed: bool, sentence: str, now_with: tuple[str, str | None]) -> None:
    talk = Talk(engine, staffed)
    talk.fails = True
    message = write("查违章")
    for _ in range(2):
        talk.run(message)
    assert talk.asked == 2
    assert sentence in [text for text, _ in talk.heard()]
    assert holder(engine) == now_with
