from __future__ import annotations

import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from actions.turn import Turn
from actions.vehicle_questions import ALL, PROVEN
from actions.violations import ActionQueryViolations, wanted
from tests.actions.acting import Said, act
from tests.actions.conftest import NOW
from tests.actions.trackers import entity, heard, tracker
from traffic.bindings import bind_vehicle
from traffic.database import writing
from traffic.demo.examples import VEHICLES
from traffic.violations import Violation

DAY = datetime.timedelta(days=1)


@pytest.mark.parametrize(("text", "wish"), [
    ("未处理的违章", {"paid": False}), ("已经交过的违章", {"paid": True}), ("没交的", {"paid": False}),
    ("在外地有没有违章", {"elsewhere": True}), ("查违章", {})])
def test_what_the_words_narrow_down(text: str, wish: dict) -> None:
    assert wanted(Turn.of(tracker(heard(text, "query_violations")))) == wish


def test_time_offense_and_place_narrow_down_together() -> None:
    text = "上个月在杭州的超速违章"
    month = {"from": "2026-07-01T00:00:00+08:00", "to": "2026-08-01T00:00:00+08:00", "grain": "day"}
    heard_of = [entity("time", month, text, "上个月"), entity("place", "杭州", text, "杭州"),
                entity("offense", "超速", text, "超速")]
    said = heard(text, "query_violations", heard_of)
    assert wanted(Turn.of(tracker(said))) == {"since": month["from"], "until": month["to"], "place": "杭州",
                                              "offense": "超速"}


@pytest.fixture
def asker(town: Engine) -> Engine:
    with writing(town) as session:
        for vehicle in VEHICLES[:3]:
            bind_vehicle(session, "driver-1", vehicle.plate, vehicle.frame_tail, NOW)
    return town


def ask(plate: str = "浙JA1234", **wish: Any) -> Said:
    return act(ActionQueryViolations(), heard("查违章", "query_violations"), plate=plate, frame_tail=PROVEN,
               violations_wanted=wish)


@pytest.mark.usefixtures("asker")
def test_all_vehicles_of_a_household() -> None:
    answer = ask(ALL)
    assert all(plate in answer.text for plate in ("浙J·A1**4", "浙J·D1***5", "浙J·B2**5"))


@pytest.mark.usefixtures("asker")
def test_only_those_of_an_offense_or_a_span() -> None:
    assert "查到1条" in ask(offense="行驶超过规定时速").text
    assert "查到2条" in ask(paid=True).text
    assert ask(since=(NOW - DAY).isoformat()).names == ["utter_no_such_violations"]


@pytest.mark.usefixtures("asker")
def test_an_offense_is_called_as_one_says_it_and_a_narrower_question_is_answered_shortly() -> None:
    whole, narrowed = ask(), ask(paid=False)
    assert "闯红灯，罚150元记6分" in whole.text
    assert "不按交通信号灯" not in whole.text
    assert ("学法减分" in whole.text, "学法减分" in narrowed.text) == (True, False)
    assert narrowed.names == ["utter_violations_narrowed"]
    assert "我要申诉" not in narrowed.text


def test_a_fine_paid_late_says_what_was_added(asker: Engine) -> None:
    change(asker, decided_on=NOW.date() - 25 * DAY)
    answer = ask()
    assert "已加罚30元" in answer.text
    assert "现在加了30元，连罚款一共430元" in answer.text


def test_another_city_is_told_honestly(asker: Engine) -> None:
    change(asker, city="杭州", place="演示一路")
    assert "杭州演示一路" in ask().text
    assert "有杭州的记录" in ask().text
    assert "这样的有1条" in ask(elsewhere=True).text
    assert "有杭州的记录" not in ask("浙JB2345").text


def test_pictures_are_mentioned_where_there_are_some(asker: Engine) -> None:
    with writing(asker) as session:
        session.execute(sa.update(Violation).where(Violation.vehicle_id == 1).values(photo=None))
    assert "照片" not in ask().text
    change(asker, photo="2026/1.jpg")
    assert "有现场照片" in ask().text


def change(engine: Engine, **columns: Any) -> None:
    """The decided and unpaid violation of the first example vehicle."""
    with writing(engine) as session:
        decided = sa.select(Violation.id).where(Violation.vehicle_id == 1, Violation.decided_on.is_not(None),
                                                Violation.paid_on.is_(None))
        session.execute(sa.update(Violation).where(Violation.id == session.execute(decided).scalar_one())
                        .values(**columns))


def test_nothing_is_told_of_a_vehicle_that_is_not_bound(town: Engine) -> None:
    assert ask().messages == []
    assert town
