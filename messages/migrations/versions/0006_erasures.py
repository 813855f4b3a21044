"""Who is to be erased in the rooms that the post room doesn't know."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Creates the table."""
    op.create_table(
        "erasures",
        sa.Column("id", NUMBER, sa.Identity(always=False), primary_key=True),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("driver", sa.String(length=64), nullable=False),
        sa.Column("room", sa.String(length=16), nullable=False),
        sa.Column("photos", sa.JSON(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("channel", "driver", "room", name="erasures_once"),
    )


def downgrade() -> None:
    """Drops it."""
    op.drop_table("erasures")
