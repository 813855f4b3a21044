from __future__ import annotations

from web.phone.record import BODY_CHARACTERS, Record


def test_lines_can_be_asked_for_by_kind_and_driver() -> None:
    record = Record()
    record.add("post", "a", sent="1")
    record.add("call", "b", sent="2")
    assert [line["sent"] for line in record.lines(kind="post")] == ["1"]
    assert [line["sent"] for line in record.lines(driver="b", after=1)] == ["2"]


def test_the_record_is_bounded() -> None:
    record = Record(limit=3)
    for _ in range(5):
        record.add("post", None, sent="x" * 2 * BODY_CHARACTERS)
    assert [line["number"] for line in record.lines()] == [3, 4, 5]
    assert len(record.lines()[0]["sent"]) == BODY_CHARACTERS
