"""The inbox's first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def _id() -> sa.Column:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column("id", number, sa.Identity(always=False), primary_key=True)


def upgrade() -> None:
    """Creates them."""
    op.create_table(
        "training_groups", _id(),
        sa.Column("head", sa.Text, nullable=False),
        sa.Column("drivers", sa.Integer, nullable=False),
        sa.Column("messages", sa.Integer, nullable=False),
        sa.Column("teach", sa.Float, nullable=False),
        sa.Column("confidence", sa.Float, nullable=False),
        sa.Column("reasons", sa.JSON, nullable=False),
        sa.Column("suggestions", sa.JSON, nullable=False),
        sa.Column("nearest", sa.JSON, nullable=False),
        sa.Column("answer", sa.Text),
        sa.Column("open", sa.Boolean, nullable=False, default=True),
        sa.Index("training_groups_by_teach", "open", "teach"),
    )
    op.create_table(
        "training_sentences", _id(),
        sa.Column("group_id", sa.BigInteger, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("marks", sa.JSON, nullable=False),
        sa.Column("messages", sa.Integer, nullable=False),
        sa.Column("confidence", sa.Float, nullable=False),
        sa.Column("intent", sa.String(80), nullable=False),
        sa.Index("training_sentences_by_group", "group_id"),
    )
    op.create_table(
        "training_labels", _id(),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("marks", sa.JSON, nullable=False),
        sa.Column("label", sa.String(128), nullable=False),
        sa.Column("sensitive", sa.Boolean, nullable=False, default=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("batch", sa.String(32), nullable=False),
        sa.Column("group_id", sa.BigInteger, nullable=False),
        sa.Column("officer", sa.String(32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("second", sa.String(32)),
        sa.Column("second_label", sa.String(128)),
        sa.Column("second_at", sa.DateTime(timezone=True)),
        sa.Column("refused", sa.String(255)),
        sa.Column("applied_at", sa.DateTime(timezone=True)),
        sa.Column("applied_by", sa.String(32)),
        sa.Index("training_labels_by_key", "key"),
        sa.Index("training_labels_by_state", "state"),
        sa.Index("training_labels_by_batch", "batch"),
    )
    op.create_table(
        "training_answers", _id(),
        sa.Column("label", sa.String(128), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("law", sa.String(255)),
        sa.Column("owner", sa.String(64)),
        sa.Column("review", sa.String(10)),
        sa.Column("officer", sa.String(32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("batch", sa.String(32), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
    )
    op.create_table(
        "training_log", _id(),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.String(32), nullable=False),
        sa.Column("deed", sa.String(32), nullable=False),
        sa.Column("detail", sa.JSON, nullable=False),
        sa.Index("training_log_by_time", "at"),
    )
