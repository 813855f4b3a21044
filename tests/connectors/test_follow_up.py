from __future__ import annotations

import pytest

from connectors.follow_up import in_full


@pytest.mark.parametrize(("before", "words", "full"), [
    ("闯红灯扣几分", "那超速呢", "超速扣几分"),
    ("科目二挂了多久能再约", "那科目三呢？", "科目三多久能再约"),
    ("年检要带什么", "新能源车呢", "新能源车要带什么"),
    ("驾照丢了怎么补", "要多少钱", "驾照丢了要多少钱"),
    ("闯红灯扣几分", "罚多少钱", "闯红灯罚多少钱"),
])
def test_a_leaning_question_is_said_in_full(before: str, words: str, full: str) -> None:
    assert in_full(words, before) == full


@pytest.mark.parametrize(("before", "words"), [
    (None, "那超速呢"), ("您好", "那超速呢"), ("/query_violations", "要多少钱"), ("浙JA1234", "要多少钱"),
    ("闯红灯扣几分", "谢谢"), ("闯红灯扣几分", "年检在哪里办，要带什么材料"), ("闯红灯扣几分" * 9, "那超速呢"),
])
def test_what_stands_alone_stays(before: str | None, words: str) -> None:
    assert in_full(words, before) is None
