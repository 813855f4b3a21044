from __future__ import annotations

import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from messages import outbox, retention
from messages.clock import utc_now
from messages.database import reading, writing
from messages.quotas import Grant
from messages.replies import Reply
from messages.tables import allowances, conversations, inbox
from messages.tables import outbox as rows_out
from tests.messages.conftest import Write

MONTH = datetime.timedelta(days=30)


def count(engine: Engine, table: sa.Table) -> int:
    with reading(engine) as session:
        return session.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def test_what_ended_long_ago_leaves_and_what_is_promised_stays(engine: Engine, write: Write) -> None:
    long_ago = utc_now() - 2 * MONTH
    for number in range(25):
        message = write(driver=f"old-{number}", now=long_ago, turn=False, grants=(Grant("message", 5, 60),))
        with writing(engine) as session:
            outbox.append(session, "wechat", f"old-{number}", [Reply("旧")], long_ago, message=message, state="sent")
    promised = write(driver="waits", now=long_ago)
    with writing(engine) as session:
        outbox.append(session, "wechat", "waits", [Reply("欠的")], long_ago, message=promised)
    fresh = write(driver="new", now=utc_now(), turn=False)
    assert retention.remove_old(engine, keep=MONTH, batch=10) == 25 * 4
    assert (count(engine, inbox), count(engine, rows_out), count(engine, allowances)) == (2, 1, 0)
    assert count(engine, conversations) == 2
    assert fresh
    assert retention.remove_old(engine, keep=MONTH) == 0
