from __future__ import annotations

import asyncio
import datetime
from typing import Any, Callable, Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.settings import Outreach
from connectors.wechat.announcer import Announcer
from connectors.wechat.client import WeChatClient
from connectors.wechat.ways import Ways
from messages import broadcasts, mass_book, notices, pushes
from messages.broadcasts import Broadcast
from messages.clock import utc_now
from messages.database import open_engine, reading, writing
from messages.pushes import Push
from messages.tables import broadcasts as broadcast_table
from messages.tables import outbox
from tests.connectors.wechat.account import Driver, soon
from tests.connectors.wechat.accounts import settings_for
from tests.connectors.wechat.conftest import Start
from tests.connectors.wechat.test_push_worker import Late
from web.phone.server import StandIn

ROAD = Push("road:1", "road", "224省道封闭，请绕行。", {"where": "224省道", "what": "封闭", "when": "8月3日 7:00"})
ALWAYS = "00:00-00:00"
ROAD_FIELDS = {"thing1": "where", "thing2": "what", "time3": "when"}
TEMPLATES: dict[str, Any] = {"road": {"id": "tpl-road", "fields": ROAD_FIELDS},
                             "broadcast": {"id": "tpl-all", "fields": {"thing1": "title", "thing2": "note"}}}
Announce = Callable[..., None]


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    opened = open_engine(database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def announce(stand_in: StandIn, database_url: str, engine: Engine) -> Announce:
    """Runs an announcer until nothing of it waits (or `until` holds)."""

    def run(until: Callable[[], object] | None = None, **outreach: Any) -> None:
        rules = Outreach(**{"quiet": ALWAYS, "per_minute": 60_000, **outreach})
        done = until or (lambda: not states(engine, "planned", "sending"))
        asyncio.run(_run(database_url, stand_in.url, engine, rules, done))

    return run


async def _run(url: str, api: str, engine: Engine, rules: Outreach, done: Callable[[], object]) -> None:
    client = WeChatClient(settings_for(url, api), engine)
    announcer = Announcer(engine, client, Ways(rules, "Asia/Shanghai"), poll=0.02)
    announcer.start()
    for _ in range(1500):
        if await asyncio.to_thread(done):
            break
        await asyncio.sleep(0.02)
    await announcer.stop()
    await client.close()


def states(engine: Engine, *only: str) -> list[str]:
    with reading(engine) as session:
        query = sa.select(outbox.c.state).where(outbox.c.topic.is_not(None)).order_by(outbox.c.id)
        return list(session.execute(query.where(outbox.c.state.in_(only)) if only else query).scalars())


def ways(engine: Engine) -> list[tuple[str, str]]:
    with reading(engine) as session:
        return [tuple(row) for row in session.execute(sa.select(outbox.c.way, outbox.c.state).order_by(outbox.c.id))]


def plan(engine: Engine, driver: str, push: Push = ROAD) -> int | None:
    with writing(engine) as session:
        return pushes.plan(session, "wechat", driver, push, utc_now())


def cards(driver: Driver) -> list[dict[str, Any]]:
    return [entry for entry in driver.state()["entries"] if entry["kind"] == "notice"]


def test_the_same_thing_is_planned_once(engine: Engine) -> None:
    assert plan(engine, "o-driver-1") is not None
    assert plan(engine, "o-driver-1") is None


def test_who_agreed_gets_a_notice_until_the_consents_are_used_up_then_a_template(
        engine: Engine, driver: Driver, announce: Announce) -> None:
    driver.control(f"drivers/{driver.openid}/consent", template="ntc-road", accept=True)
    with writing(engine) as session:
        notices.give(session, "wechat", driver.openid, "ntc-road", utc_now())
    for number in (1, 2):
        plan(engine, driver.openid, Push(f"road:{number}", *list(vars(ROAD).values())[1:]))
    announce(notices={"road": {**TEMPLATES["road"], "id": "ntc-road"}}, templates=TEMPLATES)
    assert ways(engine) == [("notice", "sent"), ("template", "sent")]
    assert len(cards(driver)) == 2


def test_an_open_window_is_used_first_and_its_last_message_is_kept(engine: Engine, start: Start, late: Late) -> None:
    # the webhook of `start` runs an announcer too: with station.yml's templates
    driver = start(late)
    driver.follow()
    driver.write("你好")
    assert soon(lambda: "答 你好" in driver.heard())
    push = Push("ticket:1", "preview", "您的工单有答复了。")
    plan(engine, driver.openid, push)
    assert soon(lambda: ways(engine)[-1:] == [("custom", "sent")])
    assert "您的工单有答复了。" in driver.heard()


@pytest.fixture
def late() -> Late:
    return Late()


def test_nothing_more_than_the_days_number_and_nothing_in_quiet_hours(
        engine: Engine, driver: Driver, announce: Announce) -> None:
    for number in range(4):
        plan(engine, driver.openid, Push(f"road:{number}", *list(vars(ROAD).values())[1:]))
    announce(lambda: states(engine).count("sent") == 2 and reasons(engine).count("the driver heard enough today") == 2,
             templates=TEMPLATES, per_driver_a_day=2)
    assert states(engine) == ["sent", "sent", "planned", "planned"]


def test_quiet_hours_put_it_off_to_their_end(engine: Engine, driver: Driver, announce: Announce,
                                             monkeypatch: pytest.MonkeyPatch) -> None:
    plan(engine, driver.openid)
    announce(lambda: reasons(engine) == ["quiet hours"], templates=TEMPLATES, quiet=quiet_now())
    assert states(engine) == ["planned"]
    assert cards(driver) == []


def quiet_now() -> str:
    begins = utc_now().astimezone(datetime.timezone(datetime.timedelta(hours=8))) - datetime.timedelta(minutes=5)
    return f"{begins:%H:%M}-{begins + datetime.timedelta(hours=2):%H:%M}"


def test_what_is_urgent_is_said_in_quiet_hours(engine: Engine, driver: Driver, announce: Announce) -> None:
    plan(engine, driver.openid, Push("road:2", "road", "224省道封闭。", ROAD.fields, urgent=True))
    announce(templates=TEMPLATES, quiet=quiet_now())
    assert states(engine) == ["sent"]


def reasons(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return list(session.execute(sa.select(outbox.c.reason).order_by(outbox.c.id)).scalars())


def test_without_any_way_it_is_parked_and_what_is_over_is_never_said(engine: Engine, driver: Driver,
                                                                     announce: Announce) -> None:
    plan(engine, driver.openid)
    over = utc_now() - datetime.timedelta(seconds=1)
    plan(engine, driver.openid, Push("road:2", "road", "旧闻", until=over))
    announce(lambda: states(engine) == ["parked", "withheld"])
    assert cards(driver) == []


@pytest.mark.parametrize(("code", "state"), [(43019, "refused"), (43004, "refused"), (45009, "parked"),
                                             (40037, "parked"), (48001, "parked")])
def test_an_error_closes_the_way_or_ends_it(engine: Engine, driver: Driver, announce: Announce, code: int,
                                            state: str) -> None:
    driver.fault(path="message/template/send", errcode=code)
    plan(engine, driver.openid)
    announce(templates=TEMPLATES)
    assert states(engine) == [state]


def test_a_template_whose_outcome_is_unknown_is_asked_for_again_under_its_key(engine: Engine, driver: Driver,
                                                                               announce: Announce) -> None:
    driver.fault(path="message/template/send", status=500, after=True)
    plan(engine, driver.openid)
    announce(templates=TEMPLATES)
    assert (states(engine), len(cards(driver))) == (["sent"], 1)


def broadcast_to(engine: Engine, drivers: list[str], may_mass: bool = False, **more: Any) -> Broadcast:
    now = utc_now()
    with writing(engine) as session:
        values = {"channel": "wechat", "title": "台风通知", "text": "台风要来了，少出门。", "link": "",
                  "audience": "所有人", "counted": len(drivers), "may_mass": may_mass, "begins_at": now, "until": None,
                  **more}
        number = broadcasts.write(session, None, values, "wang", now)
        session.execute(sa.update(broadcast_table).values(state="approved"))
        found = broadcasts.find(session, number)
        assert found
        for _ in range(2):  # a second filling, after a crash, adds nobody
            broadcasts.fill(session, found, drivers, drivers[-1], now)
        broadcasts.run(session, number)
    return found


def progress(engine: Engine, found: Broadcast) -> broadcasts.Progress:
    with reading(engine) as session:
        return broadcasts.progress(session, found.id, utc_now())


def test_a_broadcast_reaches_each_once_and_counts_exactly(engine: Engine, driver: Driver, announce: Announce) -> None:
    found = broadcast_to(engine, [*fans(driver, 40), "o-nobody"])
    announce(templates=TEMPLATES)
    told = progress(engine, found)
    assert (told.sent, told.refused, told.left, told.total) == (40, 1, 0, 41)
    assert driver.received("notice") == {"drivers": 40, "most": 1, "total": 40}


def fans(driver: Driver, count: int) -> list[str]:
    driver.control("followers", count=count)
    return sorted(f"o-fan-{number}" for number in range(count))


def test_who_has_no_other_way_shares_one_mass_send_and_the_book_counts_it(engine: Engine, driver: Driver,
                                                                          announce: Announce) -> None:
    found = broadcast_to(engine, fans(driver, 5), may_mass=True)
    announce()
    assert progress(engine, found).sent == 5
    with reading(engine) as session:
        month = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))).strftime("%Y-%m")
        assert mass_book.used(session, month) == 1


def test_the_book_full_nobody_gets_a_mass_send(engine: Engine, driver: Driver, announce: Announce) -> None:
    found = broadcast_to(engine, fans(driver, 5), may_mass=True)
    announce(mass_a_month=0)
    assert progress(engine, found).parked == 5


def test_a_stopped_broadcast_says_nothing_more(engine: Engine, driver: Driver, announce: Announce) -> None:
    found = broadcast_to(engine, fans(driver, 60))
    begun = utc_now()

    def halt() -> bool:
        if progress(engine, found).sent < 1:
            return False
        with writing(engine) as session:
            return broadcasts.stop(session, found.id, "li", utc_now())

    announce(halt, templates=TEMPLATES, per_minute=600)
    told = progress(engine, found)
    assert told.total == 60
    assert told.withheld > 0
    assert told.left == 0
    assert driver.received("notice")["total"] == told.sent
    assert utc_now() - begun < datetime.timedelta(seconds=30)
