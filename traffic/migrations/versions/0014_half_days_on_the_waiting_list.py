"""Who waits for mornings or afternoons only is told of no other place."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    with op.batch_alter_table("waiting_list") as table:
        table.add_column(sa.Column("part_of_day", sa.String(length=10), nullable=True))


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("waiting_list") as table:
        table.drop_column("part_of_day")
