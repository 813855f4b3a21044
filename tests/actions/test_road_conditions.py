from __future__ import annotations

import pytest
from sqlalchemy.engine import Engine

from actions import nearby
from actions.inform import ActionInform
from actions.road_conditions import ActionQueryRoadConditions, following, narrowed
from actions.speed_cameras import ActionQuerySpeedCameras
from actions.turn import Turn
from tests.actions.acting import Said, act
from tests.actions.trackers import Event, entity, heard, said, tracker

DUQIAO = heard("/inform", metadata={"location": {"lat": 28.76, "lon": 121.53, "label": ""}})
NOWHERE = heard("/inform", metadata={"location": {"lat": 40.0, "lon": 100.0, "label": ""}})
SENT = said("utter_location_received")


def ways(text: str, *places: str) -> Said:
    entities = [entity("place", place, text, place) for place in places]
    return act(ActionQueryRoadConditions(), heard(text, "query_road_conditions", entities))


@pytest.mark.usefixtures("town")
def test_from_a_place_to_another_the_way_and_its_hindrances_are_said() -> None:
    answer = ways("杜桥到白沙通不通", "杜桥", "白沙")
    assert answer.names[0] in ("utter_way_open", "utter_way_round")
    assert "杜桥到白沙" in answer.text
    assert "公里" in answer.text


@pytest.mark.usefixtures("town")
def test_a_closed_way_is_told_with_the_way_round_it() -> None:
    answer = ways("汇溪到白沙能走吗", "汇溪", "白沙")
    assert answer.names[0] in ("utter_way_round", "utter_way_closed_detour")
    assert "山体落石清理" in answer.text
    assert ways("白沙到汇溪能走吗", "白沙", "汇溪").names[0] == "utter_way_open"


@pytest.mark.usefixtures("town")
def test_two_places_that_are_not_connected_by_a_word_are_two_places() -> None:
    answer = ways("白沙和上盘堵不堵", "白沙", "上盘")
    assert len(answer.names) == 2
    assert all("road" in name for name in answer.names)


def test_a_road_with_places_is_one_section() -> None:
    assert narrowed([{"road": "75省道"}, {"place": "杜桥"}, {"place": "白沙"}]) == [
        {"road": "75省道", "place": "杜桥", "to": "白沙"}]
    assert narrowed([{"place": "杜桥"}, {"place": "白沙"}]) == [{"place": "杜桥"}, {"place": "白沙"}]


@pytest.mark.usefixtures("town")
def test_a_section_hears_only_of_itself() -> None:
    text = "75省道杜桥到章安堵吗"
    heard_of = [entity("road", "75省道", text, "75省道"), entity("place", "杜桥", text, "杜桥"),
                entity("place", "章安", text, "章安")]
    answer = act(ActionQueryRoadConditions(), heard(text, "query_road_conditions", heard_of))
    assert "75省道（杜桥—章安）" in answer.text
    assert "排队" in answer.text
    assert "落石" not in answer.text


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize(("action", "text", "near"), [
    (ActionQuerySpeedCameras(), "附近有测速吗", "utter_speed_cameras_near"),
    (ActionQueryRoadConditions(), "我周围堵不堵", "utter_road_conditions_near")])
def test_near_is_near_the_location_that_was_sent(action: ActionQuerySpeedCameras, text: str, near: str) -> None:
    question = heard(text)
    assert act(action, DUQIAO, SENT, question).names == [near]
    assert act(action, DUQIAO, SENT, heard("/query_speed_cameras")).names == [near]
    assert act(action, NOWHERE, SENT, question).names == [near.replace("utter_", "utter_no_")]


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize(("action", "what"), [
    (ActionQuerySpeedCameras(), "speed_cameras"), (ActionQueryRoadConditions(), "road_conditions")])
def test_without_a_location_one_is_asked_for(action: ActionQuerySpeedCameras, what: str) -> None:
    assert act(action, heard("附近怎么样")).names == [f"utter_send_location_for_{what}"]


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize("what", ["speed_cameras", "road_conditions"])
def test_the_location_that_was_asked_for_is_answered_at_once(what: str) -> None:
    asked: Event = said(f"utter_send_location_for_{what}")
    assert act(ActionInform(), heard("附近呢"), asked, DUQIAO).names == [f"utter_{what}_near"]


def test_the_nearest_camera_is_first(town: Engine) -> None:
    answer = act(ActionQuerySpeedCameras(), DUQIAO, SENT, heard("附近有测速吗"))
    away = [line["away"] for line in answer.messages[0]["lines"] if "away" in line]
    assert away
    assert "限速" in answer.text
    assert town


@pytest.mark.usefixtures("town")
def test_where_they_measure_this_week_is_found_among_the_announcements() -> None:
    text = "杜桥移动测速点在哪"
    answer = act(ActionQuerySpeedCameras(), heard(text, "query_speed_cameras", [entity("place", "杜桥", text, "杜桥")]))
    assert answer.names == ["utter_announcements"]
    assert "本周移动测速点" in answer.text
    assert "限速80" in answer.text


@pytest.mark.usefixtures("town")
def test_what_is_near_but_not_listed_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nearby, "SHOWN", 1)
    answer = act(ActionQuerySpeedCameras(), DUQIAO, SENT, heard("附近有测速吗"))
    assert answer.names == ["utter_speed_cameras_near"]
    assert "另外还有" in answer.text


@pytest.mark.parametrize(("text", "follows"), [
    ("封到什么时候", True), ("那绕哪里", True), ("什么时候能通", True), ("通了没", True),
    ("那怎么绕啊", True), ("要堵多久", True),
    ("全镇的路况", False), ("现在堵不堵", False),
])
def test_a_question_back_is_of_the_road_just_named(text: str, follows: bool) -> None:
    before = heard("75省道呢", "query_road_conditions", [entity("road", "75省道", "75省道呢", "75省道")])
    seen = tracker(before, heard("好的", "thank"), heard(text, "query_road_conditions"))
    assert following(seen, Turn.of(seen)).value("road") == ("75省道" if follows else None)
