from __future__ import annotations

import concurrent.futures

import pytest
from sqlalchemy.engine import Engine

from messages import conversations, erasure, inbox, quotas
from messages.database import reading, writing
from messages.errors import NotYours
from tests.messages.conftest import NOW, Write, later

WHO = ("wechat", "driver-1")


def holder(engine: Engine) -> str | None:
    with reading(engine) as session:
        found = conversations.find(session, *WHO)
    return found and found.holder


def test_a_conversation_goes_from_bot_to_queue_to_officer_and_back(engine: Engine, write: Write) -> None:
    write()
    assert holder(engine) == "bot"
    with writing(engine) as session:
        assert conversations.request_person(session, *WHO, "asked", NOW)
        assert not conversations.request_person(session, *WHO, "again", NOW)
    assert holder(engine) == "queue"
    with writing(engine) as session:
        assert conversations.take(session, *WHO, "officer-1", NOW)
    assert holder(engine) == "officer"
    with writing(engine) as session:
        conversations.give_back(session, *WHO, "officer-1", NOW)
    assert holder(engine) == "bot"


def test_two_officers_never_take_the_same_conversation(engine: Engine, write: Write) -> None:
    write()

    def take(officer: int) -> bool:
        with writing(engine) as session:
            return conversations.take(session, *WHO, f"officer-{officer}", NOW)

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(take, range(16))) == 1


def test_a_colleagues_conversation_cannot_be_ended(engine: Engine, write: Write) -> None:
    write()
    with writing(engine) as session:
        conversations.take(session, *WHO, "officer-1", NOW)
    with pytest.raises(NotYours), writing(engine) as session:
        conversations.give_back(session, *WHO, "officer-2", NOW)


def test_a_driver_may_leave_the_queue_but_not_an_officer(engine: Engine, write: Write) -> None:
    write()
    with writing(engine) as session:
        conversations.request_person(session, *WHO, "asked", NOW)
        assert conversations.leave_queue(session, *WHO, NOW)
        conversations.take(session, *WHO, "officer-1", NOW)
        assert not conversations.leave_queue(session, *WHO, NOW)


def test_a_waiting_driver_is_told_so_now_and_then(engine: Engine, write: Write) -> None:
    write()
    with writing(engine) as session:
        told = [conversations.tell_once(session, *WHO, later(s), 600) for s in (0, 10, 599, 601)]
    assert told == [True, False, False, True]


def test_who_left_is_owed_nothing(engine: Engine, write: Write) -> None:
    message = write(grants=(quotas.Grant("message", 5, 100),))
    with writing(engine) as session:
        conversations.close(session, *WHO, NOW)
        assert inbox.state_of(session, [message]) == {message: "recorded"}


def test_an_erased_driver_is_unknown(engine: Engine, write: Write) -> None:
    message = write()
    with writing(engine) as session:
        erasure.erase(session, *WHO)
        assert inbox.state_of(session, [message]) == {}
        assert conversations.find(session, *WHO) is None
