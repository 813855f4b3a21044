from __future__ import annotations

import datetime

from sqlalchemy.engine import Engine

from bot.training.weekly import new_words, week_of
from messages.database import reading
from tests.bot.training.conftest import NOW, Say, mask

DAY = 86400.0


def test_the_week_shows_what_moved_and_what_is_new(engine: Engine, say: Say) -> None:
    for number in range(4):
        say(f"骑飞梭板罚多少{number}", f"d-{number}", outcome="fallback", ranking=(("ebike", 0.3), ("pay_fine", 0.25)))
        say("查违章", f"d-{number}", "query_violations", 0.9, outcome="answered", ranking=(), seconds=-8 * DAY)
    with reading(engine) as session:
        week = week_of(session, NOW + datetime.timedelta(minutes=5), {"罚多", "多少"}.__contains__, mask)
    assert (week.messages, week.answered, week.answered_before) == (4, 0.0, 1.0)
    assert {move[0] for move in week.moved} == {"nlu_fallback", "query_violations"}
    assert week.confused == [("ebike", "pay_fine", 4)]
    assert "飞梭" in week.words[0][0]


def test_a_word_of_one_driver_is_no_new_word() -> None:
    assert new_words([("d-1", "飞梭板"), ("d-1", "飞梭板"), ("d-2", "飞梭板")], lambda _: False) == []


