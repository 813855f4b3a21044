from __future__ import annotations

import datetime

import pytest
import yaml
from sqlalchemy.engine import Engine

from actions.hand_over import ActionAffirm
from actions.privacy import WORDING, ActionManagePrivacy, ActionWelcome, welcome_of, wish_of
from actions.turn import Turn
from bot.settings import ROOT, load_station
from tests.actions.acting import act
from tests.actions.conftest import NOW
from tests.actions.trackers import heard, said, tracker
from traffic.bindings import bind_vehicle, bound_vehicles
from traffic.database import reading, writing
from traffic.road_subscriptions import subscribe_road
from traffic.subscriber_wishes import set_quiet_hours, switch_reminder
from traffic.subscribers import Subscriber, has_consented


@pytest.mark.parametrize(("text", "wish"), [
    ("导出我的资料", "export"), ("把我的资料删掉", "delete"), ("你们存了我什么信息", "export"), ("撤回同意", "delete"),
    ("我的隐私", None), ("我发的证件号请马上删除", "delete"), ("全部抹掉", "delete"), ("别存我的资料", "delete"),
    ("我的身份证号你们存了吗", "export")])
def test_what_is_wanted_with_ones_data(text: str, wish: str | None) -> None:
    assert wish_of(Turn.of(tracker(heard(text, "manage_privacy")))) == wish


def test_words_alone_delete_nothing(town: Engine) -> None:
    bind(town)
    answer = act(ActionManagePrivacy(), heard("把我的资料删掉，马上确认全部删除", "manage_privacy"))
    assert answer.names == ["utter_ask_forget"]
    with reading(town) as session:
        assert len(bound_vehicles(session, "driver-1")) == 1


@pytest.mark.parametrize("confirmed", [
    (ActionManagePrivacy(), heard('/manage_privacy{"privacy_wish": "forget"}', "manage_privacy")),
    (ActionAffirm(), heard("确定", "affirm"))])
def test_confirmed_it_is_deleted_and_the_post_room_told(town: Engine, confirmed: tuple) -> None:
    bind(town)
    action, message = confirmed
    answer = act(action, heard("删"), said("utter_ask_forget"), message)
    assert answer.names == ["utter_forgotten"]
    assert [m["custom"] for m in answer.messages if m.get("custom")] == [{"forget": {}}]
    with reading(town) as session:
        assert bound_vehicles(session, "driver-1") == []


def test_what_is_kept_is_said_masked(town: Engine) -> None:
    bind(town)
    act(ActionWelcome(), heard("/welcome", "welcome", metadata={"scene": "window-3"}))
    answer = act(ActionManagePrivacy(), heard("导出我的资料", "manage_privacy"))
    assert answer.names == ["utter_data"]
    assert "浙J·A1**4" in answer.text
    assert "8月3日" in answer.text
    assert "浙JA1234" not in answer.text


def test_how_one_hears_of_roads_is_said_of_each(town: Engine) -> None:
    with writing(town) as session:
        subscribe_road(session, "driver-1", "75省道", daily_at=datetime.time(6, 30), days="12345", now=NOW)
        subscribe_road(session, "driver-1", None, only_closures=True, now=NOW)
        switch_reminder(session, "driver-1", "points", False, now=NOW)
        set_quiet_hours(session, "driver-1", (datetime.time(22), datetime.time(7)))
    answer = act(ActionManagePrivacy(), heard("导出我的资料", "manage_privacy"))
    assert all(line in answer.text for line in (
        "· 周一到周五06:30告诉您75省道的路况", "这一带封路了告诉您", "· 记分提醒已关", "· 22:00到07:00不打扰您"))


def test_nothing_kept_is_said_so(town: Engine) -> None:
    assert act(ActionManagePrivacy(), heard("导出我的资料", "manage_privacy")).names == ["utter_no_data"]
    assert town


def test_following_records_the_consent_to_its_wording(town: Engine) -> None:
    for _ in range(2):
        assert act(ActionWelcome(), heard("/welcome", metadata={"scene": "window-3"})).names == ["utter_welcome"]
    with reading(town) as session:
        assert has_consented(session, "driver-1", "privacy", WORDING)
        assert session.get(Subscriber, "driver-1").scene == "window-3"


def test_who_was_never_welcomed_hears_the_notice_once_and_it_is_recorded(town: Engine) -> None:
    missed = heard("/welcome", metadata={"missed": NOW.isoformat()})
    for _ in ("said", "said again by a turn that was tried again"):
        assert act(ActionWelcome(), missed).names == ["utter_late_welcome"]
    with reading(town) as session:
        assert has_consented(session, "driver-1", "privacy", WORDING)
    later = heard("/welcome", metadata={"missed": (NOW + datetime.timedelta(days=200)).isoformat()})
    assert act(ActionWelcome(), later).names == []


def bind(town: Engine) -> None:
    with writing(town) as session:
        bind_vehicle(session, "driver-1", "浙JA1234", "123456", NOW)


@pytest.mark.parametrize(("scene", "expected"), [
    ("violation_window", {"response": "utter_welcome_violation_window", "window": "违法处理窗口"}),
    ("ebike_window", {"response": "utter_welcome_window", "window": "非机动车窗口"}),
    ("window-3", {"response": "utter_welcome"}), ("", {"response": "utter_welcome"})])
def test_who_scans_at_a_window_is_greeted_by_it(scene: str, expected: dict) -> None:
    responses = yaml.safe_load((ROOT / "data" / "services" / "welcome.yml").read_text(encoding="utf-8"))["responses"]
    assert welcome_of(scene, responses) == expected


def test_a_model_from_before_the_windows_words_greets_as_before() -> None:
    assert welcome_of("violation_window", {"utter_welcome"}) == {"response": "utter_welcome"}


def test_every_windows_own_words_belong_to_a_window() -> None:
    responses = yaml.safe_load((ROOT / "data" / "services" / "welcome.yml").read_text(encoding="utf-8"))["responses"]
    scenes = {name.removeprefix("utter_welcome_") for name in responses} - {"window", "utter_late_welcome"}
    assert scenes <= set(load_station().windows)
