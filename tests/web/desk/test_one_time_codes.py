from __future__ import annotations

import datetime

import pyotp
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from messages.database import reading, writing
from tests.web.desk.conftest import NOW, PASSWORD, later
from web.desk import one_time_codes
from web.desk.errors import BadText
from web.desk.officers import Officer
from web.desk.one_time_codes import Codes
from web.desk.sign_in import sign_in
from web.desk.tables import officers

SECRET = one_time_codes.new_secret()
CODES = Codes("s" * 40)


def code(at: datetime.datetime) -> str:
    return pyotp.TOTP(SECRET).at(at)


@pytest.fixture
def enrolled(engine: Engine, wang: Officer) -> Engine:
    with writing(engine) as session:
        CODES.enrol(session, wang.id, SECRET, code(NOW), NOW)
    return engine


def enter(engine: Engine, typed: str, at: datetime.datetime) -> bool:
    return sign_in(engine, "wang", PASSWORD, at, typed, CODES) is not None


def test_who_has_no_codes_needs_none(engine: Engine, wang: Officer) -> None:
    assert enter(engine, "", NOW)


def test_password_and_code_of_the_moment_open(enrolled: Engine) -> None:
    for seconds in (60, 120):
        assert enter(enrolled, f" {code(later(seconds))} ", later(seconds))


def test_without_a_code_or_with_an_old_used_or_invented_one_nothing_opens(enrolled: Engine) -> None:
    assert enter(enrolled, code(later(300)), later(300))
    for wrong in ("", code(later(300)), code(NOW), "000000", "１２３４５６", "x" * 6):
        assert not enter(enrolled, wrong, later(301))


def test_a_clock_that_is_half_a_minute_off_is_forgiven(enrolled: Engine) -> None:
    assert enter(enrolled, code(later(300)), later(330))
    assert not enter(enrolled, code(later(600)), later(700))


def test_wrong_codes_lock_as_wrong_passwords_do(enrolled: Engine) -> None:
    for _ in range(5):
        assert not enter(enrolled, "000000", later(300))
    assert not enter(enrolled, code(later(301)), later(301))


def test_a_wrong_first_code_enrols_nobody(engine: Engine, wang: Officer) -> None:
    with writing(engine) as session, pytest.raises(BadText):
        CODES.enrol(session, wang.id, SECRET, "000000", NOW)
    with reading(engine) as session:
        assert not one_time_codes.has_codes(session, wang.id)


def test_the_table_holds_no_secret_that_makes_codes(enrolled: Engine) -> None:
    with reading(enrolled) as session:
        assert SECRET not in str(session.execute(sa.select(officers)).all())


def test_another_secret_of_the_station_opens_nothing(enrolled: Engine) -> None:
    at = later(300)
    assert sign_in(enrolled, "wang", PASSWORD, at, code(at), Codes("t" * 40)) is None


def test_an_administrator_resets_a_lost_phone(enrolled: Engine) -> None:
    with writing(enrolled) as session:
        one_time_codes.reset(session, "wang")
    assert enter(enrolled, "", later(60))


def test_the_picture_is_an_svg_of_our_own() -> None:
    assert one_time_codes.picture_of(SECRET, "wang", "杜桥交警").startswith("data:image/svg+xml")
