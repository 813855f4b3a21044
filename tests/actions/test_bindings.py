from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from actions.bindings import ActionAskBound, ActionUnbind, ValidateBindVehicleForm, ValidateUnbindForm
from actions.points import ActionAskLicenseNumber, ValidatePointsForm
from actions.sealing import sealed, unsealed
from actions.vehicle_questions import PROVEN
from actions.violations import ValidateViolationsForm
from tests.actions.acting import act
from tests.actions.conftest import NOW
from tests.actions.trackers import acted, entity, heard, opened
from traffic.bindings import bind_license, bind_vehicle, bound_licenses, bound_vehicles
from traffic.counter_codes import CounterCode
from traffic.database import reading, writing
from traffic.demo.examples import DRIVERS, VEHICLES

NUMBER, OTHER = DRIVERS[0].license_number, DRIVERS[1].license_number


@pytest.fixture
def bound(town: Engine) -> Engine:
    with writing(town) as session:
        for vehicle in VEHICLES[:2]:
            bind_vehicle(session, "driver-1", vehicle.plate, vehicle.frame_tail, NOW)
        for driver in DRIVERS[:2]:
            bind_license(session, "driver-1", driver.license_number, driver.file_tail, NOW)
    return town


@pytest.mark.usefixtures("bound")
def test_no_button_carries_a_licence_number() -> None:
    offered = [*act(ActionAskBound()).messages, *act(ActionAskLicenseNumber()).messages]
    assert NUMBER not in str(offered)
    assert OTHER not in str(offered)


@pytest.mark.usefixtures("bound")
def test_a_picked_licence_fills_the_slot_sealed() -> None:
    payload = act(ActionAskLicenseNumber()).messages[0]["buttons"][1]["payload"]
    answer = act(ValidatePointsForm(), heard("查记分", "query_points"), opened("points_form"), acted("points_form"),
                 heard(payload), requested_slot="license_number")
    assert unsealed(answer.slot("license_number")) == OTHER
    assert answer.slot("file_tail") == PROVEN


@pytest.mark.usefixtures("bound")
def test_a_typed_number_is_kept_sealed_and_only_sealed() -> None:
    strange = "339999199912310011"
    typed = heard(strange, "inform", [entity("license_number", strange, strange, strange)])
    answer = act(ValidatePointsForm(), heard("查记分", "query_points"), acted("points_form"), typed,
                 requested_slot="license_number")
    assert unsealed(answer.slot("license_number")) == strange
    assert answer.slot("file_tail") is None


def test_what_was_not_sealed_here_is_nothing(town: Engine) -> None:
    assert unsealed("sealed:abc") is None
    assert unsealed(NUMBER) is None
    assert unsealed(None) is None
    assert unsealed(sealed(NUMBER)) == NUMBER
    assert town


def test_everything_can_be_unbound_at_once(bound: Engine) -> None:
    answer = act(ValidateUnbindForm(), opened("unbind_form"), heard("全部解绑", "unbind"), opened("unbind_form"))
    assert answer.slot("bound") == "all"
    assert "浙J·A1**4" in answer.slot("bound_shown")
    act(ActionUnbind(), bound="all", bound_shown="x", confirmed=True)
    with reading(bound) as session:
        assert not bound_vehicles(session, "driver-1")
        assert not bound_licenses(session, "driver-1")


def test_a_licence_is_unbound_by_its_typed_number_too(bound: Engine) -> None:
    said = heard(f"解绑{NUMBER}", "unbind", [entity("license_number", NUMBER, f"解绑{NUMBER}", NUMBER)])
    answer = act(ValidateUnbindForm(), said, opened("unbind_form"))
    act(ActionUnbind(), bound=answer.slot("bound"), bound_shown="x", confirmed=True)
    with reading(bound) as session:
        assert [d.license_number for d in bound_licenses(session, "driver-1")] == [OTHER]


@pytest.mark.usefixtures("town")
def test_a_whole_frame_number_is_the_answer_whatever_it_sounds_like() -> None:
    answer = act(ValidateViolationsForm(), heard("查违章", "query_violations"), acted("violations_form"),
                 heard("LSVAA4187C2654321", "out_of_scope"), requested_slot="frame_tail", plate="浙JD12345")
    assert answer.names == ["utter_vehicle_bound"]
    assert answer.slot("frame_tail") == PROVEN


@pytest.mark.parametrize(("words", "asked", "response"), [
    ("行驶证不在手上", "frame_tail", "utter_counter_code_vehicle"),
    ("车架号不知道", "frame_tail", "utter_counter_code_vehicle"),
    ("档案编号忘了", "file_tail", "utter_counter_code_license"),
    ("驾照丢了", "file_tail", "utter_counter_code_license")])
def test_who_has_no_papers_gets_a_code_for_the_counter(town: Engine, words: str, asked: str, response: str) -> None:
    form = ValidateViolationsForm() if asked == "frame_tail" else ValidatePointsForm()
    answer = act(form, heard("查一下"), acted("form"), heard(words, "license_service"), requested_slot=asked,
                 plate="浙JD12345", license_number=sealed(NUMBER))
    assert answer.names == [response]
    with reading(town) as session:
        code = session.execute(sa.select(CounterCode.code)).scalar_one()
    assert code in answer.text


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize("words", ["车架号在哪里看", "654321", "今年的呢"])
def test_nobody_else_does(words: str) -> None:
    answer = act(ValidateViolationsForm(), heard("查一下"), acted("form"), heard(words, "license_service"),
                 requested_slot="frame_tail", plate="浙JD12345")
    assert "utter_counter_code_vehicle" not in answer.names


@pytest.mark.parametrize("text", ["我名下绑了几辆车", "我绑定了哪些", "看看都绑着什么", "我绑了车没有"])
def test_who_asks_what_is_bound_hears_that_and_is_asked_for_no_plate(bound: Engine, text: str) -> None:
    answer = act(ValidateBindVehicleForm(), heard(text, "bind_vehicle"), opened("bind_vehicle_form"))
    assert answer.names == ["utter_bound"]
    assert "您绑了4个" in answer.text
    assert answer.slot("requested_slot") is None
    assert bound


def test_who_asks_what_is_bound_and_has_nothing_hears_how(town: Engine) -> None:
    asked = heard("我绑了哪些车", "bind_vehicle")
    assert act(ValidateBindVehicleForm(), asked, opened("bind_vehicle_form")).names == ["utter_none_bound"]
    fleet = act(ValidateBindVehicleForm(), heard("能绑几辆车", "bind_vehicle"), opened("bind_vehicle_form"))
    assert fleet.names[0] == "utter_explain_plate"
    assert town
