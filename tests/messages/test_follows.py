from __future__ import annotations

import datetime

from sqlalchemy.engine import Engine

from messages import follows
from messages.clock import utc_now
from messages.database import reading, writing
from messages.follows import Counts


def test_who_leaves_counts_where_the_last_follow_came_from(engine: Engine) -> None:
    begin = utc_now()
    happened = [("d1", "followed", "window-3"), ("d1", "left", ""), ("d1", "followed", "window-5"), ("d1", "left", ""),
                ("d2", "followed", ""), ("d2", "scanned", "window-3"), ("d3", "left", "")]
    with writing(engine) as session:
        for number, (driver, event, scene) in enumerate(happened):
            at = begin + datetime.timedelta(seconds=number)
            follows.record(session, "wechat", driver, event, scene, at)
    with reading(engine) as session:
        counted = follows.counts(session, begin, begin + datetime.timedelta(minutes=1))
        later = follows.counts(session, begin + datetime.timedelta(minutes=1), begin + datetime.timedelta(minutes=2))
    assert counted == {"": Counts(1, 0, 1), "window-3": Counts(1, 1, 1), "window-5": Counts(1, 0, 1)}
    assert later == {}
