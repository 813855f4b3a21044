from __future__ import annotations

import datetime
from typing import Callable

import pytest

from connectors.wechat import kf, kf_handover, webhook
from connectors.wechat.client import WeChatClient
from connectors.wechat.errors import ApiError
from connectors.wechat.kf_handover import KfHandover
from messages import conversations, outside_desk
from messages.clock import utc_now
from messages.database import open_engine, reading, writing
from messages.inbox import Incoming, receive
from messages.replies import Reply
from messages.turns import Turn
from tests.connectors.wechat.account import Driver, soon
from tests.connectors.wechat.calls import Run
from tests.connectors.wechat.conftest import Start

Holder = Callable[[], tuple[str, str | None]]


async def bot(turn: Turn, said: list[Reply]) -> None:
    if turn.payload == "/request_human" or "人工" in (turn.text or ""):
        said += [Reply("已经请民警来看"), Reply(custom={"hand_over": {"reason": "asked"}})]
    else:
        said.append(Reply(f"机器人：{turn.text or turn.payload}"))


@pytest.fixture
def follower(start: Start, monkeypatch: pytest.MonkeyPatch) -> Driver:
    """Follows an account whose drivers go to WeChat's own desk."""
    station = webhook.load_station().copy(update={"handoff": "wechat_kf"})
    monkeypatch.setattr(webhook, "load_station", lambda: station)
    monkeypatch.setattr(kf_handover, "ASKED_FOR", 0.0)
    driver = start(bot)
    driver.control("followers", count=2, prefix="o-driver-")  # has followed for long
    return driver


@pytest.fixture
def holder(follower: Driver, database_url: str) -> Holder:
    def look() -> tuple[str, str | None]:
        engine = open_engine(database_url)
        with reading(engine) as session:
            found = conversations.find(session, "wechat", follower.openid)
        engine.dispose()
        return (found.holder, found.officer) if found else ("", None)

    return look


def told(driver: Driver) -> list[str]:
    """Events of WeChat's desk that the server has answered."""
    sent = [post["sent"] for post in driver.posts() if post["status"] == 200]
    return [name for name in ("kf_create_session", "kf_switch_session", "kf_close_session")
            if any(name in xml for xml in sent)]


def test_who_wants_a_person_is_transferred_to_the_agent_and_the_bot_is_silent(
        follower: Driver, holder: Holder) -> None:
    follower.agent("busy@gh", online=False)
    follower.agent("li@gh")
    follower.write("人工")
    assert soon(lambda: holder() == ("officer", "kf:li@gh"))
    assert soon(lambda: any("transfer_customer_service" in str(post["answer"]) for post in follower.posts()))
    assert soon(lambda: told(follower) == ["kf_create_session"])
    assert soon(lambda: follower.heard() == ["已经请民警来看"])  # pushed, for the passive reply was the transfer
    follower.event("CLICK", "help")
    follower.kf("say", words="您好，我是值班民警")
    assert soon(lambda: len(follower.posts()) == 3)
    assert follower.heard() == ["已经请民警来看", "您好，我是值班民警"]


def test_an_agent_who_passes_on_and_ends_is_followed_and_then_the_bot_answers(
        follower: Driver, holder: Holder) -> None:
    follower.agent("li@gh")
    follower.write("人工")
    assert soon(lambda: told(follower) == ["kf_create_session"])
    follower.agent("wang@gh")
    follower.kf("switch", account="wang@gh")
    assert soon(lambda: holder() == ("officer", "kf:wang@gh"))
    follower.kf("close")
    assert soon(lambda: holder() == ("bot", None))
    follower.write("查违章")
    assert soon(lambda: "机器人：查违章" in follower.heard())


def test_with_nobody_online_the_driver_waits_in_our_own_queue_until_an_agent_comes(
        follower: Driver, holder: Holder) -> None:
    follower.write("人工")
    assert soon(lambda: follower.heard() == ["已经请民警来看"])
    assert holder() == ("queue", None)
    follower.agent("li@gh")
    assert soon(lambda: holder() == ("officer", "kf:li@gh"))
    assert soon(lambda: follower.desk()["agents"][0]["drivers"] == [follower.openid])


