"""Runs turns: takes them one per driver, lets somebody answer, writes what was said. Knows no Rasa."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import logging
from typing import Any, Callable, Coroutine, Mapping, Optional, Sequence

from sqlalchemy.engine import Connection, Engine

from messages import conversations, turns, waiting
from messages.clock import utc_now
from messages.crash_points import pass_by
from messages.database import reading, writing
from messages.errors import FenceLost, describe
from messages.lease_keeper import LeaseKeeper
from messages.replies import Reply, numbered
from messages.together import Together
from messages.turns import Turn
from messages.understandings import Understood

logger = logging.getLogger(__name__)

Answer = Callable[[Turn, list[Reply]], Coroutine[Any, Any, Optional[Understood]]]
"""Answers a turn by appending to the list as it speaks, and says what it understood; may raise."""

Read = Callable[[Turn], Coroutine[Any, Any, Optional[Understood]]]
"""Understands a turn's words without answering."""


@dataclasses.dataclass(frozen=True)
class Pace:
    """Seconds, unless named otherwise. The lease is renewed while the process lives, so it may be short."""

    deadline: float = 20.0
    lease: float = 8.0
    speak_before_passive_end: float = 0.5
    retry_after: float = 5.0  # about what a supervisor takes to bring an action server back
    poll: float = 0.03
    tell_waiting_every: float = 600.0
    turns_at_once: int = 8
    attempts: int = 2
    read_within: float = 2.0


