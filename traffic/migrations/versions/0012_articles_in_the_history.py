"""Where an article stands in WeChat's history is known to the post room (`publications`), not to the records."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.drop_index("ix_articles_publication", table_name="articles")
    with op.batch_alter_table("articles") as table:
        for name in ("history", "media", "publication", "why"):
            table.drop_column(name)


def downgrade() -> None:
    """Back; nothing was ever written into these columns."""
    with op.batch_alter_table("articles") as table:
        table.add_column(sa.Column("history", sa.String(length=12), nullable=False, server_default="none"))
        table.add_column(sa.Column("media", sa.String(length=128), nullable=True))
        table.add_column(sa.Column("publication", sa.String(length=64), nullable=True))
        table.add_column(sa.Column("why", sa.String(length=120), nullable=True))
    op.create_index("ix_articles_publication", "articles", ["publication"])
