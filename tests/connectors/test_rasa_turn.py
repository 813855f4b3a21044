from __future__ import annotations

import datetime
from typing import Any, Iterator

import pytest
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.events import ActiveLoop, BotUttered, UserUttered
from sqlalchemy.engine import Engine

from connectors.rasa_turn import NOT_UNDERSTOOD, RasaTurn, reply_of
from messages import choices, conversations
from messages.clock import utc_now
from messages.database import open_engine, writing
from messages.replies import Choice, Reply
from messages.tables import metadata
from messages.turns import Turn

MENU = {"1": "/query_violations"}


@pytest.fixture
def engine() -> Iterator[Engine]:
    opened = open_engine("sqlite://")
    metadata.create_all(opened)
    yield opened
    opened.dispose()


class Rasa:
    """Answers as told and remembers what it was asked."""

    def __init__(self, *saved: Any) -> None:
        self.saved, self.asked, self.taken_back = saved, [], []
        self.answer: dict[str, Any] | None = {"text": "好的"}

    async def ask(self, message: UserMessage) -> None:
        self.asked.append(message)
        if self.answer:
            await message.output_channel.send_response(message.sender_id, self.answer)

    async def recall(self, driver: str) -> Any:
        return self.saved

    async def take_back(self, driver: str, message_key: str) -> None:
        self.taken_back.append(message_key)


def turn_of(text: str | None = "查违章", payload: str | None = None, attempt: int = 1) -> Turn:
    now = datetime.datetime.now(datetime.timezone.utc)
    return Turn(1, 1, attempt, "bot", "wechat", "driver-1", "driver-1:7", "text", text, payload, None,
                {"image": "m-1"}, now, now)


async def answered(engine: Engine, rasa: Rasa, turn: Turn) -> list[Reply]:
    said: list[Reply] = []
    await RasaTurn(engine, rasa.ask, rasa, MENU).answer(turn, said)
    return said


async def test_rasa_gets_words_driver_and_the_key_that_makes_actions_unique(engine: Engine) -> None:
    rasa = Rasa()
    assert await answered(engine, rasa, turn_of()) == [Reply("好的")]
    message = rasa.asked[0]
    assert (message.text, message.sender_id, message.input_channel) == ("查违章", "driver-1", "wechat")
    assert message.metadata == {"message_key": "driver-1:7", "channel": "wechat", "kind": "text", "image": "m-1"}


@pytest.mark.parametrize(("text", "asked"), [
    ("/restart", "restart"), ('／inform{"verified":true}', 'inform{"verified":true}'), ("1", "/query_violations"),
    ("", NOT_UNDERSTOOD), ("///", NOT_UNDERSTOOD), (None, NOT_UNDERSTOOD)])
async def test_only_payloads_of_ours_begin_with_a_slash(engine: Engine, text: str | None, asked: str) -> None:
    rasa = Rasa()
    await answered(engine, rasa, turn_of(text))
    assert rasa.asked[0].text == asked


async def test_a_picked_choice_becomes_its_payload(engine: Engine) -> None:
    rasa = Rasa()
    with writing(engine) as session:
        conversations.begin(session, "wechat", "driver-1", utc_now())
        choices.offer(session, "wechat", "driver-1", [Choice("浙J12345", '/inform{"n":1}')], True, 1)
    await answered(engine, rasa, turn_of("第一个"))
    assert rasa.asked[0].text == '/inform{"n":1}'


async def test_a_turn_that_rasa_had_ended_is_not_asked_again(engine: Engine) -> None:
    rasa = Rasa(UserUttered("查违章", metadata={"message_key": "driver-1:7"}),
                BotUttered("查到了", data={"buttons": [{"title": "是", "payload": "/affirm"}]}))
    said = await answered(engine, rasa, turn_of(attempt=2))
    assert said == [Reply("查到了", choices=(Choice("是", "/affirm"),))]
    assert rasa.asked == []


async def test_a_turn_that_rasa_never_saved_is_asked_again(engine: Engine) -> None:
    rasa = Rasa(UserUttered("上一句", metadata={"message_key": "driver-1:6"}), BotUttered("旧"))
    assert await answered(engine, rasa, turn_of(attempt=2)) == [Reply("好的")]


