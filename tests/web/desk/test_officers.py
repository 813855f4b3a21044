from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from messages.database import reading, writing
from tests.web.desk.conftest import NOW, PASSWORD, hire
from web.desk import officers, passwords
from web.desk.errors import BadOfficer, NoSuchOfficer


def test_a_password_is_kept_as_argon2id_only(engine: Engine) -> None:
    hire(engine, "wang")
    with reading(engine) as session:
        stored = session.execute(sa.select(officers.officers.c.password)).scalar_one()
    assert stored.startswith("$argon2id$")
    assert passwords.fits(stored, PASSWORD)
    assert not passwords.fits(stored, PASSWORD + "x")


@pytest.mark.parametrize("name", ["bot", "System", "a", "wang li", "<b>", "x" * 33, "", "../etc"])
def test_an_odd_name_is_refused(engine: Engine, name: str) -> None:
    with pytest.raises(BadOfficer):
        hire(engine, name)


def test_a_chinese_name_is_a_name(engine: Engine) -> None:
    assert hire(engine, "王警官").name == "王警官"


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaa", "wang-wang-wang-7", "x" * 129])
def test_an_easy_password_is_refused(engine: Engine, password: str) -> None:
    with writing(engine) as session, pytest.raises(BadOfficer):
        officers.add(session, "wang", "agent", password, NOW)


def test_a_role_that_is_none_is_refused(engine: Engine) -> None:
    with pytest.raises(BadOfficer, match="agent, lead, maintainer, admin"):
        hire(engine, "wang", "boss")


def test_a_name_is_given_once(engine: Engine) -> None:
    hire(engine, "wang")
    with pytest.raises(BadOfficer, match="reset wang"):
        hire(engine, "wang")


def test_each_role_may_what_it_is_for(engine: Engine) -> None:
    deeds = ("answer", "supervise", "teach", "manage")
    hired = [hire(engine, f"the-{role}", role) for role in officers.ROLES]
    may = {officer.role: [deed for deed in deeds if officer.may(deed)] for officer in hired}
    assert may == {"agent": ["answer"], "lead": ["answer", "supervise"], "maintainer": ["teach"],
                   "admin": list(deeds)}


def test_who_is_not_there_cannot_be_reset(engine: Engine) -> None:
    with writing(engine) as session, pytest.raises(NoSuchOfficer):
        officers.reset(session, "nobody", PASSWORD)


def test_an_invented_password_is_good_enough_and_never_the_same() -> None:
    made = {passwords.invented() for _ in range(20)}
    assert len(made) == 20
    for password in made:
        passwords.check_strength("wang", password)
