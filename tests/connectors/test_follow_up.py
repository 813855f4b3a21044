from __future__ import annotations

import pytest

from connectors.follow_up import in_full, may_be_of_what_was_shown, of_what_was_shown


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


@pytest.mark.parametrize(("shown", "words", "full"), [
    ("utter_violations_unpaid", "今年的呢", "查今年的违章"), ("utter_violations_unpaid", "未处理的", "查未处理的违章"),
    ("utter_violations_unpaid", "上个月在杭州的", "查上个月在杭州的违章"),
    ("utter_no_such_violations", "那超速的呢", "查超速的违章"),
    ("utter_violations_all_paid", "有照片吗", "看违章照片"),
    ("utter_violations_unpaid", "我不服怎么办", "对违章不服怎么申诉"),
    ("utter_violations_unpaid", "那第一个怎么处理", "违章怎么处理"),
    ("utter_violations_unpaid", "不交会怎么样", "违章罚款一直不交会怎么样"),
    ("utter_violations_unpaid", "一共罚多少", "查违章，看看还有多少罚款没交"),
    ("utter_points", "什么时候清零", "驾照分什么时候清零"), ("utter_booked_inspection", "凭证在哪", "看我的预约"),
])
def test_short_words_mean_a_part_of_what_was_shown(shown: str, words: str, full: str) -> None:
    assert may_be_of_what_was_shown(words)
    assert of_what_was_shown(words, ["utter_vehicle_bound", shown]) == full


@pytest.mark.parametrize(("shown", "words"), [
    ("utter_greet", "今年的呢"), ("utter_violations_unpaid", "你好"), ("utter_violations_unpaid", "谢谢"),
    ("utter_violations_unpaid", "好的"), ("utter_violations_unpaid", "是的呀"), ("utter_violations_unpaid", "你呢"),
    ("utter_violations_unpaid", "预约年检的"), ("utter_violations_unpaid", "我想问一下昨天白沙路口发生的那个事故"),
])
def test_other_words_do_not(shown: str, words: str) -> None:
    assert of_what_was_shown(words, [shown]) is None
