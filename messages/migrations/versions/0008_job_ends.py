"""How sendings ended, told before anyone knew their number."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Adds the table."""
    op.create_table(
        "job_ends",
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("outside_id", sa.String(length=64), nullable=False),
        sa.Column("driver", sa.String(length=64), nullable=False),
        sa.Column("well", sa.Boolean(), nullable=False),
        sa.Column("why", sa.String(length=255), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("channel", "outside_id"),
    )
