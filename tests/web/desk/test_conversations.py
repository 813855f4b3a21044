from __future__ import annotations

import concurrent.futures
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.settings import load_station
from messages import desk
from messages.conversations import Conversation, find, request_person
from messages.database import reading, writing
from messages.desk import Line
from messages.errors import NotYours
from tests.web.desk.conftest import NOW, PASSWORD, Write, hire, later
from traffic import audit
from web.desk import conversations, handlings, notes, sessions
from web.desk.database import records
from web.desk.errors import BadText, Hidden, Missing
from web.desk.officers import Officer
from web.desk.sentences import Sentences
from web.desk.sign_in import sign_in
from web.desk.tables import handlings as handled

KEY = ("wechat", "driver-1")
SENTENCES = Sentences(load_station())
FORM = "form-0001"


@pytest.fixture
def waiting(engine: Engine, write: Write, wang: Officer) -> Engine:
    write("我要找民警", reason="asked")
    return engine


def claimed(engine: Engine, officer: Officer) -> None:
    assert conversations.claim(engine, officer, KEY, later(60))


def answer(engine: Engine, officer: Officer, text: str, form: str = FORM, seconds: float = 90) -> None:
    conversations.answer(engine, SENTENCES, officer, KEY, text, form, later(seconds))


def story(engine: Engine) -> list[Line]:
    with reading(engine) as session:
        return desk.story(session, *KEY)


def holder(engine: Engine) -> Conversation:
    with reading(engine) as session:
        found = find(session, *KEY)
    assert found
    return found


def deeds(engine: Engine) -> list[tuple[str, str]]:
    with reading(engine) as session, records(session) as chain:
        assert audit.first_broken(chain) is None
        return [(entry.actor, entry.deed) for entry in
                chain.execute(sa.select(audit.AuditEntry).order_by(audit.AuditEntry.id)).scalars()]


def handling(engine: Engine) -> list[Any]:
    with reading(engine) as session:
        return session.execute(sa.select(handled).order_by(handled.c.id)).all()


def test_of_twenty_officers_one_gets_it(waiting: Engine) -> None:
    everyone = [Officer(number, f"officer-{number}", "agent", True, None) for number in range(20)]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda officer: conversations.claim(waiting, officer, KEY, later(60)), everyone))
    assert got.count(True) == 1
    assert holder(waiting).officer == everyone[got.index(True)].name
    assert [deed for _, deed in deeds(waiting)] == ["claimed"]


def test_claiming_what_one_has_changes_nothing(waiting: Engine, wang: Officer) -> None:
    claimed(waiting, wang)
    claimed(waiting, wang)
    assert deeds(waiting) == [("wang", "claimed")]


def test_an_answer_goes_out_once_in_the_officers_name(waiting: Engine, wang: Officer) -> None:
    claimed(waiting, wang)
    answer(waiting, wang, "  您好，请讲 ")
    answer(waiting, wang, "您好，请讲")
    said = story(waiting)[-1]
    assert (said.side, said.author, said.text, said.state) == ("officer", "wang", "民警：您好，请讲", "ready")
    assert len(story(waiting)) == 2
    assert deeds(waiting) == [("wang", "claimed"), ("wang", "answered")]


def test_the_audit_log_has_the_sentence_by_its_hash_only(waiting: Engine, wang: Officer) -> None:
    claimed(waiting, wang)
    answer(waiting, wang, "您的车牌是浙JA1234")
    with reading(waiting) as session, records(session) as chain:
        detail = chain.execute(sa.select(audit.AuditEntry.detail).filter_by(deed="answered")).scalar_one()
    assert "浙JA1234" not in detail
    assert "sha256" in detail


@pytest.mark.parametrize(("text", "why"), [("  \n ", "empty"), ("长" * 601, "long"), ("🚗" * 600, "long")])
def test_what_is_no_single_message_is_refused(waiting: Engine, wang: Officer, text: str, why: str) -> None:
    claimed(waiting, wang)
    with pytest.raises(BadText) as refused:
        answer(waiting, wang, text)
    assert refused.value.why == why
    assert len(story(waiting)) == 1


def test_nobody_answers_for_a_colleague(waiting: Engine, wang: Officer) -> None:
    li = hire(waiting, "li")
    with pytest.raises(NotYours):
        answer(waiting, wang, "还没接待")
    claimed(waiting, wang)
    for deed in (lambda: answer(waiting, li, "我来插一句"),
                 lambda: conversations.end(waiting, SENTENCES, li, KEY, "answered", later(90))):
        with pytest.raises(NotYours):
            deed()
    with pytest.raises(Hidden):
        conversations.note(waiting, li, KEY, "看看", later(90))
    assert deeds(waiting) == [("wang", "claimed")]


def test_the_end_is_said_and_the_bot_goes_on(waiting: Engine, wang: Officer) -> None:
    claimed(waiting, wang)
    conversations.end(waiting, SENTENCES, wang, KEY, "answered", later(120))
    assert holder(waiting).holder == "bot"
    assert (story(waiting)[-1].side, "转人工" in (story(waiting)[-1].text or "")) == ("system", True)
    (row,) = handling(waiting)
    assert (row.officer, row.reason, row.waited_since, row.begun_at) == ("wang", "asked", NOW, later(60))
    assert (row.ended_at, row.ended_as) == (later(120), "answered")


