from __future__ import annotations

from rasa.core.channels.channel import UserMessage

from connectors.terminal import TerminalChat


class Agent:
    """Offers two cars, and says what it was asked."""

    def __init__(self) -> None:
        self.tracker_store, self.processor, self.taken_back = self, self, 0

    async def parse_message(self, message: UserMessage) -> dict[str, object]:
        return {"text": message.text, "intent": {"name": "inform", "confidence": 1.0}, "entities": []}

    async def take_back(self, driver: str, message_key: str) -> None:
        self.taken_back += 1

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
    agent = Agent()
    chat = TerminalChat(agent)
    said = await chat.say("静")
    assert agent.taken_back == 1
    assert len(said) == 1
    assert said[0].text
    assert "不好意思" in said[0].text
    chat.close()
