from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from messages import conversations, outbox, turns
from messages.database import reading, writing
from messages.errors import FenceLost
from messages.replies import Choice, Reply
from messages.tables import inbox
from messages.tables import outbox as rows_out
from messages.turns import Turn
from tests.messages.conftest import NOW, Write, later


def claim(engine: Engine, message: int, seconds: float = 0) -> Turn | None:
    with writing(engine) as session:
        return turns.claim(session, message, later(seconds), 8)


def waiting(engine: Engine, seconds: float = 0) -> list[int]:
    with reading(engine) as session:
        return turns.waiting(session, ["wechat"], later(seconds), 50)


def finish(engine: Engine, turn: Turn | None, *replies: Reply, seconds: float = 1) -> None:
    assert turn
    with writing(engine) as session:
        turns.offer(session, turn, replies)
        turns.finish(session, turn, replies, later(seconds))


def texts(engine: Engine) -> list[tuple[str, str]]:
    with reading(engine) as session:
        rows = session.execute(sa.select(rows_out.c.text, rows_out.c.state).order_by(rows_out.c.id))
        return [tuple(row) for row in rows]


def test_one_turn_at_a_time_per_driver_in_order_of_arrival(engine: Engine, write: Write) -> None:
    first, second, other = write("一"), write("二"), write("三", driver="driver-2")
    assert waiting(engine) == [first, other]
    turn = claim(engine, first)
    assert waiting(engine) == [other]
    assert claim(engine, second) is None
    finish(engine, turn, Reply("答"))
    assert waiting(engine) == [second, other]


def test_a_turn_whose_process_died_is_taken_over_after_its_lease(engine: Engine, write: Write) -> None:
    message = write()
    assert claim(engine, message)
    assert claim(engine, message, seconds=7) is None
    again = claim(engine, message, seconds=9)
    assert again
    assert again.attempt == 2


def test_a_renewed_lease_is_not_taken_over(engine: Engine, write: Write) -> None:
    message = write()
    turn = claim(engine, message)
    assert turn
    with writing(engine) as session:
        assert turns.renew(session, turn, later(7), 8)
    assert claim(engine, message, seconds=9) is None


def test_who_was_only_asleep_writes_nothing(engine: Engine, write: Write) -> None:
    message = write()
    asleep = claim(engine, message)
    awake = claim(engine, message, seconds=9)
    with pytest.raises(FenceLost):
        finish(engine, asleep, Reply("旧"))
    finish(engine, awake, Reply("新"))
    with pytest.raises(FenceLost):
        finish(engine, awake, Reply("又"))
    assert texts(engine) == [("新", "ready")]


def test_a_finished_message_has_no_second_turn(engine: Engine, write: Write) -> None:
    message = write()
    finish(engine, claim(engine, message), Reply("答"))
    assert claim(engine, message) is None
    assert waiting(engine) == []


def test_a_message_put_back_waits_and_holds_up_the_next(engine: Engine, write: Write) -> None:
    first, _second = write(), write()
    turn = claim(engine, first)
    assert turn
    with writing(engine) as session:
        turns.put_back(session, turn, Reply("再查一次"), NOW, 2, "ConnectionError")
    assert texts(engine) == [("再查一次", "ready")]
    assert waiting(engine) == []
    assert waiting(engine, seconds=3) == [first]
    finish(engine, claim(engine, first, seconds=3), Reply("查到了"))
    assert texts(engine) == [("查到了", "ready")]


def test_who_an_officer_talks_to_hears_nothing_of_a_second_try(engine: Engine, write: Write) -> None:
    turn = claim(engine, write())
    assert turn
    with writing(engine) as session:
        conversations.take(session, "wechat", "driver-1", "officer-1", NOW)
        turns.put_back(session, turn, Reply("再查一次"), NOW, 2, "ConnectionError")
    assert texts(engine) == []


def test_a_second_run_does_not_say_again_what_has_left(engine: Engine, write: Write) -> None:
    message = write()
    turn = claim(engine, message)
    assert turn
    with writing(engine) as session:
        turns.say(session, turn, [Reply("正在查")], NOW)
    with writing(engine) as session:
        assert outbox.claim_answer(session, message, list, NOW)
    again = claim(engine, message, seconds=9)
    finish(engine, again, Reply("正在查"), Reply("查到了"))
    assert texts(engine) == [("正在查", "passive"), ("查到了", "ready")]


def test_a_second_run_takes_back_what_has_not_left(engine: Engine, write: Write) -> None:
    message = write()
    turn = claim(engine, message)
    assert turn
    with writing(engine) as session:
        turns.say(session, turn, [Reply("旧")], NOW)
    finish(engine, claim(engine, message, seconds=9), Reply("新"))
    assert texts(engine) == [("新", "ready")]


def test_an_officer_who_takes_over_during_a_turn_silences_the_bot(engine: Engine, write: Write) -> None:
    message = write()
    turn = claim(engine, message)
    with writing(engine) as session:
        assert conversations.take(session, "wechat", "driver-1", "officer-1", NOW)
    finish(engine, turn, Reply("机器人的话"))
    assert texts(engine) == [("机器人的话", "withheld")]
    with reading(engine) as session:
        assert session.execute(sa.select(inbox.c.state)).scalar() == "held"


def test_a_hand_over_in_a_reply_puts_the_conversation_into_the_queue(engine: Engine, write: Write) -> None:
    turn = claim(engine, write())
    finish(engine, turn, Reply("帮您转民警"), Reply(custom={"hand_over": {"reason": "asked"}}))
    with reading(engine) as session:
        waiting_now = conversations.queue(session)
    assert [(each.driver, each.reason) for each in waiting_now] == [("driver-1", "asked")]
    assert texts(engine) == [("帮您转民警", "ready")]


def test_the_next_turn_knows_who_has_the_conversation(engine: Engine, write: Write) -> None:
    finish(engine, claim(engine, write()), Reply(custom={"hand_over": {"reason": "asked"}}))
    turn = claim(engine, write("在吗"))
    assert turn
    assert turn.holder == "queue"


def test_offered_choices_are_those_of_the_last_turn_only(engine: Engine, write: Write) -> None:
    from messages import choices

    finish(engine, claim(engine, write()), Reply("哪辆？", choices=(Choice("甲", "/a"),)))
    finish(engine, claim(engine, write()), Reply("好的"))
    with reading(engine) as session:
        assert choices.offered(session, "wechat", "driver-1") == []
