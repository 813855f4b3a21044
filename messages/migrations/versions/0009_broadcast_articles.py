"""The article that a broadcast carries, as it was when the broadcast was written."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Adds the column."""
    op.add_column("broadcasts", sa.Column("article", sa.JSON(), nullable=True))
