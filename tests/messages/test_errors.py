from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from messages.database import open_engine, writing
from messages.errors import BadDriver, FenceLost, describe
from messages.tables import conversations, inbox

PLATE = "浙JA1234"


def error_of(engine: Engine, statement: sa.sql.Executable) -> str:
    with pytest.raises(SQLAlchemyError) as caught, writing(engine) as session:
        session.execute(statement)
    return describe(caught.value)


def test_the_database_names_what_is_wrong_and_not_what_was_bound(engine: Engine) -> None:
    said = error_of(engine, sa.text("SELECT * FROM nowhere WHERE text = :text").bindparams(text=PLATE))
    assert "nowhere" in said
    assert PLATE not in said
    assert "SELECT" not in said


def test_a_row_that_is_there_already_is_not_shown(engine: Engine) -> None:
    row = {"channel": "wechat", "driver": PLATE, "holder": "bot", "since": None, "fence": 0, "question": False}
    said = error_of(engine, sa.insert(conversations).values(**row))
    assert "since" in said
    assert PLATE not in said


def test_a_value_that_fits_no_column_is_not_shown() -> None:
    class Orig(Exception):
        pass

    error = sa.exc.DataError("INSERT …", {"text": PLATE}, Orig(f'invalid input syntax for type integer: "{PLATE}"'))
    assert describe(error) == "DataError"


def test_a_database_that_cannot_be_opened_is_named(tmp_path: object) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/no/such/m.db")
    assert error_of(engine, sa.select(inbox)) == "OperationalError: unable to open database file"


def test_our_own_words_are_kept_and_a_stranger_s_are_not() -> None:
    assert describe(FenceLost("another process has the turn")) == "FenceLost: another process has the turn"
    assert describe(BadDriver("an identity")) == "BadDriver: an identity"
    assert describe(ValueError(PLATE)) == "ValueError"


def test_a_cause_in_the_database_is_named() -> None:
    error = RuntimeError(PLATE)
    error.__cause__ = sa.exc.OperationalError("SELECT …", {"text": PLATE}, Exception("disk I/O error"))
    assert describe(error) == "RuntimeError: OperationalError: disk I/O error"
