from __future__ import annotations

from typing import List

import pytest

from actions.choice_words import (
    asks_for_others,
    clocks_in,
    gives_up,
    goes_back,
    number_in,
    only_part_of_day,
    part_of_day,
    takes_any,
    yes_or_no,
)


@pytest.mark.parametrize(("text", "number"), [
    ("1", 1), ("２", 2), ("3.", 3), ("第一个", 1), ("选2", 2), ("我选第三个", 3), ("二", 2), ("第二辆", 2), ("10", 10)])
def test_a_number_is_read_in_all_ways_it_is_typed(text: str, number: int) -> None:
    assert number_in(text) == number


@pytest.mark.parametrize("text", ["", "1公里", "浙J12345", "二手车过户", "123456", "一直没处理"])
def test_words_around_it_make_it_no_number(text: str) -> None:
    assert number_in(text) is None


@pytest.mark.parametrize("text", [
    "还有别的时间吗", "换一个", "都不合适", "有没有其他时间", "换个时间", "再看看", "晚一点的"])
def test_other_choices_are_asked_for(text: str) -> None:
    assert asks_for_others(text)


@pytest.mark.parametrize("text", ["换下午", "有下午的吗", "上午有空吗", "下午", "改到下午吧", "能换上午吗？"])
def test_a_part_of_the_day_alone_keeps_the_day(text: str) -> None:
    assert only_part_of_day(text)


@pytest.mark.parametrize("text", ["后天下午", "11月25日上午", "周三下午", "下午三点"])
def test_a_day_or_an_hour_is_more_than_a_part_of_the_day(text: str) -> None:
    assert not only_part_of_day(text)


@pytest.mark.parametrize(("text", "clocks"), [
    ("九点那个", ["09:00", "21:00"]), ("下午三点半", ["15:30"]), ("10:30", ["10:30", "22:30"]),
    ("十一点", ["11:00", "23:00"]), ("14点", ["14:00"]), ("随便", []), ("25点", [])])
def test_a_clock_time(text: str, clocks: List[str]) -> None:
    assert clocks_in(text) == clocks


def test_the_part_of_the_day_is_named() -> None:
    assert (part_of_day("换下午"), part_of_day("早上吧"), part_of_day("随便")) == ("afternoon", "morning", None)


@pytest.mark.parametrize("text", ["随便", "最早的", "都可以", "你看着办", "越快越好"])
def test_any_choice_will_do(text: str) -> None:
    assert takes_any(text)


@pytest.mark.parametrize("text", [
    "对", "好的", "行吧", "可以的", "嗯嗯", "OK", "没问题", "就这个吧", "是的，谢谢", "确认"])
def test_a_yes(text: str) -> None:
    assert yes_or_no(text) is True


@pytest.mark.parametrize("text", ["不", "不是", "没有", "不对", "别", "不要了", "no"])
def test_a_no(text: str) -> None:
    assert yes_or_no(text) is False


@pytest.mark.parametrize("text", ["", "浙JA1234", "好像不是这个车", "可以换个时间吗", "没有别的了吗?"])
def test_neither_yes_nor_no(text: str) -> None:
    assert yes_or_no(text) is None


@pytest.mark.parametrize("text", [
    "取消", "算了", "不办了", "那就算了吧", "不想查了", "退出", "不约了", "先不改了", "别问了"])
def test_giving_up(text: str) -> None:
    assert gives_up(text)


@pytest.mark.parametrize("text", ["取消预约", "不能办吗", "算了算能扣几分", "取消绑定"])
def test_more_words_are_no_giving_up(text: str) -> None:
    assert not gives_up(text)


@pytest.mark.parametrize("text", ["打错了", "不对，打错了", "我填错了", "输错了"])
def test_a_slip_leads_back_to_the_question_before(text: str) -> None:
    assert goes_back(text)
