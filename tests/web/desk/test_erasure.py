from __future__ import annotations

from sqlalchemy.engine import Engine

from messages.database import writing
from tests.web.desk.conftest import NOW
from web.desk import handlings, notes
from web.desk.erasure import erase


def test_a_driver_is_forgotten_and_no_other(engine: Engine) -> None:
    with writing(engine) as session:
        for driver in ("driver-1", "driver-2"):
            notes.add(session, "wechat", driver, "wang", "来过", NOW)
            handlings.begin(session, "wechat", driver, "wang", "asked", NOW, NOW)
        erase(session, "wechat", "driver-1")
        assert notes.of(session, "wechat", "driver-1") == []
        assert len(notes.of(session, "wechat", "driver-2")) == 1
        left = session.execute(handlings.table.select()).all()
        assert [row.driver for row in left] == ["driver-2"]
