from __future__ import annotations

import pytest
from sqlalchemy.engine import Engine

from messages import conversations, desk, outbox, quotas
from messages.database import reading, writing
from messages.errors import NotYours
from messages.quotas import Grant
from messages.replies import Choice, Reply
from tests.messages.conftest import NOW, Write, later

WHO = ("wechat", "driver-1")


@pytest.fixture
def waiting(engine: Engine, write: Write) -> Engine:
    write("我要找人")
    with writing(engine) as session:
        conversations.request_person(session, *WHO, "asked", later(1))
    return engine


def take(engine: Engine, officer: str = "wang", seconds: float = 10) -> None:
    with writing(engine) as session:
        assert conversations.take(session, *WHO, officer, later(seconds))


def say(engine: Engine, words: str, seconds: float, officer: str = "wang") -> list[int]:
    with writing(engine) as session:
        return desk.say(session, *WHO, officer, [Reply(words)], later(seconds))


def only_entry(engine: Engine) -> desk.Entry:
    with reading(engine) as session:
        (entry,) = desk.entries(session)
    return entry


def test_who_waits_is_listed_with_the_last_words(waiting: Engine, write: Write) -> None:
    write("还在吗", now=later(5))
    write(None, now=later(6))
    write("别人的话", driver="driver-2")
    entry = only_entry(waiting)
    assert (entry.driver, entry.holder, entry.reason, entry.since) == ("driver-1", "queue", "asked", later(1))
    assert (entry.text, entry.kind, entry.last_at) == ("还在吗", "text", later(5))
    assert entry.waits_for_answer


def test_an_answered_driver_waits_again_after_the_next_message(waiting: Engine, write: Write) -> None:
    take(waiting)
    assert only_entry(waiting).waits_for_answer
    say(waiting, "您好", 12)
    assert not only_entry(waiting).waits_for_answer
    write("谢谢", now=later(15))
    assert only_entry(waiting).waits_for_answer


def test_who_waited_longest_is_first(waiting: Engine, write: Write) -> None:
    write("我先来的", driver="driver-0")
    with writing(waiting) as session:
        conversations.request_person(session, "wechat", "driver-0", "asked", NOW)
    with reading(waiting) as session:
        assert [entry.driver for entry in desk.entries(session)] == ["driver-0", "driver-1"]


def test_the_story_has_both_sides_in_order(waiting: Engine) -> None:
    with writing(waiting) as session:
        choices = (Choice("转人工", "/request_human"),)
        outbox.append(session, *WHO, [Reply("要转吗", choices=choices)], later(0.5))
    take(waiting)
    say(waiting, "我是民警", 12)
    with reading(waiting) as session:
        lines = desk.story(session, *WHO)
    assert [(line.side, line.text) for line in lines] == [("driver", "我要找人"), ("bot", "要转吗"),
                                                          ("officer", "我是民警")]
    assert lines[1].choices == ("转人工",)
    assert (lines[1].state, lines[2].state, lines[2].author) == ("withheld", "ready", "wang")


def test_the_story_is_as_long_as_asked_for_and_ends_with_the_newest(waiting: Engine, write: Write) -> None:
    for number in range(5):
        write(f"第{number}句", now=later(20 + number))
    with reading(waiting) as session:
        assert [line.text for line in desk.story(session, *WHO, limit=2)] == ["第3句", "第4句"]


def test_an_officer_speaks_only_in_the_own_conversation(waiting: Engine) -> None:
    with pytest.raises(NotYours):
        say(waiting, "太早", 5)
    take(waiting)
    with pytest.raises(NotYours):
        say(waiting, "不是我的", 12, officer="li")
    with reading(waiting) as session:
        assert [line.side for line in desk.story(session, *WHO)] == ["driver"]


def test_the_fingerprint_changes_with_all_that_is_seen(waiting: Engine, write: Write) -> None:
    def seen() -> tuple:
        with reading(waiting) as session:
            return desk.fingerprint(session, *WHO)

    marks = [seen()]
    write("又说一句", now=later(3), grants=(Grant("message", 5, 60),))
    marks.append(seen())
    take(waiting)
    marks.append(seen())
    say(waiting, "您好", 12)
    marks.append(seen())
    with writing(waiting) as session:
        quotas.spend(session, *WHO, "officer", later(13), {})
    marks.append(seen())
    assert len(set(marks)) == len(marks)
    assert seen() == marks[-1]


def test_a_conversation_goes_back_to_the_queue_or_to_a_colleague(waiting: Engine) -> None:
    take(waiting)
    with writing(waiting) as session:
        assert not desk.return_to_queue(session, *WHO, "li", later(20))
        assert desk.return_to_queue(session, *WHO, "wang", later(20))
    assert (only_entry(waiting).holder, only_entry(waiting).reason) == ("queue", "asked")
    take(waiting, seconds=30)
    with writing(waiting) as session:
        assert desk.pass_to(session, *WHO, "wang", "li", later(40))
        assert not desk.pass_to(session, *WHO, "wang", "zhao", later(41))
        assert desk.held(session) == [("wechat", "driver-1", "li", later(40))]


def test_the_channel_of_a_driver_is_known_once_a_conversation_is(waiting: Engine) -> None:
    with reading(waiting) as session:
        assert desk.channel_of(session, "driver-1") == "wechat"
        assert desk.channel_of(session, "driver-9") is None
