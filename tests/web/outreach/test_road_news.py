from __future__ import annotations

import dataclasses
import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from messages import pushes
from messages.database import reading, writing
from messages.tables import outbox
from tests.web.desk.conftest import NOW, later
from traffic import bulletins
from traffic.bulletins import Draft
from traffic.demo.town import build_town
from traffic.opening_days import local_moment, station_zone
from traffic.road_subscriptions import subscribe_road
from traffic.subscriber_wishes import set_quiet_hours
from web.desk.database import records
from web.desk.sentences import Sentences
from web.outreach import road_news

HOUR = datetime.timedelta(hours=1)
DRAFT = Draft("金沙路", "杜桥", "文化公园", None, "closed", "路面塌陷", NOW, NOW + 5 * HOUR, "解放路")


def prepare(engine: Engine, sentences: Sentences) -> None:
    with writing(engine) as session, records(session) as traffic:
        build_town(traffic, NOW.date())
        for who, road, closures in (("road", "金沙路", False), ("all", None, False), ("other", "75省道", False),
                                    ("closures", "金沙路", True)):
            subscribe_road(traffic, who, road, only_closures=closures, now=NOW - HOUR)
        subscribe_road(traffic, "daily", "金沙路", daily_at=datetime.time(9, 0), now=NOW - HOUR)
    road_news.tell_news(engine, sentences, NOW)  # what the demo town already has


def publish(engine: Engine, draft: Draft = DRAFT) -> int:
    with writing(engine) as session, records(session) as traffic:
        return bulletins.publish(traffic, draft, "wang", "", NOW).id


def leave(engine: Engine, state: str = "sent") -> None:
    with writing(engine) as session:
        session.execute(sa.update(outbox).where(outbox.c.state == "planned").values(state=state))


def told(engine: Engine) -> dict[str, str]:
    with reading(engine) as session:
        rows = session.execute(sa.select(outbox.c.driver, outbox.c.text).where(outbox.c.text.contains("金沙路")))
        return {driver: text for driver, text in rows}


def test_who_asked_hears_at_once_and_once(engine: Engine, sentences: Sentences) -> None:
    prepare(engine, sentences)
    publish(engine)
    assert road_news.tell_news(engine, sentences, later(5)) == 4
    assert road_news.tell_news(engine, sentences, later(10)) == 0
    assert sorted(told(engine)) == ["all", "closures", "daily", "road"]
    assert told(engine)["road"].startswith("金沙路杜桥—文化公园封闭：路面塌陷。到5月6日 14:30。可以绕行解放路。")


def test_who_hears_daily_is_told_of_a_closure_that_begins_before_the_next_daily_news(engine: Engine,
                                                                                     sentences: Sentences) -> None:
    prepare(engine, sentences)  # 9:00, and it is 9:30
    number = publish(engine, dataclasses.replace(DRAFT, starts=NOW + HOUR / 3))
    road_news.tell_news(engine, sentences, later(5))
    assert sorted(told(engine)) == ["all", "closures", "daily", "road"]
    leave(engine)
    with writing(engine) as session, records(session) as traffic:
        bulletins.end_early(traffic, number, "wang", later(600))
    assert road_news.tell_news(engine, sentences, later(605)) == 4
    assert "恢复通行" in told(engine)["daily"]


@pytest.mark.parametrize("draft", [
    dataclasses.replace(DRAFT, starts=NOW + 23.75 * HOUR, ends=NOW + 30 * HOUR),  # tomorrow's news comes first
    dataclasses.replace(DRAFT, kind="jam", cause="车多")])
def test_who_hears_daily_hears_nothing_else_at_once(engine: Engine, sentences: Sentences, draft: Draft) -> None:
    prepare(engine, sentences)
    number = publish(engine, draft)
    road_news.tell_news(engine, sentences, later(5))
    leave(engine)
    with writing(engine) as session, records(session) as traffic:
        bulletins.end_early(traffic, number, "wang", later(600))
    road_news.tell_news(engine, sentences, later(605))
    assert "daily" not in told(engine)


def test_on_a_day_that_one_does_not_want_a_closure_waits_for_the_daily_news(engine: Engine,
                                                                            sentences: Sentences) -> None:
    prepare(engine, sentences)
    other = str(NOW.astimezone(station_zone()).isoweekday() % 7 + 1)
    with writing(engine) as session, records(session) as traffic:
        subscribe_road(traffic, "daily", "金沙路", daily_at=datetime.time(9, 0), days=other, now=NOW - HOUR)
    publish(engine)
    road_news.tell_news(engine, sentences, later(5))
    assert "daily" not in told(engine)