async def test_a_silent_turn_is_taken_back_so_that_it_can_be_tried_again(engine: Engine) -> None:
    rasa = Rasa()
    rasa.answer = None
    assert await answered(engine, rasa, turn_of()) == []
    assert rasa.taken_back == ["driver-1:7"]


async def test_a_turn_that_was_saved_in_silence_is_taken_back_and_asked_again(engine: Engine) -> None:
    rasa = Rasa(UserUttered("查违章", metadata={"message_key": "driver-1:7"}))
    assert await answered(engine, rasa, turn_of(attempt=2)) == [Reply("好的")]
    assert (rasa.taken_back, len(rasa.asked)) == (["driver-1:7"], 1)


def test_rasas_utterance_becomes_a_reply() -> None:
    reply = reply_of({"text": "哪天？", "image": None, "buttons": [{"title": "明天", "payload": "/inform"}],
                      "utter_action": "utter_ask_appointment_form_time", "custom": {"hand_over": {"reason": "x"}}})
    assert reply == Reply("哪天？", None, (Choice("明天", "/inform"),), True, {"hand_over": {"reason": "x"}})
    assert not reply_of({"text": "好的", "utter_action": "utter_ok"}).question


TWO_NEEDS = "查下违章，顺便约个年检"


async def read_two(message: UserMessage) -> dict[str, Any]:
    intent = "book_inspection" if "年检" in (message.text or "") else "query_violations"
    return {"text": message.text, "intent": {"name": intent, "confidence": 0.9}}


async def both_answered(engine: Engine, rasa: Rasa, attempt: int = 1) -> list[Reply]:
    said: list[Reply] = []
    turn = RasaTurn(engine, rasa.ask, rasa, MENU, read=read_two, later="这件办完点一下")
    await turn.answer(turn_of(TWO_NEEDS, attempt=attempt), said)
    return said


async def test_two_needs_are_two_messages_of_one_turn_with_keys_of_their_own(engine: Engine) -> None:
    rasa = Rasa()
    await both_answered(engine, rasa)
    assert [(message.text, message.metadata["message_key"]) for message in rasa.asked] == [
        ("查下违章", "driver-1:7"), ("顺便约个年检", "driver-1:7:need-2")]


async def test_the_second_service_waits_behind_an_open_form_as_a_tap(engine: Engine) -> None:
    rasa = Rasa(ActiveLoop("violations_form"))
    assert (await both_answered(engine, rasa))[-1] == Reply(
        "这件办完点一下", choices=(Choice("顺便约个年检", "/book_inspection"),))
    assert len(rasa.asked) == 1


async def test_after_a_death_only_the_need_that_was_not_answered_is_asked(engine: Engine) -> None:
    rasa = Rasa(UserUttered("查下违章", metadata={"message_key": "driver-1:7"}), BotUttered("没有违章"))
    assert await both_answered(engine, rasa, attempt=2) == [Reply("没有违章"), Reply("好的")]
    assert [message.text for message in rasa.asked] == ["顺便约个年检"]


async def test_a_leaning_question_is_asked_in_full(engine: Engine) -> None:
    async def read(message: UserMessage) -> dict[str, Any]:
        sure = 0.9 if message.text == "超速扣几分" else 0.3
        return {"text": message.text, "intent": {"name": "points_rules", "confidence": sure}}

    rasa = Rasa(UserUttered("闯红灯扣几分", metadata={"message_key": "driver-1:6"}))
    await RasaTurn(engine, rasa.ask, rasa, MENU, read=read).answer(turn_of("那超速呢"), [])
    assert rasa.asked[0].text == "超速扣几分"


async def test_within_a_form_nothing_leans(engine: Engine) -> None:
    rasa = Rasa(UserUttered("闯红灯扣几分", metadata={"message_key": "driver-1:6"}), ActiveLoop("violations_form"))
    await RasaTurn(engine, rasa.ask, rasa, MENU, read=read_two).answer(turn_of("那超速呢"), [])
    assert rasa.asked[0].text == "那超速呢"
