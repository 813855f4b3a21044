"""Forgetting a driver on demand: what the desk wrote about one. The audit log stays; it holds no words."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from web.desk.tables import handlings, notes


def erase(session: Connection, channel: str, driver: str) -> None:
    """Deletes the notes on a driver and who handled the conversation."""
    for table in (notes, handlings):
        session.execute(sa.delete(table).where(table.c.channel == channel, table.c.driver == driver))