def test_the_daily_news_name_what_begins_later_that_day(engine: Engine, sentences: Sentences) -> None:
    prepare(engine, sentences)
    publish(engine, dataclasses.replace(DRAFT, starts=NOW + 3 * HOUR))
    with reading(engine) as session, records(session) as traffic:
        text = road_news.daily_text(traffic, sentences, ["金沙路"], NOW)
    assert "· 金沙路杜桥—文化公园封闭：路面塌陷，5月6日 12:30开始，到5月6日 14:30" in text


@pytest.mark.parametrize(("kind", "cause", "said"), [
    ("closed", "封路", "文化公园封闭。"), ("closed", "封路修桥", "文化公园封闭：修桥。"),
    ("closed", "封闭，马拉松", "文化公园封闭：马拉松。"), ("closed", "封闭式施工", "文化公园封闭：封闭式施工。"),
    ("jam", "堵车，车多", "文化公园堵车：车多。"), ("jam", "堵车三公里", "文化公园堵车：堵车三公里。"),
    ("works", "施工", "文化公园施工。"), ("accident", "事故", "文化公园有事故。")])
def test_a_cause_does_not_say_its_kind_again(engine: Engine, sentences: Sentences, kind: str, cause: str,
                                             said: str) -> None:
    prepare(engine, sentences)
    publish(engine, dataclasses.replace(DRAFT, kind=kind, cause=cause))
    road_news.tell_news(engine, sentences, later(5))
    assert said in told(engine)["all"]


def test_who_never_heard_of_a_closure_hears_neither_it_nor_its_end(engine: Engine, sentences: Sentences) -> None:
    prepare(engine, sentences)
    number = publish(engine)
    road_news.tell_news(engine, sentences, later(5))
    leave(engine, "parked")  # no way out: it waits for the driver's next words
    with writing(engine) as session, records(session) as traffic:
        bulletins.end_early(traffic, number, "wang", later(600))
    assert road_news.tell_news(engine, sentences, later(605)) == 0
    with reading(engine) as session:
        states = set(session.execute(sa.select(outbox.c.state).where(outbox.c.text.contains("金沙路"))).scalars())
    assert states == {"withheld"}


def test_closures_only_means_closures_only(engine: Engine, sentences: Sentences) -> None:
    prepare(engine, sentences)
    publish(engine, Draft(**{**vars(DRAFT), "kind": "jam", "cause": "车多"}))
    road_news.tell_news(engine, sentences, later(5))
    assert sorted(told(engine)) == ["all", "road"]


def test_that_a_road_is_free_again_is_told_too(engine: Engine, sentences: Sentences) -> None:
    prepare(engine, sentences)
    number = publish(engine)
    road_news.tell_news(engine, sentences, later(5))
    leave(engine)
    with writing(engine) as session, records(session) as traffic:
        bulletins.end_early(traffic, number, "wang", later(600))
    assert road_news.tell_news(engine, sentences, later(605)) == 4
    assert "恢复通行" in told(engine)["road"]


def test_a_bulletin_from_before_the_subscription_is_no_news(engine: Engine, sentences: Sentences) -> None:
    prepare(engine, sentences)
    publish(engine)
    with writing(engine) as session, records(session) as traffic:
        subscribe_road(traffic, "late", "金沙路", now=later(3))
    road_news.tell_news(engine, sentences, later(5))
    assert "late" not in told(engine)


def test_own_quiet_hours_put_it_off(engine: Engine, sentences: Sentences) -> None:
    prepare(engine, sentences)
    with writing(engine) as session, records(session) as traffic:
        set_quiet_hours(traffic, "road", (datetime.time(9), datetime.time(11)))  # NOW is 09:30
    publish(engine)
    road_news.tell_news(engine, sentences, NOW)
    with reading(engine) as session:
        rows = dict(session.execute(sa.select(outbox.c.driver, outbox.c.not_before)
                                    .where(outbox.c.text.contains("路面塌陷"))).all())
    assert rows["road"] == NOW + 1.5 * HOUR
    assert rows["all"] is None


NIGHT = NOW.replace(hour=15, minute=0)  # 23:00 at the station


@pytest.mark.parametrize(("kind", "begins", "urgent"), [
    ("closed", NIGHT, True), ("closed", NIGHT + 8 * HOUR, True), ("closed", NIGHT + 10 * HOUR, False),
    ("jam", NIGHT, False)])
