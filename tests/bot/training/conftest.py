from __future__ import annotations

import datetime
import itertools
import pathlib
from typing import Any, Callable, Iterator, Sequence

import pytest
from sqlalchemy.engine import Engine

import bot.training.database
import messages.database
from bot.training.masking import Masked, mask_personal
from messages import inbox, turns
from messages.database import open_engine, writing
from messages.inbox import Incoming
from messages.replies import Choice, Reply
from messages.understandings import Understood, Versions

NOW = datetime.datetime(2026, 5, 6, 1, 30, tzinfo=datetime.timezone.utc)
Say = Callable[..., int]


@pytest.fixture
def engine(tmp_path: pathlib.Path) -> Iterator[Engine]:
    url = f"sqlite:///{tmp_path / 'weijing.db'}"
    messages.database.upgrade(url)
    bot.training.database.upgrade(url)
    opened = open_engine(url)
    yield opened
    opened.dispose()


@pytest.fixture
def say(engine: Engine) -> Say:
    """One message of a driver with what the bot made of it; returns its id."""
    numbers = itertools.count(1)

    def message(text: str | None, driver: str = "driver-1", intent: str = "nlu_fallback", confidence: float = 0.2,
                ranking: Sequence[tuple[str, float]] = (("pay_fine", 0.2),), outcome: str = "fallback",
                seconds: float = 0, **more: Any) -> int:
        at = NOW + datetime.timedelta(seconds=seconds)
        incoming = Incoming("wechat", driver, f"{driver}:{next(numbers)}", "text", text,
                            payload=more.get("payload"), tap=more.get("tap"))
        understood = Understood(intent, confidence, more.get("answer"), tuple(more.get("questions", ())),
                                tuple(ranking), tuple(more.get("entities", ())), outcome, Versions("weijing-1", "book"))
        choices = (Choice("处理违章", "/pay_fine"),) if outcome == "asked_back" else ()
        with writing(engine) as session:
            number = inbox.receive(session, incoming, at, answer_within=0).id
            turn = turns.claim(session, number, at, 60)
            assert turn is not None
            turns.finish(session, turn, [Reply("好", choices=choices)], at, understood=understood)
        return number

    return message


def mask(text: str) -> Masked:
    return mask_personal(text, lambda _: [])
