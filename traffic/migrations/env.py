"""What Alembic runs: always inside the connection that `traffic.migrations.upgrade` opened."""

from __future__ import annotations

from typing import Any

from alembic import context

from traffic.migrations import VERSION_TABLE
from traffic.tables import metadata


def ours(thing: Any, name: str | None, kind: str, reflected: bool, _other: Any) -> bool:
    """Leaves the tables of other rooms in the same database alone."""
    return not (kind == "table" and reflected and name not in metadata.tables)


context.configure(connection=context.config.attributes["connection"], target_metadata=metadata,
                  version_table=VERSION_TABLE, include_object=ours, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
