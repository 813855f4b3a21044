"""What the maintainers' inbox holds: groups of sentences that would teach, and what people said they mean."""

from __future__ import annotations

import sqlalchemy as sa

from messages.tables import UtcTime

metadata = sa.MetaData()

STATES = ("waiting_second", "disagreed", "ready", "applied", "ignored", "undone")


def _id() -> sa.Column[int]:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column("id", number, sa.Identity(always=False), primary_key=True)


training_groups = sa.Table(
    "training_groups", metadata, _id(),
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

training_sentences = sa.Table(
    "training_sentences", metadata, _id(),
    sa.Column("group_id", sa.BigInteger, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("marks", sa.JSON, nullable=False),
    sa.Column("messages", sa.Integer, nullable=False),
    sa.Column("confidence", sa.Float, nullable=False),
    sa.Column("intent", sa.String(80), nullable=False),
    sa.Index("training_sentences_by_group", "group_id"),
)

training_labels = sa.Table(
    "training_labels", metadata, _id(),
    sa.Column("key", sa.String(255), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("marks", sa.JSON, nullable=False),
    sa.Column("label", sa.String(128), nullable=False),
    sa.Column("sensitive", sa.Boolean, nullable=False, default=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("batch", sa.String(32), nullable=False),
    sa.Column("group_id", sa.BigInteger, nullable=False),
    sa.Column("officer", sa.String(32), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("second", sa.String(32)),
    sa.Column("second_label", sa.String(128)),
    sa.Column("second_at", UtcTime),
    sa.Column("refused", sa.String(255)),
    sa.Column("applied_at", UtcTime),
    sa.Column("applied_by", sa.String(32)),
    sa.Index("training_labels_by_key", "key"),
    sa.Index("training_labels_by_state", "state"),
    sa.Index("training_labels_by_batch", "batch"),
)

training_answers = sa.Table(
    "training_answers", metadata, _id(),
    sa.Column("label", sa.String(128), nullable=False),
    sa.Column("title", sa.String(64)),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("law", sa.String(255)),
    sa.Column("owner", sa.String(64)),
    sa.Column("review", sa.String(10)),
    sa.Column("officer", sa.String(32), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("batch", sa.String(32), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
)

training_log = sa.Table(
    "training_log", metadata, _id(),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("who", sa.String(32), nullable=False),
    sa.Column("deed", sa.String(32), nullable=False),
    sa.Column("detail", sa.JSON, nullable=False),
    sa.Index("training_log_by_time", "at"),
)
