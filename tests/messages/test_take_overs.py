from __future__ import annotations

import asyncio
import os
import random

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from messages import conversations, outbox
from messages.clock import utc_now
from messages.database import reading, writing
from messages.inbox import Incoming, receive
from messages.replies import Reply
from messages.tables import inbox
from messages.tables import outbox as rows_out
from messages.turn_worker import Pace, TurnWorker
from messages.turns import Turn

TAKE_OVERS = int(os.environ.get("WEIJING_TAKE_OVERS", "60"))  # the full size is 1000
AT_ONCE, PATIENCE_S = 20, 30
SENTENCES = {"apology": "-", "trying_again": "-", "in_queue": "-", "left_queue": "-"}
LEFT = ("passive", "sending", "sent", "unknown")


async def slow_bot(turn: Turn, said: list[Reply]) -> None:
    for part in range(3):
        await asyncio.sleep(random.uniform(0, 0.012))
        said.append(Reply(f"机器人的话{part}"))


def write(engine: Engine, driver: str) -> int:
    with writing(engine) as session:
        return receive(session, Incoming("wechat", driver, driver, "text", "在吗"), utc_now(), 0.52).id


def take(engine: Engine, driver: str) -> set[int]:
    with writing(engine) as session:
        assert conversations.take(session, "wechat", driver, "wang", utc_now())
        return left_the_house(session, driver)


def left_the_house(session: sa.engine.Connection, driver: str) -> set[int]:
    mine = sa.and_(rows_out.c.driver == driver, rows_out.c.author == "bot", rows_out.c.state.in_(LEFT))
    return set(session.execute(sa.select(rows_out.c.id).where(mine)).scalars())


def fetch_answer(engine: Engine, message: int) -> None:
    with writing(engine) as session:
        outbox.claim_answer(session, message, list, utc_now())


async def one(engine: Engine, driver: str) -> tuple[str, set[int]]:
    """A driver writes, an officer takes over at any moment of the turn, WeChat comes for the answer, twice."""
    message = await asyncio.to_thread(write, engine, driver)
    await asyncio.sleep(random.uniform(0, 0.08))
    if random.random() < 0.3:
        await asyncio.to_thread(fetch_answer, engine, message)
    before = await asyncio.to_thread(take, engine, driver)
    for _ in range(2):
        await asyncio.sleep(random.uniform(0, 0.03))
        await asyncio.to_thread(fetch_answer, engine, message)
    return driver, before


async def many(engine: Engine) -> list[tuple[str, set[int]]]:
    worker = TurnWorker(engine, ["wechat"], slow_bot, SENTENCES, Pace(poll=0.005))
    worker.start()
    taken: list[tuple[str, set[int]]] = []
    for first in range(0, TAKE_OVERS, AT_ONCE):
        drivers = [f"driver-{number}" for number in range(first, min(first + AT_ONCE, TAKE_OVERS))]
        taken += await asyncio.gather(*(one(engine, driver) for driver in drivers))
        await all_ended(engine)
    await worker.stop()
    return taken


async def all_ended(engine: Engine) -> None:
    until = asyncio.get_running_loop().time() + PATIENCE_S
    while await asyncio.to_thread(unfinished, engine) and asyncio.get_running_loop().time() < until:
        await asyncio.sleep(0.02)


def unfinished(engine: Engine) -> int:
    with reading(engine) as session:
        return session.execute(sa.select(sa.func.count()).where(inbox.c.state == "waiting")).scalar_one()


@pytest.mark.flaky(reruns=0)
def test_after_a_take_over_during_a_running_turn_no_word_of_the_bot_leaves(engine: Engine) -> None:
    taken = asyncio.run(many(engine))
    assert unfinished(engine) == 0
    with reading(engine) as session:
        late = {driver: left_the_house(session, driver) - before for driver, before in taken}
        held = session.execute(sa.select(sa.func.count()).where(inbox.c.state == "held")).scalar_one()
    assert len(taken) == TAKE_OVERS
    assert not any(late.values())
    assert held > 0  # some were taken over while their turn ran
