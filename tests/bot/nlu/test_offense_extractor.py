from __future__ import annotations

from typing import Any, Callable

import pytest
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.offense_extractor import OffenseExtractor


@pytest.mark.parametrize(("typed", "name"), [
    ("闯了红灯扣几分", "闯红灯"), ("喝酒开车怎么罚", "酒驾"), ("闯洪灯扣几分", "闯红灯"),
    ("脱审上路", "逾期未检验"), ("乱停乱放没人管", "违法停车"),
])
def test_offenses_are_found_under_the_names_drivers_use(
    make: Callable[..., Any], read: Callable[[str], Any], typed: str, name: str
) -> None:
    make(OffenseExtractor).train(TrainingData())
    message = read(typed)
    make(OffenseExtractor, load=True).process([message])
    assert [entity["value"] for entity in message.get("entities")] == [name]
