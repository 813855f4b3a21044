from __future__ import annotations

import datetime

from sqlalchemy.engine import Engine

from messages import follows
from messages.database import reading, writing
from tests.traffic.conftest import add_vehicle
from tests.web.desk.conftest import NOW, later
from traffic.audience import members, read_audience
from traffic.bindings import bind_vehicle
from traffic.demo.town import build_town
from traffic.reminders import due
from traffic.road_subscriptions import subscribe_road
from traffic.subscribers import follow, gone
from web.desk.database import records
from web.desk.sentences import Sentences
from web.outreach import road_news
from web.outreach.leaving import Leaving

HOUR = datetime.timedelta(hours=1)
WHO = "driver-1"


def did(engine: Engine, event: str, minutes: int, driver: str = WHO) -> None:
    with writing(engine) as session:
        follows.record(session, "wechat", driver, event, "", NOW + datetime.timedelta(minutes=minutes))


def reached(engine: Engine, sentences: Sentences, now: datetime.datetime) -> tuple[bool, bool, bool]:
    """By a broadcast, by a reminder, by daily road news."""
    with reading(engine) as session, records(session) as traffic:
        meant = members(traffic, read_audience(traffic, "绑了车的"), now) or frozenset()
        reminded = {each.subscriber for each in due(traffic, now)}
    return WHO in meant, WHO in reminded, road_news.tell_daily(engine, sentences, now) > 0


def prepare(engine: Engine) -> None:
    with writing(engine) as session, records(session) as traffic:
        build_town(traffic, NOW.date())
        add_vehicle(traffic, inspected_until=NOW.date() + datetime.timedelta(days=20))
        bind_vehicle(traffic, WHO, "浙JA1234", "123456", NOW)
        at = NOW.astimezone(datetime.timezone(8 * HOUR)).time()
        subscribe_road(traffic, WHO, None, daily_at=at.replace(tzinfo=None), now=NOW - HOUR)


def test_nothing_is_said_first_to_who_left_until_they_follow_again(engine: Engine, sentences: Sentences) -> None:
    prepare(engine)
    leaving = Leaving(engine)
    did(engine, "left", 1)
    assert leaving.note(later(120)) == 1
    assert reached(engine, sentences, later(121)) == (False, False, False)
    did(engine, "followed", 3)
    assert leaving.note(later(240)) == 1
    assert leaving.note(later(250)) == 0
    assert reached(engine, sentences, later(260)) == (True, True, True)


def test_what_happened_while_no_process_ran_is_noted_by_the_next(engine: Engine) -> None:
    did(engine, "left", -60 * 24 * 30)
    did(engine, "left", -60 * 24, "driver-2")
    did(engine, "scanned", -60, "driver-2")
    assert Leaving(engine).note(NOW) == 1
    assert Leaving(engine).note(NOW) == 0
    with reading(engine) as session, records(session) as traffic:
        assert gone(traffic) == {WHO}


def test_a_greeting_that_comes_after_the_leaving_does_not_bring_back(engine: Engine) -> None:
    leaving = Leaving(engine)
    did(engine, "left", 0)
    leaving.note(later(5))
    with writing(engine) as session, records(session) as traffic:
        follow(traffic, WHO, now=later(6))
    leaving.note(later(10))
    with reading(engine) as session, records(session) as traffic:
        assert gone(traffic) == {WHO}
