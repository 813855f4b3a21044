"""Road news on chosen days of the week; bulletins of chosen days and hours (每天7时至9时)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    for name in ("road_subscriptions", "bulletins"):
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column("days", sa.String(length=7), nullable=False, server_default="1234567"))
    with op.batch_alter_table("bulletins") as table:
        table.add_column(sa.Column("hours", sa.String(length=60), nullable=False, server_default=""))


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("bulletins") as table:
        table.drop_column("hours")
        table.drop_column("days")
    with op.batch_alter_table("road_subscriptions") as table:
        table.drop_column("days")
