from __future__ import annotations

from typing import Any

from rasa.core.channels.channel import UserMessage

from connectors.terminal import TerminalChat


class Agent:
    """Offers two cars, and says what it was asked."""

    tracker_store: Any = None

    async def handle_message(self, message: UserMessage) -> None:
        if message.text == "查违章":
            await message.output_channel.send_response(message.sender_id, {
                "text": "哪一辆？", "buttons": [{"title": "甲", "payload": "/a"}, {"title": "乙", "payload": "/b"}]})
        elif message.text != "静":
            await message.output_channel.send_response(message.sender_id, {"text": f"问的是 {message.text}"})


async def test_a_typed_number_is_the_choice_and_a_typed_slash_is_not() -> None:
    chat = TerminalChat(Agent())
    assert [reply.text for reply in await chat.say("查违章")] == ["哪一辆？"]
    assert [reply.text for reply in await chat.say("2")] == ["问的是 /b"]
    assert [reply.text for reply in await chat.say("/restart")] == ["问的是 restart"]
    chat.close()


async def test_silence_is_answered_for() -> None:
    chat = TerminalChat(Agent())
    said = await chat.say("静")
    assert len(said) == 1
    assert said[0].text
    assert "不好意思" in said[0].text
    chat.close()
