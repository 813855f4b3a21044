from __future__ import annotations

import concurrent.futures
import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from messages.database import reading, writing
from tests.web.desk.conftest import NOW, PASSWORD, later
from traffic import audit
from web.desk import officers, passwords, sessions
from web.desk.database import records
from web.desk.officers import Officer
from web.desk.sign_in import sign_in
from web.desk.tables import officer_sessions

HALF_HOUR, QUARTER = 30 * 60, 15 * 60


def who(engine: Engine, token: str, now: datetime.datetime) -> Officer | None:
    with reading(engine) as session:
        return sessions.who(session, token, now)


def signed_in(engine: Engine) -> str:
    token = sign_in(engine, "wang", PASSWORD, NOW)
    assert token
    return token


@pytest.fixture(autouse=True)
def _wang(wang: Officer) -> None:
    """Everybody here is wang."""


def test_name_and_password_open_a_session(engine: Engine) -> None:
    token = signed_in(engine)
    assert who(engine, token, later(1)).name == "wang"
    assert who(engine, token + "x", later(1)) is None
    with reading(engine) as session:
        assert token not in str(session.execute(sa.select(officer_sessions)).all())


def test_wrong_and_unknown_open_nothing(engine: Engine) -> None:
    assert sign_in(engine, "wang", "something-else", NOW) is None
    assert sign_in(engine, "nobody", PASSWORD, NOW) is None


def test_after_five_wrong_ones_even_the_right_one_waits_a_quarter_of_an_hour(engine: Engine) -> None:
    for _ in range(5):
        assert sign_in(engine, "wang", "something-else", NOW) is None
    assert sign_in(engine, "wang", PASSWORD, later(QUARTER - 1)) is None
    assert sign_in(engine, "wang", PASSWORD, later(QUARTER + 1))


def test_a_right_one_begins_the_count_anew(engine: Engine) -> None:
    for _ in range(3):
        for _ in range(4):
            sign_in(engine, "wang", "something-else", NOW)
        assert sign_in(engine, "wang", PASSWORD, NOW)


def test_many_at_once_are_still_five_tries(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    looked = []
    monkeypatch.setattr(passwords, "fits", lambda stored, password: looked.append(stored) or False)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: sign_in(engine, "wang", "something-else", NOW), range(16)))
    assert len([stored for stored in looked if stored]) == 5


def test_half_an_hour_without_a_deed_ends_the_session(engine: Engine) -> None:
    token = signed_in(engine)
    with writing(engine) as session:
        sessions.beat(session, token, later(HALF_HOUR - 1))
    assert who(engine, token, later(HALF_HOUR - 1))
    assert who(engine, token, later(HALF_HOUR + 1)) is None


def test_a_deed_keeps_it_running_but_not_longer_than_a_shift(engine: Engine) -> None:
    token = signed_in(engine)
    for minutes in range(20, 12 * 60, 20):
        assert who(engine, token, later(minutes * 60))
        with writing(engine) as session:
            sessions.touch(session, token, later(minutes * 60))
    assert who(engine, token, later(12 * 3600 + 1)) is None


def test_present_is_whose_page_is_open(engine: Engine) -> None:
    token = signed_in(engine)
    with writing(engine) as session:
        assert sessions.present(session, later(60)) == {"wang"}
        assert sessions.present(session, later(200)) == set()
        sessions.beat(session, token, later(190))
        assert sessions.present(session, later(200)) == {"wang"}


def test_signing_out_a_new_password_and_dismissal_end_sessions(engine: Engine) -> None:
    for ending in (lambda session, token: sessions.end(session, token),
                   lambda session, token: officers.reset(session, "wang", PASSWORD),
                   lambda session, token: officers.dismiss(session, "wang")):
        token = signed_in(engine)
        with writing(engine) as session:
            ending(session, token)
        assert who(engine, token, later(1)) is None
    assert sign_in(engine, "wang", PASSWORD, NOW) is None


def test_signing_in_and_being_locked_are_in_the_audit_log(engine: Engine) -> None:
    signed_in(engine)
    for _ in range(5):
        sign_in(engine, "wang", "something-else", NOW)
    with reading(engine) as session, records(session) as chain:
        deeds = chain.execute(sa.select(audit.AuditEntry.deed).order_by(audit.AuditEntry.id)).scalars().all()
        assert deeds == ["signed_in", "locked"]
        assert audit.first_broken(chain) is None
