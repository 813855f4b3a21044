from __future__ import annotations

import datetime
import pathlib

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

import traffic.migrations
import web.desk.database
from messages import database, erasure, media, notices
from messages.clock import utc_now
from messages.database import open_engine, reading, writing
from messages.inbox import Incoming, receive
from messages.tables import erasures, inbox
from traffic.tickets import open_ticket, tickets_of
from web import erasing
from web.desk import notes
from web.desk.database import records

WHO = ("wechat", "o-leaving-1")
LONG_AGO = utc_now() - datetime.timedelta(minutes=5)


@pytest.fixture
def engine(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    url = f"sqlite:///{tmp_path / 'all.db'}"
    for upgrade in (traffic.migrations.upgrade, database.upgrade, web.desk.database.upgrade):
        upgrade(url)
    monkeypatch.setattr(erasing, "PHOTOS", tmp_path)
    return open_engine(url)


def know(engine: Engine, folder: pathlib.Path, driver: str) -> pathlib.Path:
    """Leaves something of the driver in every room; the picture's file."""
    path = f"ab/{driver.encode().hex().ljust(64, '0')}.jpg"
    (folder / "ab").mkdir(exist_ok=True)
    (folder / path).write_bytes(b"picture")
    with writing(engine) as session:
        receive(session, Incoming("wechat", driver, f"{driver}:1", "image", "看看"), LONG_AGO, 0)
        media.expect(session, "wechat", driver, f"{driver}:1", "m1", LONG_AGO)
        [wanted] = [each for each in media.claim(session, "wechat", utc_now(), 9) if each.key == f"{driver}:1"]
        media.keep(session, wanted, path, utc_now())
        notes.add(session, "wechat", driver, "wang", "来过", LONG_AGO)
        notices.give(session, "wechat", driver, "tpl-road", LONG_AGO, long_term=True)
        with records(session) as traffic_session:
            open_ticket(traffic_session, driver, "suggestion", "多装路灯", "k-" + driver)
    return folder / path


def known(engine: Engine, driver: str) -> tuple[int, int, int]:
    """Messages, notes and tickets."""
    with reading(engine) as session, records(session) as traffic_session:
        count = sa.select(sa.func.count()).select_from(inbox).where(inbox.c.driver == driver)
        return (session.execute(count).scalar_one(), len(notes.of(session, "wechat", driver)),
                len(tickets_of(traffic_session, driver)))


async def test_a_driver_who_takes_the_permission_back_is_forgotten_in_every_room(
        engine: Engine, tmp_path: pathlib.Path) -> None:
    leaving, staying = (know(engine, tmp_path, driver) for driver in ("o-leaving-1", "o-staying-1"))
    with writing(engine) as session:
        erasure.demand(session, *WHO, LONG_AGO)
    assert known(engine, "o-leaving-1") == (0, 1, 1)
    for eraser in erasing.erasers(engine):
        assert await eraser.forget_due() == 1
        assert await eraser.forget_due() == 0
    assert known(engine, "o-leaving-1") == (0, 0, 0)
    assert known(engine, "o-staying-1") == (1, 1, 1)
    assert (leaving.exists(), staying.exists()) == (False, True)


async def test_a_room_that_fails_is_asked_again(engine: Engine) -> None:
    async def fails(asked: erasure.Erasure) -> None:
        raise ConnectionError

    with writing(engine) as session:
        erasure.demand(session, *WHO, LONG_AGO)
    with pytest.raises(ConnectionError):
        await erasure.Eraser(engine, "desk", fails).forget_due()
    with reading(engine) as session:
        rooms = session.execute(sa.select(erasures.c.room).order_by(erasures.c.id)).scalars().all()
    assert tuple(rooms) == erasure.ROOMS


def test_a_turn_that_may_still_run_is_waited_for(engine: Engine) -> None:
    with writing(engine) as session:
        erasure.demand(session, *WHO, utc_now())
        assert erasure.demanded(session, "desk", utc_now()) == []
