from __future__ import annotations

import datetime
import pathlib
import zoneinfo

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.engine import Engine

from tests.traffic.conftest import NOW
from traffic.database import UTC, UtcDateTime, open_engine, reading, writing
from traffic.errors import NaiveTime
from traffic.numbers import next_number
from traffic.subscribers import Subscriber, follow

SHANGHAI = zoneinfo.ZoneInfo("Asia/Shanghai")
# Real moments seen from two places: the clock times that summer time skipped in 1986 to 1991 never were.
in_utc = st.datetimes(datetime.datetime(1980, 1, 1), datetime.datetime(2100, 1, 1), timezones=st.just(UTC))
moments = st.builds(datetime.datetime.astimezone, in_utc, st.sampled_from([UTC, SHANGHAI]))


def test_a_naive_time_is_refused(engine: Engine) -> None:
    with pytest.raises(sa.exc.StatementError) as refused, writing(engine) as session:
        follow(session, "anna", now=datetime.datetime(2026, 8, 3))
    assert isinstance(refused.value.orig, NaiveTime)


def test_a_moment_comes_back_as_the_same_moment_in_utc(engine: Engine) -> None:
    local = datetime.datetime(2026, 8, 3, 9, 30, 1, 250, tzinfo=SHANGHAI)
    with writing(engine) as session:
        follow(session, "anna", now=local)
    with reading(engine) as session:
        stored = session.get(Subscriber, "anna").followed_at
    assert (stored, stored.tzinfo) == (local, UTC)


@given(moments)
def test_sqlite_orders_stored_moments_as_they_happened(moment: datetime.datetime) -> None:
    kind, dialect = UtcDateTime(), sa.create_engine("sqlite://").dialect
    stored = kind.process_bind_param(moment, dialect)
    after = (moment.astimezone(UTC) + datetime.timedelta(seconds=1)).astimezone(moment.tzinfo)
    later = kind.process_bind_param(after, dialect)
    assert stored < later
    assert kind.process_result_value(stored, dialect) == moment.astimezone(UTC)


def test_what_is_raised_while_writing_leaves_nothing(engine: Engine) -> None:
    def follow_and_fail() -> None:
        with writing(engine) as session:
            follow(session, "anna", now=NOW)
            raise KeyError

    with pytest.raises(KeyError):
        follow_and_fail()
    with reading(engine) as session:
        assert session.get(Subscriber, "anna") is None


def test_sqlite_has_wal_foreign_keys_and_patience(tmp_path: pathlib.Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'made' / 'for' / 'you' / 'records.db'}")
    with engine.connect() as connection:
        told = [connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "foreign_keys", "busy_timeout")]
    engine.dispose()
    assert told == ["wal", 1, 5000]


def test_a_reader_is_not_kept_waiting_by_a_writer(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as writer:
        follow(writer, "anna", now=NOW)
        with reading(sqlite_engine) as reader:
            assert reader.get(Subscriber, "anna") is None


def test_numbers_are_four_digits_and_go_on_beyond(session: sa.orm.Session) -> None:
    day = datetime.date(2026, 8, 3)
    assert [next_number(session, "YY", day) for _ in range(2)] == ["YY2608030001", "YY2608030002"]
    session.execute(sa.text("UPDATE number_counters SET last = 9999"))
    assert next_number(session, "YY", day) == "YY26080310000"
    assert next_number(session, "TS", day) == "TS2608030001"
