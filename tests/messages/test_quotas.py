from __future__ import annotations

import concurrent.futures

import sqlalchemy as sa
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy.engine import Engine

from messages import quotas
from messages.database import open_engine, writing
from messages.quotas import Grant
from messages.tables import metadata
from tests.messages.conftest import Write, later

MESSAGE, CLICK = Grant("message", 5, 48 * 3600), Grant("click", 3, 60)
WHO = ("wechat", "driver-1")


def spend(engine: Engine, seconds: float = 0, purpose: str = "reply") -> str | None:
    with writing(engine) as session:
        return quotas.spend(session, *WHO, purpose, later(seconds), {"message": 1})


def test_the_last_of_five_is_kept_for_an_officer_or_a_result(engine: Engine, write: Write) -> None:
    write(grants=(MESSAGE,))
    assert [spend(engine) for _ in range(5)] == ["message"] * 4 + [None]
    assert spend(engine, purpose="officer") == "message"
    assert spend(engine, purpose="officer") is None


def test_what_ends_first_is_spent_first(engine: Engine, write: Write) -> None:
    write(grants=(MESSAGE, CLICK))
    assert [spend(engine) for _ in range(4)] == ["click"] * 3 + ["message"]


def test_nothing_is_left_after_the_window(engine: Engine, write: Write) -> None:
    write(grants=(CLICK,))
    assert spend(engine, 59) == "click"
    assert spend(engine, 61) is None


def test_two_senders_never_spend_the_same_one(engine: Engine, write: Write) -> None:
    write(grants=(MESSAGE,))
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        spent = list(pool.map(lambda _: spend(engine, purpose="officer"), range(20)))
    assert spent.count("message") == 5


def test_what_was_not_used_comes_back(engine: Engine, write: Write) -> None:
    write(grants=(CLICK,))
    for _ in range(3):
        spend(engine)
    with writing(engine) as session:
        quotas.give_back(session, *WHO, "click")
    assert spend(engine) == "click"


class Ledger(RuleBasedStateMachine):
    """The ledger against a plain model of WeChat's rules."""

    def __init__(self) -> None:
        super().__init__()
        self.engine = open_engine("sqlite://")
        metadata.create_all(self.engine)
        self.now, self.model = 0.0, {"message": (0, -1.0), "click": (0, -1.0)}

    @rule(seconds=st.sampled_from([1, 30, 59, 61, 3600, 90_000, 180_000]))
    def time_passes(self, seconds: int) -> None:
        self.now += seconds

    @rule(grant=st.sampled_from([MESSAGE, CLICK]))
    def driver_acts(self, grant: Grant) -> None:
        with writing(self.engine) as session:
            quotas.grant(session, *WHO, (grant,), later(self.now))
        self.model[grant.kind] = (grant.count, self.now + grant.seconds)

    @rule(purpose=st.sampled_from(["reply", "officer", "result"]))
    def something_is_sent(self, purpose: str) -> None:
        kept = {"message": 1 if purpose == "reply" else 0, "click": 0}
        open_ones = [kind for kind, (left, ends) in self.model.items() if ends > self.now and left > kept[kind]]
        expected = min(open_ones, key=lambda kind: self.model[kind][1], default=None)
        assert spend(self.engine, self.now, purpose) == expected
        if expected:
            left, ends = self.model[expected]
            self.model[expected] = (left - 1, ends)

    @invariant()
    def never_below_zero(self) -> None:
        with writing(self.engine) as session:
            lefts = session.execute(sa.text('SELECT "left" FROM allowances')).scalars()
            assert all(left >= 0 for left in lefts)

    def teardown(self) -> None:
        self.engine.dispose()


TestLedger = Ledger.TestCase
TestLedger.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
