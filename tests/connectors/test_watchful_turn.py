from __future__ import annotations

import datetime
import pathlib
from typing import Any, Iterator, Mapping, Optional

import pytest
from sqlalchemy.engine import Engine

from connectors.signs import Signs
from connectors.watchful_turn import WatchfulTurn
from messages import choices, conversations, database, desk, inbox, outbox, ratings, turns, understandings
from messages.clock import utc_now
from messages.database import open_engine, reading, writing
from messages.inbox import Incoming
from messages.replies import Choice, Reply
from messages.turns import Turn
from messages.understandings import Understood

WHO = ("wechat", "driver-1")
SENTENCES = {"rated": "谢谢", "rated_low": "对不住"}
FINE = Understood("pay_fine", 0.9, "pay_fine/how", ("pay_fine/how",))


class FakeBot:
    def __init__(self) -> None:
        self.says: list[Reply] = [Reply("这样交。")]
        self.understands = FINE
        self.told: list[tuple[str, Mapping[str, Any]]] = []

    async def answer(self, turn: Turn, said: list[Reply]) -> Optional[Understood]:
        said.extend(self.says)
        return self.understands

    async def tell(self, turn: Turn, payload: str, details: Mapping[str, Any], said: list[Reply]) -> None:
        self.told.append((payload, details))
        if payload == "/welcome":
            said.append(Reply("这里是交警。"))
        if payload.startswith("/request_human"):
            said.extend([Reply("请民警来"), Reply(custom={"hand_over": {"reason": "x"}})])

    async def read(self, turn: Turn) -> Optional[Understood]:
        return self.understands


@pytest.fixture
def engine(tmp_path: pathlib.Path) -> Iterator[Engine]:
    url = f"sqlite:///{tmp_path / 'm.db'}"
    database.upgrade(url)
    opened = open_engine(url)
    yield opened
    opened.dispose()


@pytest.fixture
def bot() -> FakeBot:
    return FakeBot()


async def say(engine: Engine, bot: FakeBot, text: str, minutes: float = 0, welcomes: bool = False) -> list[Reply]:
    now, said = utc_now() + datetime.timedelta(minutes=minutes), list[Reply]()
    with writing(engine) as session:
        number = inbox.receive(session, Incoming(*WHO, f"{text}{now}", "text", text), now, 4.3).id
        turn = turns.claim(session, number, now, 8)
    assert turn
    understood = await WatchfulTurn(engine, bot, Signs(), SENTENCES, welcomes).answer(turn, said)
    with writing(engine) as session:
        turns.offer(session, turn, said)
        turns.finish(session, turn, said, now, understood=understood)
    return said


def texts(said: list[Reply]) -> list[str]:
    return [reply.text for reply in said if reply.text]


def asked_for(bot: FakeBot) -> list[str]:
    return [payload for payload, _ in bot.told]


async def test_who_was_never_welcomed_is_with_the_first_answer(engine: Engine, bot: FakeBot) -> None:
    assert texts(await say(engine, bot, "罚款怎么交", welcomes=True)) == ["这里是交警。", "这样交。"]
    assert texts(await say(engine, bot, "谢谢", welcomes=True)) == ["这样交。"]
    assert datetime.datetime.fromisoformat(bot.told[0][1]["missed"]) <= utc_now()
    assert asked_for(bot) == ["/welcome"]


async def test_who_needs_help_at_once_is_welcomed_behind_it(engine: Engine, bot: FakeBot) -> None:
    bot.understands = Understood("emergency", 0.9)
    assert texts(await say(engine, bot, "撞人了", welcomes=True)) == ["这样交。", "这里是交警。"]


async def test_whose_follow_was_heard_of_is_not_welcomed_again(engine: Engine, bot: FakeBot) -> None:
    followed = Incoming(*WHO, "follow", "event.subscribe", payload="/welcome")
    with writing(engine) as session:
        number = inbox.receive(session, followed, utc_now(), 4.3).id
        turn = turns.claim(session, number, utc_now(), 8)
        turns.finish(session, turn, [], utc_now())
    await say(engine, bot, "罚款怎么交", welcomes=True)
    assert bot.told == []


