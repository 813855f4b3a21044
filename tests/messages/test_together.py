from __future__ import annotations

import asyncio
import threading
from typing import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from messages.clock import utc_now
from messages.database import reading
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
