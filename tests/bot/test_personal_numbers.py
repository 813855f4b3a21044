from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import given

from bot.personal_numbers import covered, covered_event


@pytest.mark.parametrize(("text", "kept"), [
    ("339999199001010011", "339*************11"), ("证号33999919900101001X，查", "证号339*************1X，查"),
    ("339999 19900101 0011", "******************11"), ("１３８００００００００", "１３８******００"),
    ("123456", "******"), ("车架号后六位654321", "车架号后六位******"), ("A12B34后6位", "A12B34后6位"),
    ("后6位是A12B34", "后6位是******"), ("LSVAA4187C2123456", "LSV************56"), ("AB1234", "******"),
    ("档案编号330000123456", "档案编号330*******56"), ("浙JA1234和浙JD12345", "浙JA1234和浙JD12345"),
    ("浙J·A1234", "浙J·A1234"), ("TS2608030042办到哪了", "TS2608030042办到哪了"),
    ("75省道G15堵不堵", "75省道G15堵不堵"),
    ("罚200元扣12分", "罚200元扣12分"), ("明天上午9:30", "明天上午9:30"), ("打12123", "打12123")])
def test_what_tells_who_somebody_is_is_covered(text: str, kept: str) -> None:
    assert covered(text) == kept


def test_a_phone_stays_for_who_shall_call_back() -> None:
    assert covered("打我13800000000，证号339999199001010011", phones=False) == "打我13800000000，证号339*************11"


@given(st.text())
def test_no_place_moves_and_covering_again_changes_nothing(text: str) -> None:
    assert len(covered(text)) == len(text)
    assert covered(covered(text)) == covered(text)


def test_events_are_kept_without_the_numbers_and_with_the_rest() -> None:
    said = {"event": "user", "text": "339999199001010011", "metadata": {"message_key": "o:6312345678901234567"},
            "parse_data": {"text": "339999199001010011", "intent": {"name": "inform"},
                           "entities": [{"entity": "license_number", "value": "339999199001010011", "start": 0}]}}
    kept = covered_event(said)
    assert "339999199001010011" not in str(kept)
    assert kept["metadata"] == said["metadata"]
    assert kept["parse_data"]["intent"] == {"name": "inform"}
    assert covered_event({"event": "slot", "name": "frame_tail", "value": "123456"})["value"] == "******"
    assert covered_event({"event": "slot", "name": "frame_tail", "value": "proven"})["value"] == "proven"
    number = {"event": "slot", "name": "license_number", "value": "sealed:1234567-x"}
    assert covered_event(number) == number
    assert covered_event({"event": "slot", "name": "plate", "value": "浙JA1234"})["value"] == "浙JA1234"
