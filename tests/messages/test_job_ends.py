from __future__ import annotations

import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from messages import broadcasts, job_ends, mass_book, pushes
from messages.clock import utc_now
from messages.database import writing
from messages.job_ends import MASS, JobEnd
from messages.pushes import Ended, Push
from messages.tables import broadcasts as broadcast_table
from messages.tables import outbox

NOW = utc_now()
FAILED = JobEnd("900", "o-1", False, "failed:user block")


def planned(session: Connection, key: str, way: str = "template", driver: str = "o-1") -> int:
    number = pushes.plan(session, "wechat", driver, Push(key, "road", "224省道封闭。"), NOW)
    assert number
    pushes.take(session, [number], way, "why", "claim", NOW + datetime.timedelta(seconds=480))
    return number


def state(session: Connection, number: int) -> str:
    return session.execute(sa.select(outbox.c.state).where(outbox.c.id == number)).scalar_one()


def answered(session: Connection, number: int, outside: str) -> None:
    pushes.settle(session, [Ended(number, "sent", outside_id=outside)], NOW)


@pytest.mark.parametrize("times", [1, 2])
def test_an_end_that_comes_after_the_answer_is_written_once(engine: Engine, times: int) -> None:
    with writing(engine) as session:
        number = planned(session, "a")
        answered(session, number, "900")
        for _ in range(times):
            job_ends.note(session, "wechat", FAILED, NOW)
        assert (state(session, number), job_ends.any_kept(session, "wechat")) == ("refused", False)


def test_an_end_that_comes_before_the_answer_waits_for_it(engine: Engine) -> None:
    with writing(engine) as session:
        other, number = planned(session, "a"), planned(session, "b")  # two to one driver: whose end is it?
        for _ in range(2):
            job_ends.note(session, "wechat", FAILED, NOW)
        assert job_ends.settle_kept(session, "wechat", NOW) == 0
        answered(session, number, "900")
        answered(session, other, "901")
        assert job_ends.settle_kept(session, "wechat", NOW) == 1
        assert (state(session, other), state(session, number)) == ("sent", "refused")
        assert not job_ends.any_kept(session, "wechat")


def test_an_end_settles_what_nobody_knew(engine: Engine) -> None:
    with writing(engine) as session:
        number = planned(session, "a")
        pushes.settle(session, [Ended(number, "unknown", "the process died")], NOW)
        job_ends.note(session, "wechat", JobEnd("900", "o-1", True), NOW)
        job_ends.settle_kept(session, "wechat", NOW)
        assert state(session, number) == "sent"


def test_a_strangers_end_is_forgotten_after_days(engine: Engine) -> None:
    with writing(engine) as session:
        job_ends.note(session, "wechat", FAILED, NOW)
        job_ends.settle_kept(session, "wechat", NOW + job_ends.KEEP + datetime.timedelta(minutes=1))
        assert not job_ends.any_kept(session, "wechat")


def test_a_notice_has_no_number_and_each_end_takes_another_one(engine: Engine) -> None:
    with writing(engine) as session:
        first, second = planned(session, "a", "notice"), planned(session, "b", "notice")
        for _ in range(2):
            job_ends.note_notice(session, "wechat", JobEnd("77", "o-1", False, "failed"), NOW)
        assert (state(session, first), state(session, second)) == ("refused", "sending")


def mass(session: Connection) -> tuple[int, str]:
    values = {"channel": "wechat", "title": "台风通知", "text": "少出门。", "link": "", "audience": "所有人",
              "counted": 5, "may_mass": True, "begins_at": NOW, "until": None}
    number = broadcasts.write(session, None, values, "wang", NOW)
    session.execute(sa.update(broadcast_table).values(state="approved"))
    found = broadcasts.find(session, number)
    assert found
    drivers = [f"o-{each}" for each in range(5)]
    broadcasts.fill(session, found, drivers, drivers[-1], NOW)
    broadcasts.run(session, number)
    session.execute(sa.update(outbox).values(way="mass"))
    key = mass_book.open_one(session, number, "2026-11", 4, NOW)
    assert key
    return number, key


@pytest.mark.parametrize("early", [True, False])
def test_a_mass_send_counts_as_wechat_counts_whenever_it_tells(engine: Engine, early: bool) -> None:
    end = JobEnd("500", MASS, True, "send success", (5, 3, 2))
    with writing(engine) as session:
        number, key = mass(session)
        for _ in range(2 if early else 0):
            job_ends.note(session, "wechat", end, NOW)
        mass_book.taken(session, key, "500", NOW)
        for _ in range(0 if early else 2):
            job_ends.note(session, "wechat", end, NOW)
        job_ends.settle_kept(session, "wechat", NOW)
        told = broadcasts.progress(session, number, NOW)
    assert (told.sent, told.refused, told.left, told.total) == (3, 2, 0, 5)


def test_a_mass_send_called_off_halfway_counts_those_it_reached(engine: Engine) -> None:
    with writing(engine) as session:
        number, key = mass(session)
        mass_book.taken(session, key, "500", NOW)
        broadcasts.stop(session, number, "li", NOW)
        assert [row.job for row in mass_book.to_delete(session)] == ["500"]
        mass_book.deleted(session, key)
        job_ends.note(session, "wechat", JobEnd("500", MASS, False, "err(10016)", (5, 2, 0)), NOW)
        told = broadcasts.progress(session, number, NOW)
        assert (told.sent, told.withheld, told.total) == (2, 3, 5)
        assert mass_book.used(session, "2026-11") == 1


def test_a_mass_send_stopped_before_its_call_tells_nobody(engine: Engine) -> None:
    with writing(engine) as session:
        number, key = mass(session)
        broadcasts.stop(session, number, "li", NOW)
        assert mass_book.withdraw(session, key) is False
        assert broadcasts.progress(session, number, NOW).withheld == 5


def test_what_may_have_left_before_a_stop_is_unknown(engine: Engine) -> None:
    with writing(engine) as session:
        number, _ = mass(session)
        session.execute(sa.update(outbox).values(state="planned", way=None, claim=None, begun=False))
        ids = list(session.execute(sa.select(outbox.c.id)).scalars())
        pushes.take(session, ids[:2], "template", "why", "claim", NOW)
        pushes.settle(session, [Ended(ids[0], "planned", "time-out", again_in=9, same_way=True),
                                Ended(ids[1], "planned", "no connection", again_in=9)], NOW)
        broadcasts.stop(session, number, "li", NOW)
        assert [state(session, each) for each in ids[:3]] == ["unknown", "withheld", "withheld"]