class TurnWorker:
    """Takes turns until it is stopped.

    `sentences` has what is said when nobody else can speak: `apology`, `trying_again`, `in_queue`, `left_queue`. A
    database that is away is waited for, longer each time; the messages wait in it. `staffed` says whether officers are
    there now: then a turn that failed for good goes to them (sentence `fault`). `read` understands what nobody but an
    officer will answer, for the desk's proposals.
    """

    def __init__(self, engine: Engine, channels: Sequence[str], answer: Answer, sentences: Mapping[str, str],
                 pace: Pace = Pace(), staffed: Callable[[], bool] = lambda: False, read: Optional[Read] = None) -> None:
        self._engine, self._channels, self._answer = engine, channels, answer
        self._staffed, self._read = staffed, read
        self._sentences, self._pace = sentences, pace
        self._running: set[asyncio.Task[None]] = set()
        self._together = Together(engine, "turn-end")
        self._keeper = LeaseKeeper(engine, pace.lease, pace.deadline)
        self._loop_task: asyncio.Task[None] | None = None
        self._stopping = asyncio.Event()

    def start(self) -> None:
        """Begins to take turns; returns at once."""
        self._keeper.start()
        self._loop_task = asyncio.create_task(self._take_turns())

    async def stop(self, seconds: float = 10.0) -> None:
        """Takes no more turns and lets the running ones end, at most `seconds`; the rest is another process's."""
        self._stopping.set()
        if self._loop_task:
            await self._loop_task
        if self._running:
            await asyncio.wait(self._running, timeout=seconds)
        for task in self._running:
            task.cancel()
        self._keeper.stop()

    async def _take_turns(self) -> None:
        pause = self._pace.poll
        while not self._stopping.is_set():
            try:
                found = await self._claim_free()
                pause = self._pace.poll
            except Exception as error:
                found, pause = [], min(pause * 2, 5.0)
                logger.error("turns wait for the database: %s", describe(error))
            for turn in found:
                self._begin(turn)
            if not found or len(self._running) >= self._pace.turns_at_once:
                await self._nap(pause)

    async def _nap(self, seconds: float) -> None:
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)

    def _begin(self, turn: Turn) -> None:
        task = asyncio.create_task(self.run(turn))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _claim_free(self) -> list[Turn]:
        room = self._pace.turns_at_once - len(self._running)
        return await asyncio.to_thread(self._claim, room) if room > 0 else []

    def _claim(self, room: int) -> list[Turn]:
        with reading(self._engine) as session:
            numbers = turns.waiting(session, self._channels, utc_now(), room)
        if not numbers:
            return []
        pass_by("before turn claim")
        with writing(self._engine) as session:
            claimed = [turns.claim(session, number, utc_now(), self._pace.lease) for number in numbers]
        pass_by("after turn claim")
        return [turn for turn in claimed if turn]

    async def run(self, turn: Turn) -> None:
        """Answers one claimed turn; never raises."""
        self._keeper.hold(turn)
        try:
            await (self._ask(turn) if turn.holder == "bot" else self._hold(turn))
        except FenceLost:
            logger.warning("turn %s was taken over", turn.message)
        except Exception as error:
            # Nothing could be written: the lease runs out and the message gets its turn again.
            logger.error("turn %s could not be written: %s", turn.message, describe(error))
        finally:
            self._keeper.let_go(turn)

    async def _ask(self, turn: Turn) -> None:
        said: list[Reply] = []
        task = asyncio.create_task(self._answer(turn, said))
        try:
            spoken = await self._speak_early(turn, task, said)
            await asyncio.wait({task}, timeout=self._pace.deadline)
        finally:
            in_time = task.done()
            if not in_time:
                task.cancel()
        fault = _fault_of(task) if in_time else "deadline passed"
        understood = task.result() if fault is None else None
        await self._end(turn, said, spoken, fault, understood)

    async def _speak_early(self, turn: Turn, task: asyncio.Task[Any], said: list[Reply]) -> int:
        """Writes what was said until shortly before the passive answer leaves; how many replies that were."""
        if turn.passive_until is None:
            return 0
        left = (turn.passive_until - utc_now()).total_seconds() - self._pace.speak_before_passive_end
        done, _ = await asyncio.wait({task}, timeout=max(left, 0))
        if done or not said:
            return 0
        spoken = numbered(said)
        await asyncio.to_thread(self._write_early, turn, spoken)
        return len(spoken)

    def _write_early(self, turn: Turn, spoken: list[Reply]) -> None:
        with writing(self._engine) as session:
            turns.say(session, turn, spoken, utc_now())

    async def _end(self, turn: Turn, said: list[Reply], spoken: int, fault: str | None,
                   understood: Optional[Understood] = None) -> None:
        fault = fault or (None if said else "nothing was said")
        if fault and not said and turn.attempt < self._pace.attempts:
            await self._try_again(turn, fault)
            return
        if fault:
            logger.error("turn %s is a fault: %s", turn.message, fault)
        if fault and not said:
            said.extend(self._give_up())
        pass_by("before turn end")
        await self._together.do(turn.driver,
                                lambda session: self._write_end(session, turn, said, spoken, fault, understood))
        pass_by("after turn end")

    def _give_up(self) -> list[Reply]:
        if self._staffed():
            return [Reply(self._sentences["fault"]), Reply(custom={"hand_over": {"reason": "fault"}})]
        return [Reply(self._sentences["apology"])]

    async def _try_again(self, turn: Turn, fault: str) -> None:
        """Safe because nothing was said and what actions write is unique by the message's key."""
        logger.error("turn %s failed, tries again in %s s: %s", turn.message, self._pace.retry_after, fault)
        sentence = Reply(self._sentences["trying_again"])
        await self._together.do(turn.driver, lambda session: turns.put_back(
            session, turn, sentence, utc_now(), self._pace.retry_after, fault))

    def _write_end(self, session: Connection, turn: Turn, said: list[Reply], spoken: int, fault: str | None,
                   understood: Optional[Understood]) -> None:
        if not any(reply.speaks for reply in said):
            said.append(Reply(self._sentences["in_queue"]))
        reason = waiting.handed_over(said)
        if reason is not None:
            said.extend(waiting.place(session, turn, reason, self._sentences, utc_now()))
        turns.offer(session, turn, said)
        turns.finish(session, turn, numbered(said)[spoken:], utc_now(), "failed" if fault else "done", fault,
                     understood)

    async def _hold(self, turn: Turn) -> None:
        understood = None
        if self._read is not None:
            with contextlib.suppress(Exception):  # the words reach the officer all the same
                understood = await asyncio.wait_for(self._read(turn), self._pace.read_within)
        await asyncio.to_thread(self._write_held, turn, understood)

    def _write_held(self, turn: Turn, understood: Optional[Understood] = None) -> None:
        """The message waits for an officer; a driver in the queue hears so now and then, and may leave it."""
        with writing(self._engine) as session:
            now = utc_now()
            who = (session, turn.channel, turn.driver, now)
            if turn.holder == "queue" and waiting.leaves(session, turn) and conversations.leave_queue(*who):
                self._write_told(session, turn, [Reply(self._sentences["left_queue"])], "done", None)
                return
            tell = turn.holder == "queue" and conversations.tell_once(*who, self._pace.tell_waiting_every)
            said = waiting.still_waiting(session, turn, self._sentences, now) if tell else []
            self._write_told(session, turn, said, "held", understood)

    def _write_told(self, session: Connection, turn: Turn, said: list[Reply], state: str,
                    understood: Optional[Understood]) -> None:
        if said:
            turns.offer(session, turn, said)
        turns.finish(session, turn, numbered(said), utc_now(), state, None, understood)


def _fault_of(task: asyncio.Task[Any]) -> str | None:
    error = task.exception() if not task.cancelled() else asyncio.CancelledError()
    return None if error is None else describe(error)
