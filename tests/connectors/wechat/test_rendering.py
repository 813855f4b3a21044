from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from connectors.wechat.rendering import joined, size, split_reply, split_text
from connectors.wechat.xml import cdata, read_xml
from messages.replies import Choice, Reply, numbered

LINK = '<a href="https://example.invalid/x">看详情</a>'


def test_a_long_text_is_cut_at_sentence_ends() -> None:
    sentence = "您好，您的车在杜桥大道有一次违法停车。"
    parts = split_text(sentence * 100)
    assert all(part.endswith("。") and size(part) <= 2000 for part in parts)
    assert "".join(parts) == sentence * 100


@given(st.text(alphabet=st.sampled_from("违章。！\n a😀é"), max_size=3000))
def test_parts_are_within_the_limit_and_nothing_but_space_is_lost(text: str) -> None:
    parts = split_text(text)
    assert all(size(part) <= 2000 for part in parts)
    assert re.sub(r"\s", "", "".join(parts)) == re.sub(r"\s", "", text)


@given(st.integers(0, 2200))
def test_a_link_is_never_cut(before: int) -> None:
    parts = split_text("a" * before + LINK + "b" * 500)
    assert sum(LINK in part for part in parts) == 1


def test_choices_are_numbered_through_all_replies_of_a_turn() -> None:
    turn = numbered([Reply("甲？", choices=(Choice("一", "/a"),)), Reply("乙？", choices=(Choice("二", "/b"),))])
    assert joined(turn) == "甲？\n1. 一\n\n乙？\n2. 二"


def test_a_reply_too_long_keeps_its_choices_with_the_last_part() -> None:
    parts = split_reply(Reply("长。" * 600, choices=(Choice("一", "/a"),), question=True))
    assert [bool(part.choices) for part in parts] == [False] * (len(parts) - 1) + [True]
    assert all(size(joined(numbered([part]))) <= 2000 for part in parts)


@given(st.text(alphabet=st.sampled_from("]>[!CDATA<&\"'违\x00\x0b\uffff"), max_size=60))
def test_no_text_breaks_out_of_its_cdata(text: str) -> None:
    kept = re.sub("[\x00\x0b\uffff]", "", text)
    assert read_xml(f"<xml><Content>{cdata(text)}</Content></xml>")["Content"] == kept
