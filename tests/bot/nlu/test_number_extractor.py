from __future__ import annotations

import pytest

from bot.nlu.number_extractor import find_numbers


@pytest.mark.parametrize(("text", "entity", "value"), [
    ("我电话13800001234", "phone", "13800001234"),
    ("打138 0000 1234找我", "phone", "13800001234"),
    ("+86 13800001234", "phone", "13800001234"),
    ("座机0576-85550000", "phone", "057685550000"),
    ("驾驶证331082199001011234", "license_number", "331082199001011234"),
    ("33108219900101123x是我的", "license_number", "33108219900101123X"),
    ("档案编号331000123456", "license_number", "331000123456"),
    ("查预约yy202611220001", "ticket_number", "YY202611220001"),
    ("工单号是 20261122007", "ticket_number", "20261122007"),
    ("决定书编号3310821900123456", "ticket_number", "3310821900123456"),
])
def test_a_number_is_known_by_its_shape(text: str, entity: str, value: str) -> None:
    assert [(f.entity, f.value) for f in find_numbers(text)] == [(entity, value)]


@pytest.mark.parametrize("text", ["扣12分罚200", "2026年11月22日", "尾号1234", "12123怎么用", "打122", "1380000123"])
def test_other_numbers_are_left_alone(text: str) -> None:
    assert find_numbers(text) == []
