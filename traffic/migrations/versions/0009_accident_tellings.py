"""What each driver of an accident case was told last, so that everything is told once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.add_column("accident_parties", sa.Column("told", sa.String(length=60), nullable=True))


def downgrade() -> None:
    """Back; what was told is forgotten."""
    with op.batch_alter_table("accident_parties") as batch:
        batch.drop_column("told")