def test_a_closure_that_begins_before_the_morning_is_told_at_night(engine: Engine, sentences: Sentences, kind: str,
                                                                   begins: datetime.datetime, urgent: bool) -> None:
    prepare(engine, sentences)
    publish(engine, Draft(**{**vars(DRAFT), "kind": kind, "starts": begins, "ends": begins + 5 * HOUR}))
    road_news.tell_news(engine, sentences, NIGHT + datetime.timedelta(seconds=5))
    with reading(engine) as session:
        purposes = session.execute(sa.select(outbox.c.purpose).where(outbox.c.text.contains("路面塌陷"))).scalars()
        assert set(purposes) == {"urgent" if urgent else "push"}


def test_own_quiet_hours_hold_for_a_closure_at_night_too(engine: Engine, sentences: Sentences) -> None:
    prepare(engine, sentences)
    with writing(engine) as session, records(session) as traffic:
        set_quiet_hours(traffic, "road", (datetime.time(22), datetime.time(6)))
    publish(engine, Draft(**{**vars(DRAFT), "starts": NIGHT, "ends": NIGHT + 9 * HOUR}))
    road_news.tell_news(engine, sentences, NIGHT + datetime.timedelta(seconds=5))
    with reading(engine) as session:
        rows = dict(session.execute(sa.select(outbox.c.driver, outbox.c.not_before)
                                    .where(outbox.c.text.contains("路面塌陷"))).all())
    assert rows["road"] == NIGHT + 7 * HOUR


def test_daily_news_come_once_at_their_hour_also_when_all_is_clear(engine: Engine, sentences: Sentences) -> None:
    prepare(engine, sentences)
    assert road_news.tell_daily(engine, sentences, NOW - HOUR) == 0
    assert road_news.tell_daily(engine, sentences, NOW) == 1
    with reading(engine) as session:  # seven in the morning is seven, also where the station is quiet until half past
        assert session.execute(sa.select(outbox.c.purpose)).scalar() == pushes.URGENT
    assert road_news.tell_daily(engine, sentences, later(60)) == 0
    assert "金沙路现在没有封路" in told(engine)["daily"]
    publish(engine)
    assert road_news.tell_daily(engine, sentences, NOW + 24 * HOUR) == 1


SATURDAY = NOW + datetime.timedelta(days=(5 - NOW.astimezone(station_zone()).weekday()) % 7)


def planned(engine: Engine) -> dict[str, datetime.datetime | None]:
    with reading(engine) as session:
        rows = session.execute(sa.select(outbox.c.driver, outbox.c.not_before).where(outbox.c.text.contains("金沙路")))
        return {driver: at for driver, at in rows}


def test_days_left_out_put_news_off_and_drop_what_is_over_by_then(engine: Engine, sentences: Sentences) -> None:
    prepare(engine, sentences)
    with writing(engine) as session, records(session) as traffic:
        subscribe_road(traffic, "working", "金沙路", days="12345", now=NOW - HOUR)
        subscribe_road(traffic, "both", "金沙路", days="12345", now=NOW - HOUR)
        subscribe_road(traffic, "both", None, days="6", now=NOW - HOUR)
        for ends, cause in ((None, "路面塌陷"), (SATURDAY + 3 * HOUR, "水管爆裂")):
            draft = Draft(**{**vars(DRAFT), "starts": SATURDAY, "ends": ends, "cause": cause})
            bulletins.publish(traffic, draft, "wang", "", SATURDAY)
    road_news.tell_news(engine, sentences, SATURDAY)
    monday = local_moment(SATURDAY.astimezone(station_zone()).date() + datetime.timedelta(days=2), datetime.time())
    assert planned(engine) == {"road": None, "all": None, "closures": None, "daily": None, "both": None,
                               "working": monday}
    with reading(engine) as session:
        count = session.execute(sa.select(sa.func.count()).where(outbox.c.driver == "working")).scalar_one()
    assert count == 1


def test_a_daily_one_comes_on_its_days_alone(engine: Engine, sentences: Sentences) -> None:
    prepare(engine, sentences)
    with writing(engine) as session, records(session) as traffic:
        for who, days in (("weekend", "67"), ("weekdays", "12345"), ("working", "w")):
            subscribe_road(traffic, who, "金沙路", daily_at=datetime.time(9), days=days, now=NOW - HOUR)
    road_news.tell_daily(engine, sentences, SATURDAY)
    assert sorted(planned(engine)) == ["daily", "weekend", "working"]  # a shifted working day (调休)
