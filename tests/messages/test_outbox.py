from __future__ import annotations

from typing import Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from messages import conversations, outbox, pushes
from messages.database import reading, writing
from messages.outbox import Allowed, Outgoing
from messages.pushes import Push
from messages.replies import Reply
from messages.tables import outbox as table
from tests.messages.conftest import NOW, Write, later


def allowed(session: Connection, rows: Sequence[Outgoing]) -> Allowed:
    return Allowed("", "no quota in this test")


def refused(session: Connection, rows: Sequence[Outgoing]) -> Allowed:
    return Allowed(None, "quota used up")


def say(engine: Engine, message: int | None, *texts: str, author: str = "bot") -> None:
    with writing(engine) as session:
        replies = [Reply(text) for text in texts]
        outbox.append(session, "wechat", "driver-1", replies, NOW, message=message, author=author)


def push(engine: Engine, seconds: float, allow: outbox.Allow = allowed, choose: outbox.Choose = list) -> list[Outgoing]:
    with writing(engine) as session:
        groups = outbox.claim_push(session, "wechat", choose, allow, later(seconds), lease=30)
    assert len(groups) <= 1
    return groups[0] if groups else []


def answer(engine: Engine, message: int, choose: outbox.Choose = list) -> list[str | None]:
    with writing(engine) as session:
        return [row.reply.text for row in outbox.claim_answer(session, message, choose, NOW)]


def states(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return list(session.execute(sa.select(table.c.state).order_by(table.c.id)).scalars())


def mark(engine: Engine, rows: list[Outgoing], state: str, again_in: float | None = None) -> None:
    with writing(engine) as session:
        outbox.mark(session, rows, state, NOW, again_in=again_in)


def test_a_repeat_gets_the_rows_that_the_first_answer_had(engine: Engine, write: Write) -> None:
    message = write()
    say(engine, message, "一", "二")
    assert answer(engine, message) == ["一", "二"]
    assert answer(engine, message) == ["一", "二"]
    assert push(engine, 60) == []


def test_what_leads_a_later_answer_is_on_its_way_until_that_arrived(engine: Engine, write: Write) -> None:
    say(engine, write(), "一")
    later_one = write()
    say(engine, later_one, "二")
    assert answer(engine, later_one) == ["一", "二"]
    assert states(engine) == ["sending", "passive"]
    with writing(engine) as session:
        outbox.arrived(session, later_one)
    assert states(engine) == ["passive", "passive"]


def test_what_led_an_answer_that_never_arrived_is_unknown_but_for_repeats(engine: Engine, write: Write) -> None:
    say(engine, write(), "一")
    later_one = write()
    answer(engine, later_one)
    with writing(engine) as session:
        assert outbox.lost(session, later(21))
        assert outbox.give_up_lost(session, later(21)) == 1
    assert states(engine) == ["unknown"]
    assert answer(engine, later_one) == ["一"]
    with writing(engine) as session:
        outbox.arrived(session, later_one)
    assert states(engine) == ["passive"]


def test_nothing_is_pushed_while_the_passive_answer_may_still_leave(engine: Engine, write: Write) -> None:
    say(engine, write(), "一")
    assert push(engine, 4) == []
    assert [row.reply.text for row in push(engine, 5)] == ["一"]


def test_what_the_answer_leaves_behind_is_pushed_at_once(engine: Engine, write: Write) -> None:
    message = write()
    say(engine, message, "一", "二")
    assert answer(engine, message, lambda rows: rows[:1]) == ["一"]
    assert [row.reply.text for row in push(engine, 0)] == ["二"]


def test_a_pushed_row_never_becomes_an_answer_too(engine: Engine, write: Write) -> None:
    message = write()
    say(engine, message, "一")
    assert push(engine, 5)
    assert answer(engine, message) == []


def test_what_waited_for_the_driver_to_write_still_opens_its_page(engine: Engine, write: Write) -> None:
    with writing(engine) as session:
        pushes.plan(session, "wechat", "driver-1", Push("road:9", "road", "封路了。", link="https://x.example/9"), NOW)
        pushes.put_aside(session, [row.id for row in pushes.ripe(session, "wechat", NOW, 9)], "parked", "no way out")
    assert answer(engine, write()) == ["封路了。\nhttps://x.example/9"]


def test_what_may_not_be_pushed_leads_the_next_answer(engine: Engine, write: Write) -> None:
    say(engine, write(), "旧答复")
    assert push(engine, 5, refused) == []
    assert states(engine) == ["parked"]
    message = write()
    say(engine, message, "新答复")
    assert answer(engine, message) == ["旧答复", "新答复"]


def test_an_answer_is_led_by_what_is_still_to_be_pushed(engine: Engine, write: Write) -> None:
    say(engine, write(), "早先的")
    message = write()
    say(engine, message, "现在的")
    assert answer(engine, message) == ["早先的", "现在的"]
    assert push(engine, 60) == []


def test_rows_of_one_driver_leave_one_message_after_the_other(engine: Engine, write: Write) -> None:
    say(engine, write(), "一")
    say(engine, write(), "二")
    first = push(engine, 5, choose=lambda rows: rows[:1])
    assert [row.reply.text for row in first] == ["一"]
    assert push(engine, 5) == []
    mark(engine, first, "sent")
    assert [row.reply.text for row in push(engine, 5)] == ["二"]


def test_a_sure_failure_is_sent_again_later_and_keeps_the_order(engine: Engine, write: Write) -> None:
    say(engine, write(), "一")
    say(engine, write(), "二")
    mark(engine, push(engine, 5, choose=lambda rows: rows[:1]), "ready", again_in=60)
    assert push(engine, 30) == []
    assert [row.reply.text for row in push(engine, 61)] == ["一", "二"]


def test_answers_to_several_messages_are_pushed_together_but_not_the_one_still_awaited(
        engine: Engine, write: Write) -> None:
    say(engine, write(), "一")
    say(engine, write(), "二")
    say(engine, write(now=later(3)), "三")
    assert [row.reply.text for row in push(engine, 5)] == ["一", "二"]


def test_a_row_whose_sender_died_is_not_sent_again(engine: Engine, write: Write) -> None:
    say(engine, write(), "一")
    rows = push(engine, 5)
    with writing(engine) as session:
        assert outbox.begin(session, rows, later(6))
        assert outbox.give_up_lost(session, later(36)) == 1
    assert states(engine) == ["unknown"]
    assert push(engine, 60) == []


def test_a_row_whose_sender_died_before_it_left_is_sent_by_the_next(engine: Engine, write: Write) -> None:
    say(engine, write(), "一")
    rows = push(engine, 5)
    with writing(engine) as session:
        assert outbox.give_up_lost(session, later(36)) == 0
    assert [row.reply.text for row in push(engine, 40)] == ["一"]
    with writing(engine) as session:
        assert not outbox.begin(session, rows, later(50))


def test_a_claimed_row_does_not_leave_after_an_officer_took_over(engine: Engine, write: Write) -> None:
    say(engine, write(), "一")
    rows = push(engine, 5)
    with writing(engine) as session:
        conversations.take(session, "wechat", "driver-1", "officer-1", NOW)
        assert not outbox.begin(session, rows, later(6))
    assert states(engine) == ["withheld"]


def test_an_officers_take_over_withholds_only_the_bots_words(engine: Engine, write: Write) -> None:
    say(engine, write(), "机器人")
    say(engine, None, "民警", author="officer-1")
    with writing(engine) as session:
        conversations.take(session, "wechat", "driver-1", "officer-1", NOW)
    assert states(engine) == ["withheld", "ready"]