def test_an_end_has_a_reason(waiting: Engine, wang: Officer) -> None:
    claimed(waiting, wang)
    with pytest.raises(BadText):
        conversations.end(waiting, SENTENCES, wang, KEY, "whatever", later(120))
    assert holder(waiting).officer == "wang"


def test_an_agent_sees_who_waits_and_the_own_ones_only(waiting: Engine, wang: Officer) -> None:
    li, lead = hire(waiting, "li"), hire(waiting, "zhang", "lead")

    def sees(officer: Officer) -> bool:
        with reading(waiting) as session:
            try:
                return bool(conversations.visible(session, officer, KEY))
            except Hidden:
                return False

    assert [sees(officer) for officer in (wang, li, lead)] == [True, True, True]
    claimed(waiting, wang)
    assert [sees(officer) for officer in (wang, li, lead)] == [True, False, True]
    conversations.end(waiting, SENTENCES, wang, KEY, "answered", later(120))
    assert [sees(officer) for officer in (wang, li, lead)] == [False, False, True]
    with reading(waiting) as session, pytest.raises(Missing):
        conversations.visible(session, lead, ("wechat", "driver-9"))


def test_an_agent_takes_nothing_from_the_bot(engine: Engine, write: Write, wang: Officer) -> None:
    write("查违章")
    with pytest.raises(Hidden):
        conversations.claim(engine, wang, KEY, later(60))


def test_a_lead_takes_over_what_a_colleague_has(waiting: Engine, wang: Officer) -> None:
    lead = hire(waiting, "zhang", "lead")
    claimed(waiting, wang)
    with pytest.raises(Hidden):
        conversations.take_over(waiting, wang, KEY, later(70))
    assert not conversations.claim(waiting, lead, KEY, later(70))
    assert conversations.take_over(waiting, lead, KEY, later(80))
    assert holder(waiting).officer == "zhang"
    assert [(row.officer, row.ended_as) for row in handling(waiting)] == [("wang", "passed_on"), ("zhang", None)]


def test_it_is_passed_on_to_a_colleague_who_is_here(waiting: Engine, wang: Officer) -> None:
    hire(waiting, "li")
    claimed(waiting, wang)
    with pytest.raises(Missing):
        conversations.pass_on(waiting, wang, KEY, "li", later(70))
    assert sign_in(waiting, "li", PASSWORD, later(71))
    conversations.pass_on(waiting, wang, KEY, "li", later(72))
    assert holder(waiting).officer == "li"
    with pytest.raises(Hidden):
        conversations.pass_on(waiting, wang, KEY, "", later(73))


def test_it_is_put_back_into_the_queue(waiting: Engine, wang: Officer) -> None:
    claimed(waiting, wang)
    conversations.pass_on(waiting, wang, KEY, "", later(70))
    assert (holder(waiting).holder, holder(waiting).reason) == ("queue", "asked")


def test_a_closed_laptop_swallows_nobody(waiting: Engine, wang: Officer) -> None:
    token = sign_in(waiting, "wang", PASSWORD, NOW)
    assert token
    claimed(waiting, wang)
    with writing(waiting) as session:
        sessions.beat(session, token, later(200))
    assert conversations.return_abandoned(waiting, later(300)) == 0
    assert conversations.return_abandoned(waiting, later(400)) == 1
    assert holder(waiting).holder == "queue"
    assert deeds(waiting)[-1] == ("desk", "returned")
    assert handling(waiting)[-1].ended_as == handlings.ABSENT


def test_a_note_is_for_officers(waiting: Engine, wang: Officer) -> None:
    conversations.note(waiting, wang, KEY, "来过三次", later(10))
    with reading(waiting) as session:
        (kept,) = notes.of(session, *KEY)
    assert (kept.officer, kept.text) == ("wang", "来过三次")
    assert [line.text for line in story(waiting)] == ["我要找民警"]


def test_the_most_urgent_is_first_then_the_longest_waiting(engine: Engine, write: Write) -> None:
    from web.desk.queue import sorted_for

    for number, reason in enumerate(["asked", "unsure", "death", "no idea", "asked", "emergency"]):
        write("在吗", driver=f"driver-{number}", reason=reason, now=later(-number))
    with reading(engine) as session:
        lists = sorted_for(Officer(1, "wang", "agent", True, None), desk.entries(session))
    assert [entry.driver[-1] for entry in lists.waiting] == ["5", "2", "3", "1", "4", "0"]


def test_a_driver_who_leaves_the_queue_is_gone_from_it(waiting: Engine) -> None:
    from messages.conversations import leave_queue

    with writing(waiting) as session:
        assert leave_queue(session, *KEY, later(5))
        assert desk.entries(session) == []
        assert request_person(session, *KEY, "asked", later(6))
        assert len(desk.entries(session)) == 1
