from __future__ import annotations

import datetime

import pytest
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from tests.traffic.conftest import NOW
from traffic import tickets
from traffic.accidents import AccidentParty, open_accident_case
from traffic.database import writing
from traffic.errors import NotYours
from traffic.opening_days import working_days_after
from traffic.ticket_answers import answer_ticket, tickets_in


@pytest.mark.parametrize(("kind", "prefix"), [("complaint", "TS"), ("suggestion", "JY"), ("report", "JB"),
                                              ("question", "ZX")])
def test_a_ticket_has_a_receipt_number_and_a_promised_working_day(session: Session, kind: str, prefix: str) -> None:
    ticket = tickets.open_ticket(session, "anna", kind, "路灯坏了", "k1", now=NOW)
    assert ticket.number == f"{prefix}2608030001"
    assert ticket.promised_on == working_days_after(datetime.date(2026, 8, 3), tickets.PROMISED_WORKING_DAYS[kind])
    assert ticket.state == "open"


def test_the_same_key_opens_one_ticket(engine: Engine) -> None:
    numbers = set()
    for _ in range(2):
        with writing(engine) as session:
            numbers.add(tickets.open_ticket(session, "anna", "report", "x", "k1", plate="浙JA1234", now=NOW).number)
    with writing(engine) as session:
        assert numbers == {tickets.tickets_of(session, "anna")[0].number}
        assert len(tickets.tickets_of(session, "anna")) == 1


def test_numbers_count_through_the_day_and_begin_again(session: Session) -> None:
    moments = [NOW + n * datetime.timedelta(hours=8) for n in range(3)]
    numbers = [tickets.open_ticket(session, "anna", "report", "x", f"k{moment}", now=moment).number
               for moment in moments]
    assert numbers == ["JB2608030001", "JB2608030002", "JB2608040001"]


def test_a_subscriber_sees_own_tickets_newest_first(session: Session) -> None:
    for n in range(3):
        tickets.open_ticket(session, "anna", "report", f"text {n}", f"k{n}", now=NOW)
    assert [t.text for t in tickets.tickets_of(session, "anna", limit=2)] == ["text 2", "text 1"]
    assert tickets.tickets_of(session, "berta") == []


def test_anothers_ticket_and_an_unknown_one_are_refused_alike(session: Session) -> None:
    number = tickets.open_ticket(session, "anna", "report", "x", "k1", now=NOW).number
    assert tickets.ticket(session, "anna", number).text == "x"
    for who, which in (("berta", number), ("anna", "JB0000000000")):
        with pytest.raises(NotYours, match="no such ticket"):
            tickets.ticket(session, who, which)


def test_a_very_long_text_is_cut(session: Session) -> None:
    assert len(tickets.open_ticket(session, "anna", "report", "长" * 5000, "k1", now=NOW).text) == tickets.LONGEST_TEXT


@pytest.mark.parametrize(("stars", "kept"), [(5, 5), (0, 1), (9, 5)])
def test_a_rating_is_one_to_five(session: Session, stars: int, kept: int) -> None:
    number = tickets.open_ticket(session, "anna", "report", "x", "k1", now=NOW).number
    assert tickets.rate(session, "anna", number, stars).rating == kept


def test_an_accident_case_has_its_first_party_and_a_code_and_opens_once(session: Session) -> None:
    case = open_accident_case(session, "anna", "k1", plate="浙JA1234", place="白沙路口", now=NOW)
    assert open_accident_case(session, "anna", "k1", now=NOW) is case
    party = session.query(AccidentParty).one()
    assert (case.number, case.state, party.subscriber, party.plate) == ("SG2608030001", "gathering", "anna", "浙JA1234")
    assert len(case.join_code) == 6
    assert case.join_code.isdigit()


def test_a_ticket_is_withdrawn_by_its_writer_until_it_is_answered(session: Session) -> None:
    number, answered = (tickets.open_ticket(session, "anna", "report", "x", key, now=NOW).number for key in "ab")
    answer_ticket(session, answered, "办好了", now=NOW)
    for _ in range(2):
        assert tickets.withdraw(session, "anna", number) is not None
    assert tickets.withdraw(session, "anna", answered) is None
    assert [t.number for t in tickets_in(session)] == []
    assert answer_ticket(session, number, "办好了", now=NOW) is None
    with pytest.raises(NotYours):
        tickets.withdraw(session, "berta", number)
