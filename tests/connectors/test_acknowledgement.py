from __future__ import annotations

import asyncio
import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from connectors.acknowledgement import acknowledges, with_acknowledgement
from messages import conversations, outbox, pushes
from messages.clock import utc_now
from messages.database import writing
from messages.pushes import Ended, Push
from messages.replies import Reply
from messages.tables import conversations as threads
from messages.turns import Turn
from tests.messages.conftest import engine

__all__ = ["engine"]
NOW = utc_now()


@pytest.mark.parametrize("words", ["收到", "好的，谢谢", "收到，谢谢民警！", "知道了", "OK", "👌",
                                   "辛苦了", "谢谢提醒"])
def test_a_thank_you_is_one(words: str) -> None:
    assert acknowledges(words)


@pytest.mark.parametrize("words", ["退订", "收到罚单怎么交", "好的，那75省道呢", "不知道", "可以走吗",
                                   "谢谢，几点结束", ""])
def test_what_asks_or_wishes_is_none(words: str) -> None:
    assert not acknowledges(words)


def heard(engine: Engine, words: str = "收到") -> list[str]:
    said: list[Reply] = []

    async def bot(turn: Turn, said: list[Reply]) -> None:
        said.append(Reply("机器人"))

    turn = Turn(1, 1, 1, "bot", "wechat", "o-1", "k", "text", words, None, None, {}, NOW, None)
    asyncio.run(with_acknowledgement(engine, bot, "路上小心")(turn, said))
    return [reply.text or "" for reply in said]


def told(engine: Engine, at: datetime.datetime = NOW) -> None:
    with writing(engine) as session:
        conversations.begin(session, "wechat", "o-1", NOW)
        number = pushes.plan(session, "wechat", "o-1", Push("road:1", "road", "224省道封闭。"), at)
        assert number
        pushes.take(session, [number], "template", "why", "claim", at)
        pushes.settle(session, [Ended(number, "sent", outside_id="1")], at)


def test_a_thank_you_for_what_was_said_first_is_not_the_bots(engine: Engine) -> None:
    assert heard(engine) == ["机器人"]
    told(engine)
    assert heard(engine) == ["路上小心"]
    assert heard(engine, "退订") == ["机器人"]


def test_what_was_said_yesterday_or_is_only_planned_does_not_count(engine: Engine) -> None:
    told(engine, NOW - datetime.timedelta(hours=25))
    with writing(engine) as session:
        pushes.plan(session, "wechat", "o-1", Push("road:2", "road", "还没说"), NOW)
    assert heard(engine) == ["机器人"]


def test_after_an_answer_or_before_an_asked_one_it_is_the_bots(engine: Engine) -> None:
    told(engine)
    with writing(engine) as session:
        session.execute(sa.update(threads).values(question=True))
    assert heard(engine) == ["机器人"]
    with writing(engine) as session:
        session.execute(sa.update(threads).values(question=False))
        later = NOW + datetime.timedelta(seconds=5)
        outbox.append(session, "wechat", "o-1", [Reply("您的违章一共两条")], later, state="passive")
    assert heard(engine) == ["机器人"]
