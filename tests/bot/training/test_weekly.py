from __future__ import annotations

import datetime
import pathlib

import pytest
from sqlalchemy.engine import Engine

from bot.training import weekly
from bot.training.errors import Refused
from bot.training.tables import training_labels
from bot.training.weekly import new_words, week_of
from messages.database import reading, writing
from tests.bot.training.conftest import NOW, Say, mask

DAY = 86400.0


def test_the_week_shows_what_moved_and_what_is_new(engine: Engine, say: Say) -> None:
    for number in range(4):
        said = f"{'骑买坐用'[number]}飞梭板{'罚抓管骑'[number]}多少{number}"
        say(said, f"d-{number}", outcome="fallback", ranking=(("ebike", 0.3), ("pay_fine", 0.25)))
        say("查违章", f"d-{number}", "query_violations", 0.9, outcome="answered", ranking=(), seconds=-8 * DAY)
    with reading(engine) as session:
        week = week_of(session, NOW + datetime.timedelta(minutes=5), {"罚多", "多少"}.__contains__, mask)
    assert (week.messages, week.answered, week.missed) == ((4, 4), (1.0, 0.0), (0.0, 1.0))
    assert {move[0] for move in week.moved} == {"nlu_fallback", "query_violations"}
    assert week.confused == [("ebike", "pay_fine", 4, "骑飞梭板罚多少0")]
    assert "飞梭" in week.words[0][0]
    assert "飞梭板" in week.words[0][2]


def test_what_was_taught_is_counted_in_what_drivers_then_heard(engine: Engine, say: Say) -> None:
    with writing(engine) as session:
        session.execute(training_labels.insert(), [
            {"key": text, "text": text, "marks": [], "label": "ebike/plate", "state": "applied", "batch": "b",
             "group_id": 1, "officer": "lin", "at": NOW, "sensitive": False, "applied_at": NOW} for text in "甲乙"])
    for driver in ("d-1", "d-2"):
        say("牌照哪里上", driver, "ebike", 0.9, outcome="answered", answer="ebike/plate", seconds=60)
    with reading(engine) as session:
        week = week_of(session, NOW + datetime.timedelta(minutes=5), lambda _: True, mask)
    assert (week.labelled, week.brought) == (2, [("ebike/plate", 2, 0, 2)])


def test_a_report_is_kept_for_the_page(engine: Engine, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weekly, "VAR", tmp_path)
    with reading(engine) as session:
        week = week_of(session, NOW, lambda _: True, mask)
    weekly.keep_week(week)
    kept = weekly.read_week(weekly.weeks()[0])
    assert weekly.weeks() == ["2026-W19"]
    assert kept is not None
    assert (kept.until, kept.messages) == (week.until, [0, 0])
    assert weekly.read_week("../2026-W19") is None


def test_a_new_word_goes_into_the_dictionary_once(tmp_path: pathlib.Path) -> None:
    (tmp_path / "dictionary").mkdir()
    weekly.add_word(tmp_path, "飞梭板")
    for word in ("飞梭板", "飞", "<b>"):
        with pytest.raises(Refused):
            weekly.add_word(tmp_path, word)
    assert (tmp_path / "dictionary/words.txt").read_text(encoding="utf-8") == "\n飞梭板\n"


def test_a_piece_of_something_longer_is_no_new_word() -> None:
    said = [(f"d-{n}", text) for n, text in enumerate(("骑飞梭板上街", "买飞梭板登记", "飞梭板上路", "骑飞梭板玩"))]
    assert [word for word, _ in new_words(said, {"上街", "登记", "上路"}.__contains__)] == ["飞梭板"]


def test_a_word_of_one_driver_is_no_new_word() -> None:
    assert new_words([("d-1", "飞梭板"), ("d-1", "飞梭板"), ("d-2", "飞梭板")], lambda _: False) == []




def test_a_first_week_names_what_was_asked_most(engine: Engine, say: Say) -> None:
    for number in range(3):
        say("查违章", f"d-{number}", "query_violations", 0.9, outcome="answered", ranking=())
    say("约年检", "d-9", "book_inspection", 0.9, outcome="answered", ranking=())
    with reading(engine) as session:
        week = week_of(session, NOW + datetime.timedelta(minutes=5), lambda _: True, mask)
    assert (week.messages, week.moved) == ((0, 4), [])
    assert week.topics == [("query_violations", 3), ("book_inspection", 1)]
