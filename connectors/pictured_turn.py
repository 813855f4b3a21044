"""Before a turn with a picture is answered: waits until it is here, so that an action can keep it as evidence."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from typing import Any, Callable, Coroutine, Optional

from sqlalchemy.engine import Engine

from messages import media
from messages.database import reading
from messages.media import Fetched
from messages.replies import Reply
from messages.turns import Turn
from messages.understandings import Understood

Answer = Callable[[Turn, list[Reply]], Coroutine[Any, Any, Optional[Understood]]]
PATIENCE = 9.0  # seconds; less than a turn may take, and a driver who waits longer sends it again
LATE = "late"


def with_picture(engine: Engine, answer: Answer, patience: float = PATIENCE, poll: float = 0.1) -> Answer:
    """The same answer, with `photo` (path below var/photos) and `photo_at` or `photo_problem` in the turn's details.

    A problem is too_big, no_picture, gone, unreachable or late.
    """

    async def pictured(turn: Turn, said: list[Reply]) -> Optional[Understood]:
        if turn.details.get("image"):
            turn = dataclasses.replace(turn, details={**turn.details, **await _photo(engine, turn, patience, poll)})
        return await answer(turn, said)

    return pictured


async def _photo(engine: Engine, turn: Turn, patience: float, poll: float) -> dict[str, str]:
    until = time.monotonic() + patience
    while True:
        found = await asyncio.to_thread(_look, engine, turn)
        if found is None:
            return {}
        if found.state == "kept" and found.path:
            return {"photo": found.path, "photo_at": found.received_at.isoformat()}
        if found.state == "refused" or time.monotonic() > until:
            return {"photo_problem": found.reason or LATE}
        await asyncio.sleep(poll)


def _look(engine: Engine, turn: Turn) -> Optional[Fetched]:
    with reading(engine) as session:
        return media.fetched(session, turn.channel, turn.key)
