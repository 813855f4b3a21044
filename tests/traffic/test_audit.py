from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from tests.traffic.conftest import NOW
from traffic import audit
from traffic.database import reading, writing


@pytest.fixture
def chain(session: Session) -> Session:
    for number in range(4):
        audit.record(session, "officer1", "looked", f"vehicle:{number}", {"fields": ["plate"]}, now=NOW)
    return session


def test_an_untouched_chain_is_whole(chain: Session) -> None:
    assert audit.first_broken(chain) is None


@pytest.mark.parametrize(("change", "broken"), [
    ("UPDATE audit_entries SET actor = 'nobody' WHERE id = 2", 2),
    ("UPDATE audit_entries SET detail = '{}' WHERE id = 4", 4),
    ("DELETE FROM audit_entries WHERE id = 1", 2), ("DELETE FROM audit_entries WHERE id = 3", 4),
    ("DELETE FROM audit_entries WHERE id = 4", -1), ("DELETE FROM audit_entries", -1)])
def test_what_was_changed_or_removed_is_noticed(chain: Session, change: str, broken: int) -> None:
    chain.execute(sa.text(change))
    chain.expire_all()
    assert audit.first_broken(chain) == broken


def test_many_at_once_make_one_chain(engine: Engine) -> None:
    def write(number: int) -> None:
        for _ in range(5):
            with writing(engine) as session:
                audit.record(session, f"officer{number}", "looked", "x")

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reading(engine) as session:
        assert audit.first_broken(session) is None
        assert session.execute(sa.select(audit.AuditHead.entries)).scalar_one() == 20
