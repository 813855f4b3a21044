from __future__ import annotations

import pytest

from actions.turn import Turn
from actions.vehicle_questions import ALL, frame_tail_heard, meant_plate, plate_heard
from tests.actions.trackers import entity, heard, tracker
from traffic.errors import PlateError


@pytest.mark.parametrize(("text", "tail"), [
    ("123456", "123456"), ("后6位是 A12B34", "A12B34"), ("LSVAA4187C2123456", "123456"), ("12345", "12345"),
    ("不知道在哪看", None)])
def test_the_end_of_a_frame_number_is_found(text: str, tail: str | None) -> None:
    assert frame_tail_heard(Turn.of(tracker(heard(text)))) == tail


def test_a_plate_beside_it_is_no_frame_number() -> None:
    text = "浙JA1234的是654321"
    plate = entity("plate_number", "浙JA1234", text, "浙JA1234")
    assert frame_tail_heard(Turn.of(tracker(heard(text, "inform", [plate])))) == "654321"


def test_all_vehicles() -> None:
    asked = tracker(heard("都查一下"), requested_slot="plate")
    assert plate_heard(Turn.of(asked), asked) == ALL


def test_a_frame_number_is_no_bad_plate() -> None:
    text = "L12345"
    answer = heard(text, "inform", [entity("bad_plate", "no_province", text, text)])
    asked = tracker(answer, requested_slot="frame_tail")
    assert plate_heard(Turn.of(asked), asked) is None


def test_a_plate_without_its_province_is_one_of_ours() -> None:
    assert meant_plate({"bad": "no_province", "text": "JA1234"}) == "浙JA1234"


def test_what_is_wrong_with_a_plate_is_kept() -> None:
    with pytest.raises(PlateError) as error:
        meant_plate({"bad": "too_short", "text": "浙JA12"})
    assert error.value.reason == "too_short"
