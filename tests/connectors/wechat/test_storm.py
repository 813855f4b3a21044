from __future__ import annotations

import asyncio
import contextlib
import os
import pathlib
import time

import httpx
import pytest
import sqlalchemy as sa

from messages import database
from messages.database import open_engine, reading, writing
from messages.tables import inbox, outbox
from messages.turn_worker import Pace
from tests.connectors.wechat.posting import text_post
from tests.connectors.wechat.process import bookings
from tests.connectors.wechat.server import address_of, free_socket
from tests.connectors.wechat.supervised import Supervised, wait_until_up

MESSAGES, AT_ONCE = int(os.environ.get("WEIJING_STORM", 150)), 30


async def storm(urls: list[str]) -> None:
    """Posts each message three times at once, to one process and the other."""
    limit = asyncio.Semaphore(AT_ONCE)
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        async def one(number: int) -> None:
            query, body = text_post(f"o-{number % 40}", f"m{number}", number)
            async with limit:
                posts = (client.post(urls[n % 2], params=query, content=body) for n in range(3))
                answers = await asyncio.gather(*posts)
            assert {answer.status_code for answer in answers} == {200}

        await asyncio.gather(*(one(number) for number in range(1, MESSAGES + 1)))


@pytest.mark.timeout(900)
@pytest.mark.flaky(reruns=0)
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_same_message_three_times_at_once_on_two_processes_is_one_turn(
        kind: str, request: pytest.FixtureRequest, tmp_path: pathlib.Path) -> None:
    url = f"sqlite:///{tmp_path / 'm.db'}" if kind == "sqlite" else request.getfixturevalue("postgresql_url")
    database.upgrade(url)
    engine = open_engine(url)
    with writing(engine) as session:
        bookings.create(session)
    with contextlib.ExitStack() as stack:
        listening = [free_socket(), free_socket()]
        for each in listening:
            stack.enter_context(Supervised(url, "http://127.0.0.1:9", each, lease=Pace.lease))
            wait_until_up(each)
        began = time.monotonic()
        asyncio.run(storm([address_of(each) + "/wechat" for each in listening]))
        print(f"{kind}: {3 * MESSAGES} posts of {MESSAGES} messages in {time.monotonic() - began:.0f} s")
    with reading(engine) as session:
        attempts = session.execute(sa.select(inbox.c.attempts)).scalars().all()
        answers = session.execute(sa.select(sa.func.count()).select_from(outbox)).scalar()
    engine.dispose()
    assert attempts == [1] * MESSAGES
    assert answers == MESSAGES
