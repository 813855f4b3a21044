from __future__ import annotations

import pytest
import sqlalchemy as sa

from messages import follows
from messages.clock import utc_now
from messages.database import open_engine, reading
from messages.follows import Counts
from messages.replies import Reply
from messages.tables import allowances, conversations, erasures, inbox, outbox
from messages.turns import Turn
from tests.connectors.wechat.account import Driver, soon
from tests.connectors.wechat.conftest import Start


async def greeting(turn: Turn, said: list[Reply]) -> None:
    if "人工" in (turn.text or ""):
        said += [Reply("请稍等"), Reply(custom={"hand_over": {"reason": "asked"}})]
    else:
        said.append(Reply(f"您好，{turn.details.get('scene') or '没有扫码'}"))


@pytest.fixture
def driver(start: Start) -> Driver:
    return start(greeting)


def counted(url: str) -> dict[str, Counts]:
    engine = open_engine(url)
    with reading(engine) as session:
        found = follows.counts(session, utc_now().replace(year=2000), utc_now())
    engine.dispose()
    return found


def rows(url: str, *tables: sa.Table) -> list[int]:
    engine = open_engine(url)
    with reading(engine) as session:
        found = [session.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() for table in tables]
    engine.dispose()
    return found


def test_a_follow_at_a_counter_greets_by_it_and_is_counted(driver: Driver, database_url: str) -> None:
    driver.follow("violation_window")
    assert soon(lambda: driver.heard() == ["您好，violation_window"])
    driver.follow("license_window")  # follows already: has only scanned
    assert soon(lambda: driver.heard()[1:] == ["您好，license_window"])
    driver.beside("o-driver-2").follow()
    assert soon(lambda: counted(database_url) == {
        "violation_window": Counts(1, 0, 0), "license_window": Counts(0, 1, 0), "": Counts(1, 0, 0)})


def test_who_leaves_is_counted_where_they_came_from_and_nothing_stays_open(driver: Driver, database_url: str) -> None:
    driver.follow("violation_window")
    driver.write("人工")
    assert soon(lambda: "请稍等" in "".join(driver.heard()))
    driver.leave()
    assert soon(lambda: counted(database_url) == {"violation_window": Counts(1, 0, 1)})
    engine = open_engine(database_url)
    with reading(engine) as session:
        holders = session.execute(sa.select(conversations.c.holder)).scalars().all()
        going = session.execute(sa.select(outbox.c.id).where(outbox.c.state.in_(("ready", "parked")))).all()
    engine.dispose()
    assert (holders, going) == (["bot"], [])
    assert rows(database_url, allowances) == [0]


def test_a_permission_taken_back_leaves_nothing_here_and_asks_the_other_rooms(
        driver: Driver, database_url: str) -> None:
    driver.follow()
    assert soon(lambda: driver.heard() == ["您好，没有扫码"])
    driver.event("user_authorization_revoke", RevokeInfo="301", OpenID=driver.openid, AppID="wx0")
    assert soon(lambda: rows(database_url, erasures) == [3])
    assert rows(database_url, inbox, outbox, conversations, allowances) == [0, 0, 0, 0]
