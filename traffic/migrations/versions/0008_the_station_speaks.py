"""Where bulletins and articles come from, what was said once, and what a subscriber wants to hear and when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "bulletin_origins",
        sa.Column("bulletin_id", sa.Integer(), nullable=False),
        sa.Column("officer", sa.String(length=32), nullable=False),
        sa.Column("sentence", sa.String(length=500), nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("ended_early", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.ForeignKeyConstraint(["bulletin_id"], ["bulletins.id"], name="fk_bulletin_origins_bulletin_id"),
        sa.PrimaryKeyConstraint("bulletin_id", name="pk_bulletin_origins"),
    )
    op.create_table(
        "articles",
        sa.Column("announcement_id", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(length=32), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("pictures", sa.JSON(), nullable=False),
        sa.Column("history", sa.String(length=12), nullable=False),
        sa.Column("media", sa.String(length=128), nullable=True),
        sa.Column("publication", sa.String(length=64), nullable=True),
        sa.Column("why", sa.String(length=120), nullable=True),
        sa.ForeignKeyConstraint(["announcement_id"], ["announcements.id"], name="fk_articles_announcement_id"),
        sa.PrimaryKeyConstraint("announcement_id", name="pk_articles"),
    )
    op.create_index("ix_articles_publication", "articles", ["publication"])
    op.create_table(
        "sayings",
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("subscriber", sa.String(length=64), nullable=False),
        sa.Column("said_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_sayings"),
    )
    op.create_index("ix_sayings_said_at", "sayings", ["said_at"])
    _wishes()
    op.add_column("road_subscriptions",
                  sa.Column("only_closures", sa.Boolean(), nullable=False, server_default=sa.false()))


def _wishes() -> None:
    op.create_table(
        "reminder_switches",
        sa.Column("subscriber", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("off_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("subscriber", "kind", name="pk_reminder_switches"),
    )
    op.create_table(
        "quiet_hours",
        sa.Column("subscriber", sa.String(length=64), nullable=False),
        sa.Column("begins", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.PrimaryKeyConstraint("subscriber", name="pk_quiet_hours"),
    )
    op.create_table(
        "subscriber_tags",
        sa.Column("subscriber", sa.String(length=64), nullable=False),
        sa.Column("tag", sa.String(length=16), nullable=False),
        sa.Column("given_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("subscriber", "tag", name="pk_subscriber_tags"),
    )
    op.create_index("ix_subscriber_tags_tag", "subscriber_tags", ["tag"])


def downgrade() -> None:
    """Back; what was said once may be said again."""
    op.drop_column("road_subscriptions", "only_closures")
    for table in ("subscriber_tags", "quiet_hours", "reminder_switches", "sayings", "articles", "bulletin_origins"):
        op.drop_table(table)
