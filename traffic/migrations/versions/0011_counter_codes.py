"""Codes by which the counter binds who has no frame or file number at hand."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from traffic.database import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "counter_codes",
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("subscriber", sa.String(length=64), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_counter_codes"),
        sa.UniqueConstraint("subscriber", name="uq_counter_codes_subscriber"),
    )


def downgrade() -> None:
    """Back; codes that were given out no longer count."""
    op.drop_table("counter_codes")
