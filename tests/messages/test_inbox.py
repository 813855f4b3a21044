from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from messages import inbox, turns
from messages.database import reading, writing
from messages.errors import BadDriver
from messages.inbox import Incoming
from messages.tables import inbox as table
from tests.messages.conftest import NOW, Write, later


def test_a_repeat_finds_the_first_row(engine: Engine, write: Write) -> None:
    assert write(key="k") == write(key="k", now=later(5))
    with writing(engine) as session:
        again = inbox.receive(session, Incoming("wechat", "driver-1", "k", "text"), later(10), 4.3)
    assert again.repeated
    with reading(engine) as session:
        assert session.execute(sa.select(sa.func.count()).select_from(table)).scalar() == 1


def test_the_same_key_of_another_channel_is_another_message(engine: Engine, write: Write) -> None:
    first = write(key="k")
    with writing(engine) as session:
        second = inbox.receive(session, Incoming("terminal", "driver-1", "k", "text"), NOW, 4.3)
    assert second.id != first
    assert not second.repeated


@pytest.mark.parametrize("driver", ["", "a b", "a" * 65, "甲", "a\n"])
def test_an_identity_that_could_harm_is_refused(engine: Engine, driver: str) -> None:
    with pytest.raises(BadDriver), writing(engine) as session:
        inbox.receive(session, Incoming("wechat", driver, "k", "text"), NOW, 4.3)


def test_text_that_no_database_takes_is_made_storable(engine: Engine, write: Write) -> None:
    message = write("a\0b\ud800c")
    with writing(engine) as session:
        turn = turns.claim(session, message, NOW, 8)
    assert turn
    assert turn.text == "ab?c"


def test_a_message_that_needs_no_turn_is_only_recorded(engine: Engine, write: Write) -> None:
    message = write(turn=False)
    with reading(engine) as session:
        assert inbox.state_of(session, [message]) == {message: "recorded"}
        assert turns.waiting(session, ["wechat"], NOW, 5) == []
