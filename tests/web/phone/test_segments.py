from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from web.phone.segments import segments


def test_a_link_is_cut_out() -> None:
    assert segments('看<a href="https://a.cn/1">这里</a>吧') == [
        {"text": "看"}, {"text": "这里", "href": "https://a.cn/1"}, {"text": "吧"}]


def test_a_bare_address_ends_where_chinese_begins() -> None:
    assert segments("见https://a.cn/x?y=1，谢谢")[1] == {"text": "https://a.cn/x?y=1", "href": "https://a.cn/x?y=1"}


def test_a_phone_number_can_be_called() -> None:
    assert segments("电话0000-12345678。")[1] == {"text": "0000-12345678", "href": "tel:0000-12345678"}


def test_a_long_number_is_no_phone_number() -> None:
    assert segments("编号2611220001123456") == [{"text": "编号2611220001123456"}]


def test_a_tap_link_says_a_text() -> None:
    found = segments('<a href="weixin://bizmsgmenu?msgmenucontent=%E6%BB%A1%E6%84%8F&msgmenuid=7">满意</a>')
    assert found == [{"text": "满意", "say": "满意", "id": "7"}]


def test_a_script_address_is_no_link() -> None:
    assert segments('<a href="javascript:alert(1)">x</a>') == [{"text": "x"}]


@given(st.text(alphabet="ab 12-.:/中<>", max_size=60))
def test_without_anchors_no_character_is_lost(text: str) -> None:
    assert "".join(part["text"] for part in segments(text)) == text
