"""What was understood of each message, and how drivers rated an officer's help."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

MOMENT = sa.DateTime(timezone=True)


def _driver() -> tuple[sa.Column, sa.Column]:
    return sa.Column("channel", sa.String(16), nullable=False), sa.Column("driver", sa.String(64), nullable=False)


def upgrade() -> None:
    """Creates the tables."""
    op.create_table(
        "understandings",
        sa.Column("inbox_id", sa.BigInteger(), primary_key=True, autoincrement=False), *_driver(),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("intent", sa.String(80), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("answer", sa.String(120)),
        sa.Column("ranking", sa.JSON(), nullable=False),
    )
    op.create_index("understandings_by_time", "understandings", ["at"])
    op.create_index("understandings_by_driver", "understandings", ["channel", "driver", "inbox_id"])
    op.create_table(
        "ratings", *_driver(),
        sa.Column("about", sa.BigInteger(), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("channel", "driver", "about"),
    )
    op.create_index("ratings_by_time", "ratings", ["at"])
