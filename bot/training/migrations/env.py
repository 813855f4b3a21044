"""Runs the inbox's migrations in one transaction, one process at a time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context

from bot.training.database import VERSION_TABLE
from bot.training.tables import metadata
from messages.database import writing

LOCK = 0x74656163  # any number of our own; PostgreSQL's advisory locks share one space


def _run() -> None:
    with writing(context.config.attributes["engine"]) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:n)"), {"n": LOCK})
        context.configure(connection=connection, target_metadata=metadata, version_table=VERSION_TABLE)
        context.run_migrations()


_run()