async def test_the_third_time_the_same_question_calls_a_person(engine: Engine, bot: FakeBot) -> None:
    for words in ("罚款怎么交", "那罚款到底怎么交"):
        assert texts(await say(engine, bot, words)) == ["这样交。"]
    assert texts(await say(engine, bot, "我问的是怎么交罚款")) == ["这样交。", "请民警来"]
    assert asked_for(bot) == ['/request_human{"reason": "repeated"}']


async def test_another_question_in_between_or_a_long_time_begins_anew(engine: Engine, bot: FakeBot) -> None:
    for words in ("罚款怎么交", "怎么交罚款"):
        await say(engine, bot, words)
    bot.understands = Understood("greet", 1.0)
    await say(engine, bot, "你好")
    bot.understands = FINE
    await say(engine, bot, "罚款怎么交呢")
    await say(engine, bot, "罚款怎么交嘛", minutes=60)
    assert bot.told == []


async def test_angry_words_call_a_person_and_the_bots_own_questions_are_void(engine: Engine, bot: FakeBot) -> None:
    bot.says = [Reply("好的。"), Reply("哪辆车？", choices=(Choice("甲", "/inform"),), question=True)]
    said = await say(engine, bot, "什么破系统")
    assert texts(said) == ["好的。", "请民警来"]
    assert not any(reply.choices for reply in said)


async def test_who_is_handed_over_already_is_not_handed_over_again(engine: Engine, bot: FakeBot) -> None:
    bot.says = [Reply("转"), Reply(custom={"hand_over": {"reason": "asked"}})]
    await say(engine, bot, "什么破系统，转人工")
    assert bot.told == []


async def test_the_bot_is_told_once_what_the_officer_said(engine: Engine, bot: FakeBot) -> None:
    await say(engine, bot, "查违章")
    now = utc_now()
    with writing(engine) as session:
        conversations.take(session, *WHO, "wang", now)
        desk.say(session, *WHO, "wang", [Reply("民警：浙JA1234那条要来窗口")], now)
        conversations.give_back(session, *WHO, "wang", now)
    await say(engine, bot, "好的谢谢")
    ((payload, details),) = bot.told
    assert payload == "/officer_ended"
    assert {"side": "officer", "text": "民警：浙JA1234那条要来窗口"} in details["officer_part"]
    await say(engine, bot, "再问一下")
    assert len(bot.told) == 1


@pytest.mark.parametrize(("typed", "stars", "thanks"), [("满意", 3, "谢谢"), ("3", 1, "对不住"), ("2", 2, "谢谢")])
async def test_a_tap_below_the_goodbye_is_a_rating(engine: Engine, bot: FakeBot, typed: str, stars: int,
                                                   thanks: str) -> None:
    taps = ratings.choices_for(7, ["满意", "一般", "不满意"])
    with writing(engine) as session:
        conversations.begin(session, *WHO, utc_now())
        outbox.append(session, *WHO, [Reply("先聊到这儿", choices=taps)], utc_now(), author="system")
        choices.offer(session, *WHO, taps, False, 0)
    assert texts(await say(engine, bot, typed)) == [thanks]
    with reading(engine) as session:
        assert ratings.of(session, *WHO) == {7: stars}


def test_what_rasa_parsed_is_kept_as_it_will_be_read() -> None:
    parsed = {"intent": {"name": "nlu_fallback", "confidence": 0.4}, "intent_ranking": [],
              "response_selector": {"all_retrieval_intents": ["ebike"], "ebike": {
                  "response": {"intent_response_key": "ebike/plate"},
                  "ranking": [{"intent_response_key": "ebike/plate", "confidence": 0.3}]}}}
    found = understandings.understood_of(parsed)
    assert (found.intent, found.answer, found.questions) == ("nlu_fallback", None, ("ebike/plate",))
