from __future__ import annotations

import asyncio
import threading
import time
from typing import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from messages.clock import utc_now
from messages.database import open_engine, reading, writing
from messages.tables import leases
from messages.together import Together


def insert(name: str) -> Callable[[Connection], str]:
    def write(session: Connection) -> str:
        session.execute(sa.insert(leases).values(name=name, holder="", until=utc_now()))
        return name

    return write


def names(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return sorted(session.execute(sa.select(leases.c.name)).scalars())


def test_a_write_that_fails_is_undone_alone(engine: Engine) -> None:
    def fails(session: Connection) -> None:
        insert("half")(session)
        raise ValueError("no")

    async def all_at_once() -> list[object]:
        together, gate = Together(engine, "test"), threading.Event()
        held = asyncio.create_task(together.do("", lambda session: gate.wait(10)))  # the others wait behind it
        some = [asyncio.create_task(together.do(name, write)) for name, write in
                (("a", insert("a")), ("b", fails), ("c", insert("c")))]
        await asyncio.sleep(0)
        gate.set()
        return await asyncio.gather(held, *some, return_exceptions=True)

    _, first, second, third = asyncio.run(all_at_once())
    assert (first, third) == ("a", "c")
    assert isinstance(second, ValueError)
    assert names(engine) == ["a", "c"]


def test_nobody_hears_of_what_could_not_be_committed(engine: Engine) -> None:
    def breaks(session: Connection) -> None:
        insert("lost")(session)
        session.connection.rollback()  # as when the database goes away

    async def once() -> None:
        await Together(engine, "test").do("", breaks)

    with pytest.raises(Exception, match=r"(?i)savepoint|transaction"):
        asyncio.run(once())
    assert names(engine) == []


def test_a_write_that_waits_crosswise_with_another_process_is_done_again(postgresql_url: str) -> None:
    engine = open_engine(postgresql_url)

    def lock(session: Connection, number: int) -> None:
        session.execute(sa.text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})

    tries, mine, theirs = [], threading.Event(), threading.Event()

    def write(session: Connection) -> int:
        tries.append(1)
        lock(session, 1)
        mine.set()
        assert theirs.wait(20)
        lock(session, 2)  # waits first, so PostgreSQL ends this one
        return len(tries)

    def other() -> None:
        assert mine.wait(20)
        with writing(engine) as session:
            lock(session, 2)
            theirs.set()
            time.sleep(0.3)
            lock(session, 1)

    thread = threading.Thread(target=other)
    thread.start()
    assert asyncio.run(Together(engine, "test").do("", write)) == 2
    thread.join(20)
    engine.dispose()
