from __future__ import annotations

import dataclasses
from typing import Any, Optional

import sqlalchemy as sa
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from messages import conversations, inbox, turns
from messages.database import open_engine, reading, writing
from messages.errors import FenceLost
from messages.inbox import Incoming
from messages.replies import Reply
from messages.tables import inbox as rows_in
from messages.tables import metadata
from messages.tables import outbox as rows_out
from messages.turns import Turn
from tests.messages.conftest import later

LEASE, RETRY = 8.0, 5.0
DRIVERS = st.sampled_from(["driver-1", "driver-2"])


@dataclasses.dataclass
class Message:
    driver: str
    state: str = "waiting"
    attempts: int = 0
    not_before: float = 0.0


@dataclasses.dataclass
class Thread:
    fence: int = 0
    until: Optional[float] = None
    holder: str = "bot"


class InboxAndTurns(RuleBasedStateMachine):
    """Inbox and turns against dictionaries: any number of processes claim, sleep, die, finish and repeat."""

    def __init__(self) -> None:
        super().__init__()
        self.engine = open_engine("sqlite://")
        metadata.create_all(self.engine)
        self.now = 0.0
        self.keys: dict[str, int] = {}
        self.messages: dict[int, Message] = {}
        self.threads: dict[str, Thread] = {}
        self.claimed: list[Turn] = []
        self.seen: list[int] = []
        self.ended: list[int] = []

    @rule(seconds=st.sampled_from([0.5, 3, 7.9, 8.1, 20]))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule(driver=DRIVERS, number=st.integers(0, 4))
    def a_post_comes_in(self, driver: str, number: int) -> None:
        key = f"{driver}:{number}"
        with writing(self.engine) as session:
            got = inbox.receive(session, Incoming("wechat", driver, key, "text", key), later(self.now), 4.3)
        assert got.repeated == (key in self.keys)
        assert got.id == self.keys.setdefault(key, got.id)
        assert got.state == self.messages.setdefault(got.id, Message(driver)).state
        self.threads.setdefault(driver, Thread())

    @rule()
    def a_process_looks(self) -> None:
        with reading(self.engine) as session:
            self.seen = turns.waiting(session, ["wechat"], later(self.now), 9)
        oldest = {self.messages[number].driver: number for number in sorted(self.messages, reverse=True)
                  if self.messages[number].state == "waiting"}
        assert self.seen == sorted(number for driver, number in oldest.items()
                                   if self.is_free(driver) and self.messages[number].not_before <= self.now)

    @precondition(lambda self: self.seen)
    @rule(which=st.integers(0, 1))
    def a_process_claims_what_it_saw(self, which: int) -> None:
        number = self.seen[which % len(self.seen)]
        message, thread = self.messages[number], self.threads[self.messages[number].driver]
        expected = message.state == "waiting" and self.is_free(message.driver)
        if self.is_free(message.driver):
            thread.fence, thread.until = thread.fence + 1, self.now + LEASE if expected else None
        with writing(self.engine) as session:
            turn = turns.claim(session, number, later(self.now), LEASE)
        assert (turn is not None) == expected
        if turn:
            message.attempts += 1
            assert (turn.attempt, turn.holder, turn.fence) == (message.attempts, thread.holder, thread.fence)
            self.claimed.append(turn)

    @precondition(lambda self: self.claimed)
    @rule(which=st.integers(0, 9), deed=st.sampled_from(["finish", "finish", "say", "renew", "put back"]))
    def a_process_goes_on(self, which: int, deed: str) -> None:
        turn = self.claimed[which % len(self.claimed)]
        thread, message = self.threads[turn.driver], self.messages[turn.message]
        holds = thread.fence == turn.fence and thread.until is not None
        assert self.done(deed, turn) == holds
        if not holds:
            self.claimed.remove(turn)
        elif deed == "renew":
            thread.until = self.now + LEASE
        elif deed != "say":
            thread.until = None
            if deed == "finish":
                message.state = "held" if thread.holder == "officer" and turn.holder == "bot" else "done"
                self.ended.append(turn.message)
            else:
                message.not_before = self.now + RETRY

    def done(self, deed: str, turn: Turn) -> bool:
        """Whether the deed went through, or met another holder."""
        now, said = later(self.now), [Reply(f"answer {turn.message}")]
        try:
            with writing(self.engine) as session:
                if deed == "renew":
                    return turns.renew(session, turn, now, LEASE)
                if deed == "say":
                    turns.say(session, turn, [Reply(f"early {turn.message} {turn.fence}")], now)
                elif deed == "finish":
                    turns.finish(session, turn, said, now)
                else:
                    turns.put_back(session, turn, Reply("again"), now, RETRY, "fault")
            return True
        except FenceLost:
            return False

    @precondition(lambda self: self.threads)
    @rule(driver=DRIVERS)
    def an_officer_takes_or_gives_back(self, driver: str) -> None:
        if driver not in self.threads:
            return
        who: Any = ("wechat", driver, "wang", later(self.now))
        with writing(self.engine) as session:
            if self.threads[driver].holder == "bot":
                assert conversations.take(session, *who)
            else:
                conversations.give_back(session, *who)
        self.threads[driver].holder = "officer" if self.threads[driver].holder == "bot" else "bot"

    def is_free(self, driver: str) -> bool:
        until = self.threads[driver].until
        return until is None or until <= self.now

    @invariant()
    def every_message_is_there_once_in_its_state(self) -> None:
        with reading(self.engine) as session:
            found = {row.id: (row.driver, row.state, row.attempts) for row in session.execute(sa.select(rows_in))}
        assert found == {number: (m.driver, m.state, m.attempts) for number, m in self.messages.items()}

    @invariant()
    def turns_end_once_and_in_order(self) -> None:
        assert len(self.ended) == len(set(self.ended))
        for driver in self.threads:
            own = [number for number in self.ended if self.messages[number].driver == driver]
            assert own == sorted(own)

    @invariant()
    def every_ended_turn_said_its_answer_once(self) -> None:
        with reading(self.engine) as session:
            texts = session.execute(sa.select(rows_out.c.text).where(rows_out.c.text.like("answer %"))).scalars()
            assert sorted(texts) == sorted(f"answer {number}" for number in self.ended)

    def teardown(self) -> None:
        self.engine.dispose()


TestInboxAndTurns = InboxAndTurns.TestCase
TestInboxAndTurns.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
