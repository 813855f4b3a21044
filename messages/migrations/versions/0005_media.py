"""Pictures that drivers sent, from their note at receipt to the kept file."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Creates the table."""
    op.create_table(
        "media",
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("driver", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("reference", sa.String(length=255), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=20)),
        sa.Column("path", sa.String(length=80)),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("not_before", MOMENT),
        sa.Column("fetched_at", MOMENT),
        sa.PrimaryKeyConstraint("channel", "key"),
    )
    op.create_index("media_by_state", "media", ["state", "channel", "received_at"])
    op.create_index("media_by_driver", "media", ["channel", "driver"])


def downgrade() -> None:
    """Drops it; the files stay."""
    op.drop_table("media")
