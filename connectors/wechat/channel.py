"""WeChat for Rasa: `connectors.wechat.WeChatInput` in credentials.yml serves the webhook and takes turns."""

from __future__ import annotations

import functools
import gc
import hashlib
import json
import pathlib
from typing import Any, Awaitable, Callable, Mapping, Optional

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint
from sqlalchemy.engine import Engine

from bot.settings import Settings, load_settings, load_station
from connectors.acknowledgement import with_acknowledgement
from connectors.pictured_turn import with_picture
from connectors.rasa_turn import NoModel, RasaTurn, TrackerMemory
from connectors.sentences import load_sentences, menu_payloads
from connectors.signs import Signs
from connectors.watchful_turn import WatchfulTurn
from connectors.wechat.intake import CHANNEL
from connectors.wechat.rendering import split_reply
from connectors.wechat.webhook import webhook_blueprint
from messages.clock import utc_now
from messages.database import open_engine
from messages.erasure import Eraser, Erasure
from messages.turn_worker import TurnWorker
from messages.understandings import Versions

OnNewMessage = Callable[[UserMessage], Awaitable[Any]]


class WeChatInput(InputChannel):
    """Rasa's way to WeChat. Posts never reach Rasa in their own request: WeChat hangs up after 5 s, and Sanic would
    cancel the turn with it (rasa-facts 5). They wait in the inbox, and turns are taken from there."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @classmethod
    def name(cls) -> str:
        """The channel's name, and `/webhooks/wechat/` its address."""
        return CHANNEL

    @classmethod
    def from_credentials(cls, credentials: Optional[Mapping[str, Any]]) -> WeChatInput:
        """Settings come from the environment; the block in credentials.yml is empty."""
        return cls(load_settings())

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """The webhook, and the turns as long as the server runs."""
        blueprint = webhook_blueprint(self._settings, path="/webhook")
        take_turns(blueprint, self._settings, on_new_message)
        return blueprint


def take_turns(blueprint: Blueprint, settings: Settings, on_new_message: OnNewMessage) -> None:
    """Lets turns run between the server's start and its stop; the running ones are waited for."""

    @blueprint.after_server_start
    async def start(app: Any, _loop: Any) -> None:
        blueprint.ctx.turns_engine = open_engine(settings.database_url)
        blueprint.ctx.turns = worker_of(app.ctx, blueprint.ctx.turns_engine, on_new_message)
        await _warm_up(app.ctx.agent)
        _freeze_the_model()
        blueprint.ctx.turns.start()
        blueprint.ctx.eraser = eraser_of(app.ctx, blueprint.ctx.turns_engine)
        blueprint.ctx.eraser.start()

    @blueprint.before_server_stop
    async def stop(app: Any, _loop: Any) -> None:
        await blueprint.ctx.eraser.stop()
        await blueprint.ctx.turns.stop()

    @blueprint.after_server_stop
    async def close(app: Any, _loop: Any) -> None:
        blueprint.ctx.turns_engine.dispose()


def eraser_of(context: Any, engine: Engine) -> Eraser:
    """Lets Rasa forget drivers who took their permission back."""
    memory = TrackerMemory(lambda: context.agent.tracker_store)

    async def forget(erasure: Erasure) -> None:
        await memory.forget(erasure.driver)

    return Eraser(engine, "memory", forget)


def _freeze_the_model() -> None:
    """The model stays as long as the process: looked through again and again, it would stop answers for 0.3 s."""
    gc.collect()
    gc.freeze()


async def _warm_up(agent: Any) -> None:
    """The first sentence takes a second: it isn't a driver's."""
    if agent.is_ready():
        await agent.processor.parse_message(UserMessage("查违章"))


def worker_of(context: Any, engine: Engine, on_new_message: OnNewMessage) -> TurnWorker:
    """The worker for Rasa's process; `context.agent` is Rasa's agent, once it is loaded."""
    station = load_station()

    async def read(message: UserMessage) -> dict[str, Any]:
        if not context.agent.is_ready():
            raise NoModel("Rasa has no model: run `weijing train`")
        return await context.agent.processor.parse_message(message)

    async def ask(message: UserMessage) -> None:
        await on_new_message(message)

    memory = TrackerMemory(lambda: context.agent.tracker_store)
    sentences = load_sentences(station)
    bot = RasaTurn(engine, ask, memory, menu_payloads(station), split_reply, read,
                   functools.cache(lambda: versions_of(context.agent)), sentences["later"])
    turn = WatchfulTurn(engine, bot, Signs(), sentences, welcomes=True)
    answer = with_acknowledgement(engine, with_picture(engine, turn.answer), sentences["noted"])
    return TurnWorker(engine, [CHANNEL], answer, sentences,
                      staffed=lambda: station.is_open(utc_now()), read=turn.read)


def versions_of(agent: Any) -> Versions:
    """Names the model and the answer book that answer; both travel in the model's file."""
    answers = {name: said for name, said in agent.domain.responses.items() if "/" in name}
    book = hashlib.sha256(json.dumps(answers, sort_keys=True, default=str).encode()).hexdigest()
    return Versions(pathlib.Path(agent.processor.model_filename).name.removesuffix(".tar.gz"), book[:12])
