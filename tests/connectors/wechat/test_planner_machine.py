from __future__ import annotations

import dataclasses
from typing import Optional

import pytest
import sqlalchemy as sa
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from connectors.wechat import planner
from connectors.wechat.intake import AFTER_CLICK, AFTER_MESSAGE
from connectors.wechat.planner import PushRules, choose_passive, choose_push
from connectors.wechat.rendering import MAX_BYTES, joined, size
from messages import inbox, outbox, quotas
from messages.database import open_engine, reading, writing
from messages.inbox import Incoming
from messages.outbox import ARRIVES_WITHIN, Outgoing
from messages.replies import Choice, Reply
from messages.tables import metadata
from messages.tables import outbox as rows_out
from tests.messages.conftest import later

PASSIVE, LEASE, DRIVER = 4.3, 30.0, "driver-1"
REPLIES = {
    "short": Reply("好的"), "long": Reply("长" * 400), "full": Reply("满" * (MAX_BYTES // 3)),
    "choice": Reply("哪辆？", choices=(Choice("甲", "/a"),)), "result": Reply("办好了", purpose="result"),
    "news": Reply(custom={"news": {"title": "图", "url": "https://example.invalid/"}}),
    "known picture": Reply(image="media:1"), "own picture": Reply(image="/static/map.png")}
TEXTS = ("short", "long", "full", "choice", "result")
ALONE_IN_ANSWER = ("news", "known picture")


@dataclasses.dataclass
class Row:
    number: int
    kind: str
    message: Optional[int]
    state: str = "ready"
    arrives_by: Optional[float] = None  # it went along with the answer to a later message

    @property
    def reply(self) -> Reply:
        parked = self.state == "parked"  # what it offered is over
        return dataclasses.replace(REPLIES[self.kind], choices=()) if parked else REPLIES[self.kind]


def texts(rows: list[Row]) -> list[Row]:
    """As many texts from the first on as fit into one."""
    count = 0
    while count < len(rows) and rows[count].kind in TEXTS and size(
            joined([row.reply for row in rows[:count + 1]])) <= MAX_BYTES:
        count += 1
    return rows[:count]


class Planner(RuleBasedStateMachine):
    """What goes out how, against a list of rows and two counters."""

    def __init__(self) -> None:
        super().__init__()
        self.patch = pytest.MonkeyPatch()
        self.now, self.rows, self.left, self.ends = 0.0, list[Row](), dict[str, int](), dict[str, float]()
        self.patch.setattr(planner, "utc_now", lambda: later(self.now))
        self.engine, self.rules = open_engine("sqlite://"), PushRules()
        metadata.create_all(self.engine)
        self.passive_until: dict[int, float] = {}
        self.given: dict[int, list[int]] = {}
        self.out: list[Outgoing] = []
        self.out_until = 0.0

    @rule(seconds=st.sampled_from([0.1, 2, 5, 70, 90_000, 180_000]))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule(grant=st.sampled_from([AFTER_MESSAGE, AFTER_CLICK]))
    def driver_acts(self, grant: quotas.Grant) -> None:
        message = Incoming("wechat", DRIVER, f"m{len(self.passive_until)}", "text", "x", grants=(grant,))
        with writing(self.engine) as session:
            number = inbox.receive(session, message, later(self.now), PASSIVE).id
        self.passive_until[number] = self.now + PASSIVE
        self.left[grant.kind], self.ends[grant.kind] = grant.count, self.now + grant.seconds

    @precondition(lambda self: self.passive_until)
    @rule(kinds=st.lists(st.sampled_from(sorted(REPLIES)), min_size=1, max_size=3), to_message=st.booleans())
    def somebody_speaks(self, kinds: list[str], to_message: bool) -> None:
        message, author = (max(self.passive_until), "bot") if to_message else (None, "system")
        with writing(self.engine) as session:
            ids = outbox.append(session, "wechat", DRIVER, [REPLIES[kind] for kind in kinds], later(self.now),
                                message=message, author=author)
        self.rows += [Row(number, kind, message) for number, kind in zip(ids, kinds, strict=True)]

    @precondition(lambda self: self.passive_until)
    @rule(which=st.integers(0, 3), arrives=st.booleans())
    def a_post_is_answered(self, which: int, arrives: bool) -> None:
        message = sorted(self.passive_until)[-1 - which % len(self.passive_until)]
        with writing(self.engine) as session:
            got = [row.id for row in outbox.claim_answer(session, message, choose_passive, later(self.now))]
        self.passive_until[message] = self.now
        if not self.given.get(message):
            unsaid = [row for row in self.rows if row.state == "parked"
                      or (row.state == "ready" and row.message is not None and row.message <= message)]
            alone = unsaid[:1] if unsaid and unsaid[0].kind in ALONE_IN_ANSWER else []
            self.given[message] = [row.number for row in self.give(texts(unsaid) or alone, message)]
        assert got == self.given[message]
        if arrives:
            with writing(self.engine) as session:
                outbox.arrived(session, message)
            self.set([row for row in self.rows if row.number in got], "passive")

    def give(self, rows: list[Row], message: int) -> list[Row]:
        for row in rows:
            own = row.message == message
            row.state, row.arrives_by = ("passive", None) if own else ("sending", self.now + ARRIVES_WITHIN)
        return rows

    def give_up_lost(self) -> int:
        gone = [row for row in self.rows if row.state == "sending" and row.arrives_by and row.arrives_by < self.now]
        return len(self.set(gone, "unknown"))

    @precondition(lambda self: not self.out)
    @rule()
    def the_push_worker_looks(self) -> None:
        with writing(self.engine) as session:
            outbox.give_up_lost(session, later(self.now))
            groups = outbox.claim_push(session, "wechat", choose_push, self.rules.allow, later(self.now), LEASE)
        self.give_up_lost()
        head = next((row for row in self.rows if row.state in ("ready", "sending")), None)
        expected: list[Row] = []
        if head and self.may_be_pushed(head):
            ready = [row for row in self.rows if row.state == "ready" and self.may_be_pushed(row)]
            chosen = texts(ready) or ready[:1]
            kind = self.spend("result" if any(row.kind == "result" for row in chosen) else "reply")
            expected = self.set(chosen, "sending") if kind else []
            if not kind:
                self.set(ready, "parked")
        self.out = groups[0] if groups else []
        assert [row.id for row in self.out] == [row.number for row in expected]
        self.out_until = self.now + LEASE

    def may_be_pushed(self, row: Row) -> bool:
        return row.state == "ready" and (row.message is None or self.passive_until[row.message] <= self.now)

    def spend(self, purpose: str) -> Optional[str]:
        floor = {"message": 1 if purpose == "reply" else 0, "click": 0}
        usable = [kind for kind, left in self.left.items() if self.ends[kind] > self.now and left > floor[kind]]
        kind = min(usable, key=lambda each: self.ends[each], default=None)
        if kind:
            self.left[kind] -= 1
        return kind

    @precondition(lambda self: self.out)
    @rule(end=st.sampled_from(["sent", "unknown", "parked", "ready", "sender dies"]), begins=st.booleans())
    def the_push_ends(self, end: str, begins: bool) -> None:
        pushed = [row for row in self.rows if row.state == "sending" and not row.arrives_by]
        allowance = self.out[0].allowance
        if self.now > self.out_until:
            end = "sender dies"
        with writing(self.engine) as session:
            if begins:
                assert outbox.begin(session, self.out, later(self.now)) == (self.now <= self.out_until)
            begun = begins and self.now <= self.out_until
            if end == "sender dies":
                self.now = max(self.now, self.out_until + 1)
                assert outbox.give_up_lost(session, later(self.now)) == self.give_up_lost() + begun * len(pushed)
                end = "unknown" if begun else "ready"
            else:
                outbox.mark(session, self.out, end, later(self.now))
                if end == "ready" and allowance:
                    quotas.give_back(session, "wechat", DRIVER, allowance)
        if end == "ready" and allowance:
            self.left[allowance] += 1
        self.set(pushed, end)
        self.out = []

    @precondition(lambda self: self.passive_until and not self.out)
    @rule(times=st.integers(1, 6))
    def words_nobody_asked_for_are_pushed(self, times: int) -> None:
        for _ in range(times):
            self.somebody_speaks(["short"], to_message=False)
            self.the_push_worker_looks()
            if self.out:
                self.the_push_ends("sent", begins=True)

    def set(self, rows: list[Row], state: str) -> list[Row]:
        for row in rows:
            row.state = state
        return rows

    @invariant()
    def the_rows_are_as_the_model_says(self) -> None:
        with reading(self.engine) as session:
            found = [tuple(row) for row in session.execute(sa.select(rows_out.c.id, rows_out.c.state)
                                                           .order_by(rows_out.c.id))]
            open_ones = {each.kind: each.left for each in quotas.standing(session, "wechat", DRIVER, later(self.now))}
        assert found == [(row.number, row.state) for row in self.rows]
        assert open_ones == {kind: left for kind, left in self.left.items() if left and self.ends[kind] > self.now}

    @invariant()
    def nothing_left_twice(self) -> None:
        passive = [number for rows in self.given.values() for number in rows]
        assert len(passive) == len(set(passive))

    def teardown(self) -> None:
        self.patch.undo()
        self.engine.dispose()


TestPlanner = Planner.TestCase
TestPlanner.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
