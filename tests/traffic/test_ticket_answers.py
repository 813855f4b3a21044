from __future__ import annotations

import pytest
from sqlalchemy.engine import Engine

from tests.traffic.conftest import NOW
from traffic.database import writing
from traffic.errors import NotYours
from traffic.ticket_answers import answer_ticket, any_ticket, tickets_in
from traffic.tickets import open_ticket, ticket


def opened(engine: Engine, kind: str = "complaint", subscriber: str = "driver-1") -> str:
    with writing(engine) as session:
        return open_ticket(session, subscriber, kind, "信号灯太短", f"{subscriber}:{kind}", now=NOW).number


def test_the_one_promised_first_is_first(engine: Engine) -> None:
    suggestion, question = opened(engine, "suggestion"), opened(engine, "question", "driver-2")
    with writing(engine) as session:
        assert [found.number for found in tickets_in(session)] == [question, suggestion]


def test_an_answer_is_given_once_and_its_driver_reads_it(engine: Engine) -> None:
    number = opened(engine)
    with writing(engine) as session:
        assert answer_ticket(session, number, "已调整配时", now=NOW).state == "answered"
        assert answer_ticket(session, number, "另一个答复", now=NOW) is None
    with writing(engine) as session:
        found = ticket(session, "driver-1", number)
        assert (found.answer, found.answered_at) == ("已调整配时", NOW)
        assert tickets_in(session) == []
        assert [one.number for one in tickets_in(session, ("answered",))] == [number]


def test_a_number_that_is_none_is_refused(engine: Engine) -> None:
    with writing(engine) as session:
        for ask in (any_ticket, lambda session, number: answer_ticket(session, number, "x")):
            with pytest.raises(NotYours):
                ask(session, "TS202600000000")
