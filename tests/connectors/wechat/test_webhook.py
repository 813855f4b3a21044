from __future__ import annotations

import asyncio
import json
import threading

import httpx
import sqlalchemy as sa

from messages.database import open_engine, reading
from messages.replies import Choice, Reply
from messages.tables import inbox
from messages.turn_worker import Pace
from messages.turns import Turn
from tests.connectors.wechat.account import SOON, Driver, soon
from tests.connectors.wechat.conftest import Start
from tests.connectors.wechat.server import SENTENCES, echo
from web.phone.spoiling import SPOILS


async def opened(gate: threading.Event) -> None:
    """Until the test opens the gate: no test may depend on how fast the machine is."""
    while not gate.is_set():
        await asyncio.sleep(0.02)


def pushed(driver: Driver) -> list[str]:
    return [json.loads(send["sent"]).get("text", {}).get("content", "") for send in driver.sends()]


def received(url: str) -> int:
    engine = open_engine(url)
    with reading(engine) as session:
        count = session.execute(sa.select(sa.func.count()).select_from(inbox)).scalar_one()
    engine.dispose()
    return count


def test_a_text_is_answered_in_the_passive_reply(start: Start) -> None:
    driver = start(echo)
    driver.write("查违章")
    assert soon(driver.heard) == ["收到 查违章"]
    assert len(driver.posts()) == 1
    assert driver.sends() == []


def test_what_comes_after_the_passive_reply_is_pushed(start: Start) -> None:
    found = threading.Event()

    async def slow(turn: Turn, said: list[Reply]) -> None:
        if turn.payload:
            return said.append(Reply("您好"))
        said.append(Reply("正在查"))
        await opened(found)
        said.append(Reply("查到了"))

    driver = start(slow, seconds=2.0)
    driver.follow()
    assert soon(lambda: driver.heard() == ["您好"])
    driver.write("查违章")
    assert soon(lambda: driver.heard() == ["您好", "正在查"])
    found.set()
    assert soon(lambda: driver.heard() == ["您好", "正在查", "查到了"])
    assert pushed(driver)[-1] == "查到了"


def test_a_repeat_joins_the_first_run_and_gets_the_same_answer(start: Start) -> None:
    driver = start(echo)
    driver.fault(path="post", together=3)
    driver.write("你好")
    assert soon(driver.heard) == ["收到 你好"]
    answers = {post["answer"].partition("<Content>")[2] for post in driver.posts()}
    assert len(driver.posts()) == 3
    assert len(answers) == 1


def test_a_failing_bot_is_asked_once_more(start: Start) -> None:
    runs: list[int] = []

    async def fails_first(turn: Turn, said: list[Reply]) -> None:
        runs.append(turn.attempt)
        if turn.attempt == 1:
            raise ConnectionError
        said.append(Reply("好了"))

    driver = start(fails_first, Pace(retry_after=0.1))
    driver.write("你好")
    assert soon(driver.heard) == ["好了"]
    assert runs == [1, 2]


def test_a_silent_bot_is_answered_for(start: Start) -> None:
    async def silent(turn: Turn, said: list[Reply]) -> None:
        return None

    driver = start(silent, Pace(retry_after=0.1))
    driver.write("你好")
    assert soon(driver.heard) == [SENTENCES["apology"]]


def test_a_second_try_later_than_the_passive_answer_is_announced_and_its_result_pushed(start: Start) -> None:
    async def fails_first(turn: Turn, said: list[Reply]) -> None:
        if turn.attempt == 2 or turn.payload:
            said.append(Reply("查到了" if turn.text else "您好"))

    driver = start(fails_first, Pace(retry_after=1.5), seconds=0.5)
    driver.follow()
    assert soon(lambda: driver.heard() == ["您好"])
    driver.write("查违章")
    assert soon(lambda: driver.heard() == ["您好", SENTENCES["trying_again"], "查到了"])
    assert pushed(driver)[-1] == "查到了"


def test_turns_of_one_driver_keep_their_order(start: Start, database_url: str) -> None:
    both_came, began = threading.Event(), []

    async def uneven(turn: Turn, said: list[Reply]) -> None:
        began.append(turn.text)
        if turn.text == "一号":
            await opened(both_came)
        said.append(Reply(turn.text))

    driver = start(uneven)
    driver.write("一号")
    assert soon(lambda: began == ["一号"])
    driver.write("二号")
    assert soon(lambda: received(database_url) == 2)
    assert began == ["一号"]
    both_came.set()
    assert soon(lambda: "\n\n".join(driver.heard()) == "一号\n\n二号")


def test_a_pushed_choice_is_a_tap_and_a_passive_one_a_number(start: Start) -> None:
    late = threading.Event()

    async def asks(turn: Turn, said: list[Reply]) -> None:
        if turn.text == "慢":
            await opened(late)
        if turn.payload:
            return said.append(Reply("您好"))
        said.append(Reply("哪一辆？", choices=(Choice("甲车", '/inform{"n":1}'), Choice("乙车", '/inform{"n":2}')),
                          question=True))

    driver = start(asks, seconds=2.0)
    driver.follow()
    assert soon(lambda: driver.heard() == ["您好"])
    driver.write("快")
    assert soon(lambda: driver.heard()[1:] == ["哪一辆？\n1. 甲车\n2. 乙车"])
    driver.write("慢")
    assert soon(lambda: SOON in driver.heard_all())
    late.set()
    assert soon(lambda: len(driver.heard()) == 3)
    assert '"msgtype": "msgmenu"' in str(driver.sends()).replace("'", '"')


def test_what_wechat_cannot_have_sent_is_refused_and_changes_nothing(start: Start, database_url: str) -> None:
    driver = start(echo)
    for number, spoil in enumerate(SPOILS, start=1):
        driver.fault(path="post", spoil=spoil)
        driver.write(spoil)
        assert soon(lambda number=number: len(driver.posts()) == number)
        assert driver.posts()[-1]["status"] in (400, 403), spoil
    assert received(database_url) == 0


def test_the_console_sees_its_echo_only_with_a_right_signature(start: Start) -> None:
    driver = start(echo)
    wrong = {"signature": "0" * 40, "timestamp": "1700000000", "nonce": "n", "echostr": "123"}
    assert httpx.get(driver.url, params=wrong).status_code == 403


def test_a_body_over_the_limit_is_refused_unread(start: Start) -> None:
    driver = start(echo)
    query = {"encrypt_type": "aes", "msg_signature": "0" * 40, "timestamp": "1700000000", "nonce": "n"}
    assert httpx.post(driver.url, params=query, content=b"<xml>" + b"a" * 70_000).status_code == 413
