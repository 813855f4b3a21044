from __future__ import annotations

import concurrent.futures
import pathlib

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from bot.settings import load_station
from messages.conversations import request_person
from messages.database import open_engine, reading, writing
from messages.inbox import Incoming, receive
from tests.web.desk.conftest import NOW, hire, later, upgrade
from traffic import audit
from web.desk import canned_answers, conversations, sessions
from web.desk.database import VERSION_TABLE, records
from web.desk.database import upgrade as upgrade_desk
from web.desk.errors import NewerSchema
from web.desk.officers import Officer
from web.desk.sentences import Sentences
from web.desk.tables import metadata

KEY = ("wechat", "driver-1")


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: pathlib.Path) -> str:
    sqlite = request.param == "sqlite"
    return f"sqlite:///{tmp_path / 'empty.db'}" if sqlite else request.getfixturevalue("postgresql_url")


def test_the_migrations_make_the_tables_and_again_changes_nothing(empty: str) -> None:
    upgrade_desk(empty)
    upgrade_desk(empty)
    engine = open_engine(empty)
    with reading(engine) as session:
        context = MigrationContext.configure(session, opts={
            "version_table": VERSION_TABLE, "include_object": lambda thing, name, kind, reflected, other:
            not (kind == "table" and reflected and name not in metadata.tables)})
        assert compare_metadata(context, metadata) == []
        assert len(canned_answers.everything(session)) == 7
    engine.dispose()


def test_a_newer_database_is_left_alone(empty: str) -> None:
    upgrade_desk(empty)
    engine = open_engine(empty)
    with writing(engine) as session:
        session.execute(sa.text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(NewerSchema, match="update the program"):
        upgrade_desk(empty)


def test_a_whole_conversation_on_either_database(empty: str) -> None:
    upgrade(empty)
    engine = open_engine(empty)
    officers = [hire(engine, name) for name in ("wang", "li", "zhao")]
    with writing(engine) as session:
        receive(session, Incoming("wechat", "driver-1", "key", "text", "转人工"), NOW, 0)
        request_person(session, *KEY, "asked", NOW)
        sessions.begin(session, officers[0].id, NOW)
        assert sessions.present(session, later(1)) == {"wang"}

    def claim(officer: Officer) -> bool:
        return conversations.claim(engine, officer, KEY, later(60))

    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        got = list(pool.map(claim, officers))
    assert got.count(True) == 1
    winner, sentences = officers[got.index(True)], Sentences(load_station())
    for _ in range(2):
        conversations.answer(engine, sentences, winner, KEY, "您好", "form-0001", later(90))
    conversations.end(engine, sentences, winner, KEY, "answered", later(120))
    with reading(engine) as session, records(session) as chain:
        deeds = chain.execute(sa.select(audit.AuditEntry.deed).order_by(audit.AuditEntry.id)).scalars().all()
        assert deeds == ["claimed", "answered", "ended"]
        assert audit.first_broken(chain) is None
    engine.dispose()