def test_a_menu_key_is_answered_and_then_a_session_opened_for_events_are_never_transferred(
        follower: Driver, holder: Holder) -> None:
    follower.agent("li@gh")
    follower.event("CLICK", "request_human")
    assert soon(lambda: follower.heard() == ["已经请民警来看"])
    assert soon(lambda: holder() == ("officer", "kf:li@gh"))
    assert not any("transfer_customer_service" in str(post["answer"]) for post in follower.posts())


def test_a_repeat_of_the_transferred_message_is_transferred_again(follower: Driver, holder: Holder) -> None:
    follower.agent("li@gh")
    follower.fault(path="post", repeat=1)
    follower.write("人工")
    assert soon(lambda: sum("transfer_customer_service" in str(post["answer"]) for post in follower.posts()) == 2)


def test_when_wechat_does_not_say_who_is_online_the_driver_waits_with_us(follower: Driver, holder: Holder) -> None:
    follower.agent("li@gh")
    follower.fault(path="getonlinekflist", times=10_000, errcode=-1)
    follower.write("人工")
    assert soon(lambda: follower.heard() == ["已经请民警来看"])
    assert holder() == ("queue", None)


def test_words_that_reach_us_say_that_wechats_desk_is_done(
        follower: Driver, holder: Holder, database_url: str) -> None:
    engine = open_engine(database_url)
    with writing(engine) as session:
        now = utc_now() - datetime.timedelta(minutes=40)
        conversations.begin(session, "wechat", follower.openid, now)
        outside_desk.took(session, "wechat", follower.openid, "li@gh", now)
    engine.dispose()
    follower.write("还在吗")
    assert soon(lambda: follower.heard() == ["机器人：还在吗"])
    assert holder() == ("bot", None)


@pytest.mark.parametrize(("told_of", "expected"), [(True, "bot"), (False, "queue")])
def test_a_session_that_wechat_does_not_know_is_taken_back(
        run: Run, driver: Driver, database_url: str, told_of: bool, expected: str) -> None:
    engine = open_engine(database_url)

    async def look(client: WeChatClient) -> str:
        with writing(engine) as session:
            conversations.begin(session, "wechat", driver.openid, utc_now())
            outside_desk.took(session, "wechat", driver.openid, "li@gh", utc_now())
            if told_of:
                receive(session, Incoming("wechat", driver.openid, "k1", kf_handover.CREATED, turn=False), utc_now(), 0)
        await KfHandover(engine, client, doubt_after=datetime.timedelta(seconds=-1)).look()
        with reading(engine) as session:
            found = conversations.find(session, "wechat", driver.openid)
        return found.holder if found else ""

    assert run(look) == expected
    engine.dispose()


def test_agents_are_listed_the_least_busy_first_and_absent_ones_left_out(run: Run, driver: Driver) -> None:
    driver.agent("busy@gh")
    driver.agent("away@gh", online=False)

    async def look(client: WeChatClient) -> list[str]:
        await kf.create_session(client, driver.openid, "busy@gh")
        driver.agent("free@gh")
        assert await kf.session_of(client, driver.openid) == "busy@gh"
        listed = [agent.account for agent in await kf.online_agents(client)]
        await kf.close_session(client, driver.openid, "busy@gh")
        assert await kf.session_of(client, driver.openid) is None
        return listed

    assert run(look) == ["free@gh", "busy@gh"]
    with pytest.raises(ApiError, match="65415"):
        run(lambda client: kf.create_session(client, driver.openid, "away@gh"))


def test_several_who_wait_go_to_different_agents_and_one_whom_wechat_refuses_keeps_nobody_waiting(
        run: Run, driver: Driver, database_url: str) -> None:
    engine = open_engine(database_url)
    driver.control("followers", count=2, prefix="o-waiting-")
    for account in ("li@gh", "wang@gh"):
        driver.agent(account)
    with writing(engine) as session:
        for openid in ("o-unknown-to-wechat", "o-waiting-0", "o-waiting-1"):
            conversations.begin(session, "wechat", openid, utc_now())
            conversations.request_person(session, "wechat", openid, "asked", utc_now())

    run(lambda client: KfHandover(engine, client).look())
    engine.dispose()
    assert sorted(len(agent["drivers"]) for agent in driver.desk()["agents"]) == [1, 1]
