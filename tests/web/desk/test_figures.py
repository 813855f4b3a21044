from __future__ import annotations

import datetime
import os
import time
import zoneinfo

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from messages.database import reading, writing
from messages.tables import follows, inbox, ratings, understandings
from tests.web.desk.conftest import NOW, later
from web.desk import handlings
from web.desk.figures import Figures, figures, median
from web.desk.plots import plots

ZONE = zoneinfo.ZoneInfo("Asia/Shanghai")
SINCE, UNTIL = datetime.datetime(2026, 5, 5, 16, tzinfo=datetime.timezone.utc), later(86400)
MANY = int(os.environ.get("WEIJING_FIGURE_MESSAGES", "2000"))  # the full size is 100000


def write(engine: Engine, count: int) -> None:
    """One message a minute; every tenth went to an officer, every fifth was not understood."""
    came, read = [], []
    for number in range(1, count + 1):
        at = NOW + datetime.timedelta(seconds=40000 * number / count)
        came.append({"id": number, "channel": "wechat", "driver": f"d{number % 700}", "key": str(number),
                     "kind": "text", "text": f"问题{number}", "details": {}, "received_at": at, "attempts": 1,
                     "state": "held" if number % 10 == 0 else "done"})
        unsure = number % 5 == 0
        read.append({"inbox_id": number, "channel": "wechat", "driver": f"d{number % 700}", "at": at, "confidence": 0.9,
                     "intent": "nlu_fallback" if unsure else "pay_fine", "answer": None if unsure else "pay_fine/how",
                     "ranking": []})
    with writing(engine) as session:
        session.execute(sa.insert(inbox), came)
        session.execute(sa.insert(understandings), read)


def counted(engine: Engine) -> Figures:
    with reading(engine) as session:
        return figures(session, SINCE, UNTIL, ZONE)


def test_what_is_counted(engine: Engine) -> None:
    write(engine, 100)
    with writing(engine) as session:
        session.execute(sa.insert(follows).values(channel="wechat", driver="d1", event="scan", scene="window-3",
                                                  at=NOW))
        session.execute(sa.insert(ratings).values(channel="wechat", driver="d1", about=1, stars=3, at=NOW))
        handlings.begin(session, "wechat", "d1", "wang", "asked", NOW, later(90))
        handlings.end(session, "wechat", "d1", "answered", later(390))
    found = counted(engine)
    assert (found.messages, found.handed_over, found.by_bot) == (100, 10, 0.9)
    assert sum(found.hours) == sum(found.days.values()) == 100
    assert found.hours[9] > 0
    assert found.hours[3] == 0
    assert list(found.days) == [datetime.date(2026, 5, 6), datetime.date(2026, 5, 7)][:len(found.days)]
    assert found.topics == [("pay_fine/how", 80)]
    assert (found.unclear_count, found.unclear[0]) == (20, "问题100")
    assert (found.stars, found.counters) == ({3: 1}, [("window-3", 1)])
    assert [(each.waited, each.handled) for each in found.times] == [(90, 300)]


def test_of_nothing_there_is_no_share(engine: Engine) -> None:
    found = counted(engine)
    assert (found.messages, found.by_bot, median([])) == (0, None, None)


def test_every_plot_is_drawn_also_of_nothing(engine: Engine) -> None:
    empty = counted(engine)
    write(engine, 60)
    for name, draw in plots(str).items():
        for found in (empty, counted(engine)):
            assert b"<svg" in draw(found)[:2000], name


def test_a_month_of_messages_is_counted_quickly(engine: Engine) -> None:
    write(engine, MANY)
    began = time.perf_counter()
    assert counted(engine).messages == MANY
    took = time.perf_counter() - began
    print(f"figures of {MANY} messages: {took:.2f} s")
    assert took < 10
