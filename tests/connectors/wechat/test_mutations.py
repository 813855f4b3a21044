from __future__ import annotations

import asyncio
import os
import pathlib
import subprocess
import sys
from typing import Iterator

import httpx
import psutil
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from messages.database import open_engine, reading, writing
from messages.tables import metadata
from tests.connectors.wechat.account import soon
from tests.connectors.wechat.mutations import Post, signed, spoilt
from tests.connectors.wechat.process import bookings
from tests.connectors.wechat.server import address_of, free_socket
from tests.connectors.wechat.supervised import wait_until_up

COUNT = int(os.environ.get("WEIJING_MUTATIONS", 500))
AT_ONCE, MEGABYTE = 8, 1024 * 1024


class Server:
    """One real process of a small Weijing; nobody brings it back when it dies."""

    def __init__(self, url: str, log: pathlib.Path) -> None:
        self.log, listening = log, free_socket()
        self.url, self.engine = address_of(listening) + "/wechat", open_engine(url)
        with log.open("w") as written:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.connectors.wechat.process", url, "http://127.0.0.1:9",
                 str(listening.fileno())], pass_fds=[listening.fileno()], stderr=written)
        wait_until_up(listening)

    def memory(self) -> float:
        return psutil.Process(self.process.pid).memory_info().rss / MEGABYTE

    def rows(self) -> dict[str, int]:
        with reading(self.engine) as session:
            return {name: session.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
                    for name, table in metadata.tables.items()}


@pytest.fixture
def server(database_url: str, tmp_path: pathlib.Path) -> Iterator[Server]:
    engine: Engine = open_engine(database_url)
    with writing(engine) as session:
        bookings.create(session)
    engine.dispose()
    running = Server(database_url, tmp_path / "server.log")
    yield running
    running.process.terminate()
    running.process.wait(20)
    running.engine.dispose()


async def pieces(body: bytes) -> object:
    for at in range(0, len(body), 1000):
        yield body[at:at + 1000]


async def post_all(url: str, posts: list[Post]) -> list[int]:
    """Status of each."""
    limit = asyncio.Semaphore(AT_ONCE)
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        async def one(post: Post) -> int:
            async with limit:
                body = pieces(post.body) if post.chunked else post.body
                return (await client.post(url, params=post.query, content=body)).status_code

        return list(await asyncio.gather(*(one(post) for post in posts)))


@pytest.mark.timeout(1200)
@pytest.mark.flaky(reruns=0)
def test_no_spoilt_post_harms_the_server_or_changes_anything_unsigned(server: Server) -> None:
    assert asyncio.run(post_all(server.url, [signed(10**9)])) == [200]
    accepted, third, memory = 1, COUNT // 3, [server.memory()]
    for begin in range(0, COUNT, third):
        posts = [spoilt(number) for number in range(begin + 1, min(begin + third, COUNT) + 1)]
        statuses = asyncio.run(post_all(server.url, posts))
        assert set(statuses) <= {200, 400, 403, 413}
        taken = [post for post, status in zip(posts, statuses, strict=True) if status == 200]
        assert [post for post in taken if not post.rightly_signed] == []
        accepted += len(taken)
        memory.append(server.memory())
    assert server.rows()["inbox"] <= accepted
    assert server.process.poll() is None
    said = server.log.read_text()
    assert "Traceback" not in said
    assert " ERROR" not in said
    assert memory[-1] - memory[1] < 12, memory
    print(f"{COUNT} posts, {accepted} accepted, memory {[round(each) for each in memory]} MB")


@pytest.mark.flaky(reruns=0)
def test_without_a_right_signature_no_table_changes(server: Server) -> None:
    posts = [post for number in range(COUNT) if not (post := spoilt(number)).rightly_signed]
    assert soon(lambda: server.rows()["leases"])  # the publisher takes its own at the start
    before = server.rows()
    assert len(posts) > COUNT // 10
    assert set(asyncio.run(post_all(server.url, posts))) <= {400, 403, 413}
    assert server.rows() == before
