from __future__ import annotations

import hashlib
import io
import itertools
import xml.etree.ElementTree as ET

import pytest
from PIL import Image, ImageChops

from traffic.accident_causes import SHARES, Cause, causes, share_of
from traffic.accident_diagrams import SHOWN, png, svg
from traffic.accident_rules import FINE, GROUNDS, HEARD, QUESTIONS, grounds_heard, may_settle, question_of
from traffic.accident_scenes import HEIGHT, SCENES, WIDTH
from traffic.errors import CauseUnknown


def test_there_are_at_least_twenty_cases_and_each_has_its_scene() -> None:
    assert len(causes()) >= 20
    assert list(SCENES) == [code for code in SCENES if code in causes()]
    assert set(SCENES) == set(causes())


@pytest.mark.parametrize("code", SCENES)
def test_each_picture_shows_both_vehicles_inside_its_frame(code: str) -> None:
    drawn = ET.fromstring(svg(code))
    assert {"A", "B"} <= {text.text for text in drawn.iter("{http://www.w3.org/2000/svg}text")}
    assert all(0 < car.x < WIDTH and 0 < car.y < HEIGHT for car in SCENES[code].cars)
    assert "style=" not in svg(code)
    assert "<script" not in svg(code)


def test_no_two_pictures_are_alike() -> None:
    pictures = {code: png(code, 1) for code in SCENES}
    assert len({hashlib.sha256(data).hexdigest() for data in pictures.values()}) == len(SCENES)
    assert len({svg(code).split("</title>")[1] for code in SCENES}) == len(SCENES)
    sizes = {Image.open(io.BytesIO(data)).size for data in pictures.values()}
    assert sizes == {SHOWN}


def test_a_picture_differs_from_its_neighbour_by_more_than_a_dot() -> None:
    drawn = [Image.open(io.BytesIO(png(code, 1))).convert("L") for code in SCENES]
    for one, next_one in itertools.pairwise(drawn):
        different = sum(ImageChops.difference(one, next_one).histogram()[40:])
        assert different > 300


@pytest.mark.parametrize("found", list(causes().values()), ids=lambda found: found.code)
def test_each_case_names_a_share_and_an_article(found: Cause) -> None:
    assert found.share in SHARES
    assert "第" in found.law
    assert "条" in found.law


def test_shares_of_both_drivers_belong_together() -> None:
    assert (share_of("first", "full", "first"), share_of("second", "full", "first")) == ("full", "none")
    assert (share_of("first", "main", "second"), share_of("second", "main", "second")) == ("minor", "main")
    assert share_of("first", "equal", "first") == share_of("second", "equal", "first") == "equal"


def test_an_unknown_case_has_no_picture() -> None:
    for draw in (svg, png):
        with pytest.raises(CauseUnknown):
            draw("weather")


@pytest.mark.parametrize(("text", "ground"), [
    ("对方受伤了", "injured"), ("他喝了酒", "drunk"), ("对方没驾照", "no_license"), ("那车没牌", "no_plate"),
    ("我没买保险", "no_insurance"), ("他跑了", "fled"), ("我的车动不了", "stuck"), ("撞到护栏了", "facilities"),
    ("对面是油罐车", "dangerous_goods"), ("他故意撞我", "deliberate")])
def test_each_ground_is_heard_in_words(text: str, ground: str) -> None:
    assert grounds_heard(text) == (ground,)


@pytest.mark.parametrize("text", ["没人受伤", "没有喝酒", "没有撞到护栏", "人没事", "追尾了怎么处理", "没逃逸"])
def test_what_is_denied_is_no_ground(text: str) -> None:
    assert grounds_heard(text) == ()


def test_each_ground_belongs_to_a_question_and_keeps_one_from_settling() -> None:
    assert set(GROUNDS) == set(HEARD) == {code for codes in QUESTIONS.values() for code in codes}
    fine = {question: FINE for question in QUESTIONS}
    assert may_settle(fine)
    assert not may_settle({})
    for code in GROUNDS:
        assert not may_settle({**fine, question_of(code): code})
