from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traffic.errors import PlateError
from traffic.plates import PROVINCES, Plate, find_plates, mask_plate, parse_plate

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
ordinary = st.tuples(st.sampled_from(PROVINCES), st.sampled_from(LETTERS), st.sampled_from(LETTERS),
                     st.from_regex(r"[0-9]{4}", fullmatch=True)).map("".join)
new_energy = st.tuples(st.sampled_from(PROVINCES), st.sampled_from(LETTERS), st.sampled_from("DF"),
                       st.from_regex(r"[0-9]{5}", fullmatch=True)).map("".join)
real = st.one_of(ordinary, new_energy)


@pytest.mark.parametrize("typed", ["浙JA1234", "浙j-a1234", " 浙J·A1234 ", "浙 J A 1 2 3 4", "浙ＪＡ１２３４",
                                   "浙ja1234"])
def test_however_it_is_typed_it_is_one_plate(typed: str) -> None:
    assert parse_plate(typed) == Plate("浙JA1234", "ordinary")


@pytest.mark.parametrize(("typed", "kind"), [
    ("浙J12345", "ordinary"), ("浙J1A234", "ordinary"), ("浙JD12345", "new_energy"), ("浙JDB1234", "new_energy"),
    ("浙J12345F", "new_energy"), ("浙JA123学", "learner"), ("浙JA123警", "police"), ("浙JA123挂", "trailer"),
    ("粤ZA123港", "hk_macau"), ("粤ZA123澳", "hk_macau"), ("沪A0023领", "consulate"), ("浙X0012应急", "emergency")])
def test_each_kind_is_known(typed: str, kind: str) -> None:
    assert parse_plate(typed).kind == kind


@pytest.mark.parametrize(("typed", "reason"), [
    ("", "empty"), ("  ", "empty"),
    ("JA1234", "no_province"), ("张JA1234", "no_province"), ("浙112345", "letter_missing"), ("浙", "too_short"),
    ("浙J", "too_short"), ("浙JA123", "too_short"), ("浙JA1234567", "too_long"),
    ("浙JAO123", "letter_i_or_o"), ("浙JA12?4", "bad_character"), ("浙JABC12", "too_many_letters"),
    ("浙J1A2345", "not_new_energy"), ("浙J123456", "too_long"), ("浙IA1234", "letter_missing"),
    ("浙JA1234学", "too_long")])
def test_what_cannot_exist_is_refused_with_its_reason(typed: str, reason: str) -> None:
    with pytest.raises(PlateError) as refused:
        parse_plate(typed)
    assert refused.value.reason == reason


@given(real)
def test_every_real_plate_is_its_own_normal_form(plate: str) -> None:
    assert parse_plate(plate).text == plate
    assert parse_plate(plate.lower()).text == plate


@given(st.text(max_size=20))
def test_any_text_is_a_plate_or_a_plate_error(text: str) -> None:
    try:
        plate = parse_plate(text)
    except PlateError:
        return
    assert parse_plate(plate.text) == plate


before_it = st.sampled_from(["", "帮我查下", "我的车是", "查 "])
behind_it = st.sampled_from(["", "有没有违章", " 5月的", "，123456", " 123456"])


@given(real, before_it, behind_it)
def test_a_plate_is_found_in_a_sentence_where_it_stands(plate: str, before: str, after: str) -> None:
    assert find_plates(before + plate + after) == [(len(before), len(before) + len(plate), parse_plate(plate))]


@given(st.text(max_size=60))
def test_finding_never_fails_and_spans_lie_inside(text: str) -> None:
    for start, end, _ in find_plates(text):
        assert 0 <= start < end <= len(text)


def test_two_plates_are_both_found() -> None:
    assert [str(plate) for _, _, plate in find_plates("浙JA1234和浙j·d12345都查下")] == ["浙JA1234", "浙JD12345"]


@pytest.mark.parametrize(("text", "reason"), [("JA1234查违章", "no_province"), ("浙JA12有吗", "too_short"),
                                              ("查浙JA12345678", "too_long")])
def test_a_wrong_plate_in_a_sentence_is_found_with_its_reason(text: str, reason: str) -> None:
    [(_, _, error)] = find_plates(text)
    assert isinstance(error, PlateError)
    assert error.reason == reason


@pytest.mark.parametrize("text", ["新APP怎么下载", "新G1523高速堵吗", "走G15高速", "浙J的车", "YY2611220042",
                                  "考C1要多久", "川藏线怎么走", "😀"])
def test_what_is_no_plate_is_left_alone(text: str) -> None:
    assert find_plates(text) == []


@pytest.mark.parametrize(("plate", "masked"), [("浙JA1234", "浙J·A1**4"), ("浙JD12345", "浙J·D1***5"), ("浙J", "**")])
def test_a_masked_plate_hides_its_middle(plate: str, masked: str) -> None:
    assert mask_plate(plate) == masked
