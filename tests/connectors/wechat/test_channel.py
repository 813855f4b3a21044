from __future__ import annotations

import contextlib
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa
from rasa.core.channels.channel import UserMessage, register
from sanic import Sanic

from bot.settings import load_station
from connectors.wechat import WeChatInput
from messages import understandings
from messages.database import open_engine, reading
from messages.tables import inbox
from messages.understandings import Understood
from tests.connectors.wechat.account import Driver, soon
from tests.connectors.wechat.accounts import settings_for
from tests.connectors.wechat.server import Served, address_of, free_socket
from web.phone.account import account_from
from web.phone.server import StandIn


class Processor:
    model_filename = "weijing-1.tar.gz"

    async def parse_message(self, message: UserMessage) -> dict[str, Any]:
        return {"intent": {"name": "query_violations", "confidence": 0.9}, "entities": [],
                "intent_ranking": [{"name": "query_violations", "confidence": 0.9}]}


class Agent:
    processor, domain = Processor(), SimpleNamespace(responses={"utter_pay_fine/how": [{"text": "分两步。"}]})

    async def handle_message(self, message: UserMessage) -> None:
        await message.output_channel.send_response(message.sender_id, {"text": f"问的是 {message.text}"})

    def is_ready(self) -> bool:
        return True


def test_rasas_own_port_serves_the_webhook_and_answers(database_url: str) -> None:
    listening = free_socket()
    with contextlib.ExitStack() as stack:
        account = account_from(settings_for(database_url), load_station())
        stand_in = stack.enter_context(StandIn(account, address_of(listening) + "/webhooks/wechat/webhook"))
        app = Sanic("rasa_like", configure_logging=False)
        app.ctx.agent = Agent()
        app.config.GRACEFUL_SHUTDOWN_TIMEOUT = 1.0
        register([WeChatInput(settings_for(database_url, stand_in.url))], app, "/webhooks/")
        stack.enter_context(Served(app, listening))
        driver = Driver(stand_in, "o-driver-1")
        driver.write("查违章")
        assert soon(driver.heard) == ["问的是 /welcome\n\n问的是 查违章"]  # whose follow we never heard of
        driver.event("CLICK", "query_points")
        assert soon(lambda: len(driver.heard()) == 2)
        assert driver.heard()[1] == "问的是 /query_points"
    kept = understood(database_url)
    assert [(one.intent, one.outcome, one.intents) for one in kept][:1] == [
        ("query_violations", "answered", (("query_violations", 0.9),))]
    assert kept[0].versions.model == "weijing-1"
    assert len(kept[0].versions.answer_book) == 12


def understood(url: str) -> list[Understood]:
    engine = open_engine(url)
    with reading(engine) as session:
        found = understandings.of(session, session.execute(sa.select(inbox.c.id).order_by(inbox.c.id)).scalars())
    engine.dispose()
    return list(found.values())
