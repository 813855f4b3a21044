from __future__ import annotations

import datetime
import re
from typing import Any, List

import pytest
from sqlalchemy.engine import Engine

from tests.web.driver.conftest import ANNA, BERTA, Enter
from traffic.database import reading, writing
from traffic.errors import NotYours
from traffic.road_subscriptions import end_subscription, road_subscriptions, subscribe_road
from traffic.roads import roads
from traffic.subscriber_wishes import REMINDERS, quiet_hours, reminders_off, tags_of

PAGE = "/h5/subscriptions"
SEVEN = datetime.time(7, 30)


def kept(engine: Engine, query: Any, subscriber: str = ANNA) -> Any:
    with reading(engine) as session:
        return query(session, subscriber)


def heard(engine: Engine, subscriber: str = ANNA) -> List[Any]:
    return [(row.road.name if row.road else None, row.daily_at, row.only_closures)
            for row in kept(engine, road_subscriptions, subscriber)]


def first_road(engine: Engine) -> str:
    with reading(engine) as session:
        return roads(session)[0].name


def test_a_road_is_subscribed_daily_then_for_closures_and_ended(enter: Enter, engine: Engine) -> None:
    anna, road = enter(), first_road(engine)
    assert "还没有订路况" in anna.get(PAGE).text
    done = anna.post(f"{PAGE}/roads", data={"road": road, "how": "daily", "at": "07:30"})
    assert (done.status_code, done.headers["location"]) == (303, f"{PAGE}?said=subscribed")
    assert heard(engine) == [(road, SEVEN, False)]
    assert "每天07:30说一次" in anna.get(PAGE).text
    anna.post(f"{PAGE}/roads", data={"road": road, "how": "closures", "at": "07:30"})
    assert heard(engine) == [(road, None, True)]
    page = anna.get(PAGE).text
    assert "只在封路时说" in page
    ending = re.search(rf'action="({PAGE}/roads/\d+/end)"', page)
    assert ending is not None
    assert anna.post(ending[1]).status_code == 303
    assert heard(engine) == []
    assert anna.post(ending[1]).status_code == 404


def test_all_roads_end_without_the_single_one(enter: Enter, engine: Engine) -> None:
    anna, road = enter(), first_road(engine)
    for name in ("all", road):
        anna.post(f"{PAGE}/roads", data={"road": name, "how": "any"})
    assert heard(engine) == [(None, None, False), (road, None, False)]
    number = kept(engine, road_subscriptions)[0].id
    anna.post(f"{PAGE}/roads/{number}/end")
    assert heard(engine) == [(road, None, False)]


def test_nobody_ends_what_somebody_else_subscribed(enter: Enter, engine: Engine) -> None:
    with writing(engine) as session:
        number = subscribe_road(session, BERTA, None).id
    anna = enter()
    for wrong in (str(number), "99999", "x", "-1", "9" * 30):
        assert anna.post(f"{PAGE}/roads/{wrong}/end").status_code == 404
    with writing(engine) as session, pytest.raises(NotYours):
        end_subscription(session, ANNA, number)
    assert heard(engine, BERTA) == [(None, None, False)]


@pytest.mark.parametrize(("path", "fields", "told"), [
    ("roads", {"road": "没有的路", "how": "any"}, "没认出是哪条路"), ("roads", {"road": "all"}, "没认出是哪条路"),
    ("roads", {"road": "all", "how": "daily", "at": "25:00"}, "请选好几点"),
    ("roads", {"road": "all", "how": "daily", "at": "07:00+08:00"}, "请选好几点"),
    ("quiet", {"begins": "12:00", "ends": "12:00"}, "两个时间不能一样"), ("quiet", {}, "两个时间不能一样")])
def test_what_cannot_be_is_said_and_nothing_kept(enter: Enter, engine: Engine, path: str, fields: Any,
                                                 told: str) -> None:
    page = enter().post(f"{PAGE}/{path}", data=fields)
    assert page.status_code == 400
    assert told in page.text
    assert heard(engine) == []
    assert kept(engine, quiet_hours) is None


def test_reminders_tags_and_quiet_hours_are_what_was_ticked(enter: Enter, engine: Engine) -> None:
    anna = enter()
    assert anna.get(PAGE).text.count(" checked><span>") == len(REMINDERS)
    anna.post(f"{PAGE}/reminders", data={"on": ["appointment", "ticket", "nonsense"]})
    anna.post(f"{PAGE}/tags", data={"on": ["lorry", "town"]})
    anna.post(f"{PAGE}/quiet", data={"begins": "22:00", "ends": "08:00"})
    assert kept(engine, reminders_off) == set(REMINDERS) - {"appointment", "ticket"}
    assert kept(engine, tags_of) == ["lorry", "town"]
    assert kept(engine, quiet_hours) == (datetime.time(22), datetime.time(8))
    page = anna.get(PAGE).text
    assert "22:00到08:00不打扰您" in page
    assert set(re.findall(r'value="(\w+)" checked>', page)) == {"appointment", "ticket", "lorry", "town"}
    anna.post(f"{PAGE}/quiet", data={"loud": "1"})
    assert kept(engine, quiet_hours) is None
    assert kept(engine, reminders_off, BERTA) == set()


def test_everything_ends_after_a_question_and_can_begin_again(enter: Enter, engine: Engine) -> None:
    anna = enter()
    anna.post(f"{PAGE}/roads", data={"road": "all", "how": "any"})
    anna.post(f"{PAGE}/tags", data={"on": ["lorry"]})
    assert "真的全部退订" in anna.get(f"{PAGE}/none").text
    assert heard(engine) != []
    anna.post(f"{PAGE}/none")
    assert (heard(engine), kept(engine, tags_of), kept(engine, reminders_off)) == ([], [], set(REMINDERS))
    anna.post(f"{PAGE}/reminders", data={"on": list(REMINDERS)})
    assert kept(engine, reminders_off) == set()


def test_the_hall_leads_to_it(enter: Enter) -> None:
    assert f'href="{PAGE}"' in enter().get("/h5/").text


def test_days_are_ticked_and_none_are_every_day(enter: Enter, engine: Engine) -> None:
    anna, road = enter(), first_road(engine)
    for ticked, kept_days, told in ((["1", "3"], "13", "周一、周三07:30说一次"), (["w", "6"], "w", "工作日07:30说一次"),
                                    ([], "1234567", "每天07:30说一次"), (["x", "8"], "1234567", "每天07:30说一次")):
        anna.post(f"{PAGE}/roads", data={"road": road, "how": "daily", "at": "07:30", "day": ticked})
        row, = kept(engine, road_subscriptions)
        assert row.days == kept_days
        assert told in anna.get(PAGE).text


def test_daily_news_that_quiet_hours_hold_up_says_when_it_comes(enter: Enter, engine: Engine) -> None:
    anna, road = enter(), first_road(engine)
    anna.post(f"{PAGE}/roads", data={"road": road, "how": "daily", "at": "07:30"})
    assert "才发" not in anna.get(PAGE).text
    anna.post(f"{PAGE}/quiet", data={"begins": "22:00", "ends": "08:00"})
    assert "要等到08:00才发" in anna.get(PAGE).text
