from __future__ import annotations

import pytest

from bot.nlu.normalizer import MAXIMUM, TextForm


@pytest.fixture(scope="module")
def form() -> TextForm:
    return TextForm()


@pytest.mark.parametrize(("typed", "wanted"), [
    ("浙Ｊ１２３４５", "浙j12345"),
    ("違章罰單怎麼查", "违章罚单怎么查"),
    ("急急急急！！！！", "急急!"),
    ("查一下😊违章🙏", "查一下 违章"),
    ("  你好 \u3000\n 在吗 ", "你好 在吗"),
    ("电话一三八零零零零一二三四", "电话13800001234"),
    ("11111", "11111"),
    ("违\u200b章", "违章"),
    ("", ""),
    ("😀😀", ""),
])
def test_every_way_of_typing_becomes_one_form(form: TextForm, typed: str, wanted: str) -> None:
    assert form(typed).text == wanted


def test_spans_lead_back_to_the_drivers_own_text(form: TextForm) -> None:
    typed = "😊  查　浙Ｊ１２３４５！！！违章"
    result = form(typed)
    start = result.text.index("浙")
    begin, end = result.original_span(start, start + 7)
    assert typed[begin:end] == "浙Ｊ１２３４５"
    assert len(result.text) == len(result.starts) == len(result.ends)


def test_a_novel_is_read_up_to_the_limit(form: TextForm) -> None:
    assert len(form("查违章记录" * 1000).text) == MAXIMUM


def test_a_lone_surrogate_does_no_harm(form: TextForm) -> None:
    assert form("违\ud800章").text == "违 章"
