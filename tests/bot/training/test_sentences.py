from __future__ import annotations

import pathlib

import pytest

from bot.training.sentences import Mark, SentencesUnreadable, read_sentences

ONE = """version: "3.1"
nlu:
- intent: query_road_conditions
  examples: |
    - [75省道](road)堵吗，[明天](time)呢
- intent: pay_fine/how
  examples: |
    - 罚款怎么交
"""


def test_marks_point_into_the_text_without_them(tmp_path: pathlib.Path) -> None:
    (tmp_path / "a.yml").write_text(ONE, encoding="utf-8")
    road, topic = read_sentences(tmp_path)
    assert road.text == "75省道堵吗，明天呢"
    assert [road.text[m.start:m.end] for m in road.marks] == ["75省道", "明天"]
    assert road.marks[0] == Mark("road", 0, 4)
    assert (topic.label, topic.intent, topic.place) == ("pay_fine/how", "pay_fine", "a.yml:1")


def test_a_broken_file_is_named(tmp_path: pathlib.Path) -> None:
    (tmp_path / "broken.yml").write_text("nlu:\n- intent: [", encoding="utf-8")
    with pytest.raises(SentencesUnreadable, match=r"broken\.yml is not YAML"):
        read_sentences(tmp_path)
