from __future__ import annotations

import asyncio
import threading

import pytest
import sqlalchemy as sa

from connectors.wechat.push_worker import AT_ONCE, Circuit, backoff
from messages.database import open_engine, reading
from messages.replies import Reply
from messages.tables import outbox
from messages.turns import Turn
from tests.connectors.wechat.account import Driver, soon
from tests.connectors.wechat.conftest import Start


class Late:
    """Answers what contains 慢 only after `answer_now`: later than any passive reply, however busy the machine is."""

    def __init__(self) -> None:
        self._now = threading.Event()

    async def __call__(self, turn: Turn, said: list[Reply]) -> None:
        while turn.text and "慢" in turn.text and not self._now.is_set():
            await asyncio.sleep(0.02)
        said.append(Reply(f"答 {turn.text or '您好'}"))

    def wait(self) -> None:
        self._now.clear()

    def answer_now(self) -> None:
        self._now.set()


def write_slow(driver: Driver, late: Late, *texts: str) -> None:
    late.wait()
    ended = len(driver.posts()) + len(texts)
    for text in texts:
        driver.write(text)
    assert soon(lambda: len(driver.posts()) == ended)
    late.answer_now()


def rows(url: str, like: str = "答 慢一") -> list[tuple[str, int | None]]:
    engine = open_engine(url)
    with reading(engine) as session:
        found = session.execute(sa.select(outbox.c.state, outbox.c.error_code)
                                .where(outbox.c.text.like(like)).order_by(outbox.c.id)).all()
    engine.dispose()
    return [tuple(row) for row in found]


@pytest.fixture
def late() -> Late:
    return Late()


@pytest.fixture
def driver(start: Start, late: Late) -> Driver:
    follower = start(late, seconds=0.4)
    follower.follow()
    assert soon(lambda: follower.heard() == ["答 您好"])
    assert soon(lambda: len(follower.posts()) == 1)
    follower.forget_record()  # the greeting may have been pushed, on a slow machine
    return follower


@pytest.mark.parametrize(("code", "state"), [
    (45015, "parked"), (45047, "parked"), (48001, "parked"), (45009, "parked"), (43004, "refused"), (43019, "refused"),
    (99999, "refused")])
def test_an_error_code_becomes_a_state(driver: Driver, late: Late, database_url: str, code: int, state: str) -> None:
    driver.fault(path="custom/send", times=9, errcode=code)
    write_slow(driver, late, "慢一")
    assert soon(lambda: rows(database_url) == [(state, code)])
    assert len(driver.sends()) == 1


def test_what_could_not_be_pushed_leads_the_next_answer(driver: Driver, late: Late, database_url: str) -> None:
    driver.fault(path="custom/send", times=9, errcode=45047)
    write_slow(driver, late, "慢一")
    assert soon(lambda: rows(database_url) == [("parked", 45047)])
    driver.write("快二")
    assert soon(lambda: driver.heard()[1:] == ["答 慢一\n\n答 快二"])


@pytest.mark.parametrize("fault", [{"errcode": -1}, {"errcode": 45011}, {"status": 404}])
def test_what_surely_failed_is_sent_again(driver: Driver, late: Late, database_url: str, fault: dict[str, int]) -> None:
    driver.fault(path="custom/send", times=1, **fault)
    write_slow(driver, late, "慢一")
    assert soon(lambda: driver.heard()[1:] == ["答 慢一"])
    assert len(driver.sends()) == 2


@pytest.mark.parametrize("fault", [{"hang_up": True, "after": True}, {"hang_up": True}, {"status": 502}])
def test_what_may_have_arrived_is_never_sent_again(
        driver: Driver, late: Late, database_url: str, fault: dict[str, object]) -> None:
    write_slow(driver, late, "慢零")
    assert soon(lambda: len(driver.sends()) == 1)
    driver.fault(path="custom/send", times=1, **fault)
    write_slow(driver, late, "慢一")
    assert soon(lambda: rows(database_url) == [("unknown", None)])
    driver.write("快二")
    assert soon(lambda: driver.heard()[-1] == "答 快二")
    assert driver.heard().count("答 慢一") == (1 if fault.get("after") else 0)


def test_an_unverified_account_is_not_asked_again_and_answers_all_the_same(
        driver: Driver, late: Late, database_url: str) -> None:
    driver.control("account", verified=False)
    write_slow(driver, late, "慢一", "慢二")
    assert soon(lambda: [state for state, _ in rows(database_url, "答 慢%")] == ["parked", "parked"])
    driver.write("快三")
    assert soon(lambda: driver.heard()[-1] == "答 慢一\n\n答 慢二\n\n答 快三")
    assert len(driver.sends()) == 1


def test_a_service_that_is_down_is_left_alone_longer_each_time() -> None:
    circuit = Circuit(failures=2, first=5.0)
    circuit.failed()
    assert circuit.state == "closed"
    circuit.failed()
    assert circuit.state == "open"
    circuit.succeeded()
    circuit.failed()
    assert circuit.state == "closed"


def test_after_its_wait_one_call_tries_and_a_failure_waits_longer(caplog: pytest.LogCaptureFixture) -> None:
    circuit = Circuit(failures=1, first=0.0, longest=60.0)
    circuit.failed()
    assert circuit.state == "half open"
    assert AT_ONCE[circuit.state] == 1
    circuit._first = 5.0
    for _ in range(3):  # of those only the first was a trial
        circuit.failed()
    assert circuit.state == "open"
    assert "no pushes for 10 s" in caplog.text
    circuit.succeeded()
    assert circuit.state == "closed"
    assert "answers again after 2 failures" in caplog.text


def test_waiting_grows_with_jitter_up_to_a_limit() -> None:
    assert all(2 ** n / 2 <= backoff(n) <= 2 ** n for n in range(1, 6))
    assert backoff(40) <= 120
