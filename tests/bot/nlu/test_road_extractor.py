from __future__ import annotations

from typing import Any, Callable

import pytest
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.road_extractor import RoadExtractor, RoadFinder


@pytest.fixture(scope="module")
def finder() -> RoadFinder:
    return RoadFinder({"road": [("甬台温高速", ["g15", "沈海高速"]), ("杜桥大道", []), ("75省道", ["75线"])],
                       "place": [("杜桥", []), ("白沙", []), ("桃渚收费站", ["桃渚口"])]})


@pytest.mark.parametrize(("text", "entity", "name"), [
    ("甬台温高速堵吗", "road", "甬台温高速"),
    ("甬台温堵不堵", "road", "甬台温高速"),
    ("勇台温高速堵吗", "road", "甬台温高速"),
    ("g15封了没", "road", "甬台温高速"),
    ("杜桥大道修好了吗", "road", "杜桥大道"),
    ("杜乔大道修好了吗", "road", "杜桥大道"),
    ("75线施工", "road", "75省道"),
    ("桃主收费站能上吗", "place", "桃渚收费站"),
    ("s28堵吗", "road", "S28"),
    ("104国道堵吗", "road", "104国道"),
])
def test_roads_and_places_are_found(finder: RoadFinder, text: str, entity: str, name: str) -> None:
    assert [(f.entity, f.value) for f in finder(text)] == [(entity, name)]


def test_a_longer_number_is_another_road(finder: RoadFinder) -> None:
    assert [f.value for f in finder("g1523堵吗")] == ["G1523"]


def test_from_one_place_to_another(finder: RoadFinder) -> None:
    assert [f.value for f in finder("杜桥到白沙怎么走")] == ["杜桥", "白沙"]


def test_an_unknown_road_is_known_by_its_ending(finder: RoadFinder) -> None:
    assert [f.value for f in finder("青年路堵车", ["青年路", "堵车"])] == ["青年路"]
    assert [f.value for f in finder("滨海大道堵车", ["滨海", "大道", "堵车"])] == ["滨海大道"]


@pytest.mark.parametrize("words", [["前面", "的", "路", "堵"], ["上", "高速", "堵"], ["在", "马路", "上"]])
def test_a_road_without_a_name_is_none(finder: RoadFinder, words: list[str]) -> None:
    assert finder("".join(words), words) == []


def test_a_model_keeps_the_names_marked_in_its_examples(make: Callable[..., Any]) -> None:
    place = {"entity": "place", "value": "青松坡", "start": 0, "end": 3}
    marked = Message({"text": "青松坡堵", "intent": "a", "entities": [place]})
    make(RoadExtractor).train(TrainingData([marked]))
    assert [f.value for f in make(RoadExtractor, load=True).finder("去青松坡")] == ["青松坡"]
