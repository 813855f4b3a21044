"""Forgetting a driver on demand."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.tables import (
    allowances,
    choices,
    conversations,
    follows,
    inbox,
    media,
    outbox,
    ratings,
    understandings,
)


def erase(session: Connection, channel: str, driver: str) -> None:
    """Deletes all that the post room knows of the driver."""
    for table in (choices, allowances, follows, understandings, ratings, media, outbox, inbox,
                  conversations):
        session.execute(sa.delete(table).where(table.c.channel == channel, table.c.driver == driver))
