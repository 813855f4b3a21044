"""Puts one thing into the post room once, after the driver's own quiet hours."""

from __future__ import annotations

import datetime
from typing import Mapping, Optional

from sqlalchemy.engine import Connection

from messages import desk, pushes
from messages.pushes import Push
from traffic.opening_days import station_zone
from traffic.sayings import say_once
from traffic.subscriber_wishes import quiet_hours, quiet_until
from web.desk.database import records

CHANNEL = "wechat"


def say(session: Connection, driver: str, key: str, topic: str, text: str, fields: Mapping[str, str],
        now: datetime.datetime, until: Optional[datetime.datetime] = None, urgent: bool = False,
        not_before: Optional[datetime.datetime] = None) -> bool:
    """Plans it, not before that moment, unless it was said before; the record of it and the row stand or fall together.

    What is `urgent` waits for the end of the driver's own quiet hours, not for that of the station's. Who never had a
    conversation gets it by the channel that the account has.
    """
    with records(session) as traffic:
        if not say_once(traffic, key, driver, now):
            return False
        own = quiet_hours(traffic, driver)
    loud = quiet_until(max(now, not_before or now).astimezone(station_zone()), own)
    channel = desk.channel_of(session, driver) or CHANNEL
    push = Push(key, topic, text, fields, not_before=loud if loud > now else None, until=until,
                urgent=urgent)
    return pushes.plan(session, channel, driver, push, now) is not None
