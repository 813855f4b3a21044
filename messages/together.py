"""Writes of many callers in one transaction: in a burst a commit each would cost more than what it commits."""

from __future__ import annotations

import asyncio
import collections
import concurrent.futures
import dataclasses
from typing import Any, Callable, TypeVar

from sqlalchemy.engine import Connection, Engine

from messages.database import writing

Result = TypeVar("Result")
Write = Callable[[Connection], Result]
DEADLOCK = "40P01"  # PostgreSQL's code
TRIES = 5
MOST = 16  # writes of one transaction: others wait for the database meanwhile


@dataclasses.dataclass(frozen=True)
class _Waiting:
    """One write; `order` keeps two processes from locking the same rows crosswise."""

    order: str
    write: Write[Any]
    done: concurrent.futures.Future[Any]


class Together:
    """Whatever waits when the writer is free goes into one transaction; nobody hears of it before its commit.

    A write that raises is undone alone and raises at its caller; one that PostgreSQL ended because it and another
    process waited for each other is done again by itself. Writes of one `order` keep their order.
    """

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self._waiting: collections.deque[_Waiting] = collections.deque()
        # One thread, and not asyncio's: in a burst nobody waits to be heard behind those who are being answered.
        self._writer = concurrent.futures.ThreadPoolExecutor(1, name)

    async def do(self, order: str, write: Write[Result]) -> Result:
        """What the write returns, once it is committed; raises what it or the database raised."""
        done: concurrent.futures.Future[Result] = concurrent.futures.Future()
        self._waiting.append(_Waiting(order, write, done))
        self._writer.submit(self._write)
        return await asyncio.wrap_future(done)

    def _write(self) -> None:
        some = [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST))]
        ended: list[tuple[_Waiting, Any, BaseException | None]] = []
        try:
            if some:
                with writing(self._engine) as session:
                    ended = [_tried(session, each) for each in sorted(some, key=lambda each: each.order)]
        except BaseException as error:
            ended = [(each, None, error) for each in some]
        for each, result, fault in ended:
            _tell(each.done, *(self._alone(each) if _is_crosswise(fault) else (result, fault)))

    def _alone(self, each: _Waiting) -> tuple[Any, BaseException | None]:
        """(result, fault) of a write in its own transaction, which holds no other's locks."""
        fault: BaseException | None = None
        for _ in range(TRIES):
            try:
                with writing(self._engine) as session:
                    return each.write(session), None
            except Exception as error:
                fault = error
                if not _is_crosswise(error):
                    break
        return None, fault


def _is_crosswise(fault: BaseException | None) -> bool:
    return getattr(getattr(fault, "orig", None), "pgcode", None) == DEADLOCK


def _tried(session: Connection, each: _Waiting) -> tuple[_Waiting, Any, BaseException | None]:
    if each.done.cancelled():
        return each, None, None
    try:
        with session.begin_nested():
            return each, each.write(session), None
    except Exception as error:
        return each, None, error


def _tell(done: concurrent.futures.Future[Any], result: Any, fault: BaseException | None) -> None:
    if not done.set_running_or_notify_cancel():
        return  # the caller no longer waits
    if fault is None:
        done.set_result(result)
    else:
        done.set_exception(fault)
