"""What the account says by itself: keys, ways and ends of what goes out; broadcasts, mass sends, consents, leases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
MOMENT = sa.DateTime(timezone=True)
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Adds them; what went out before has none of it."""
    for column in (sa.Column("key", sa.String(120)), sa.Column("topic", sa.String(16)),
                   sa.Column("broadcast_id", sa.BigInteger()), sa.Column("fields", sa.JSON()),
                   sa.Column("link", sa.String(512)), sa.Column("until", MOMENT), sa.Column("way", sa.String(10)),
                   sa.Column("outside_id", sa.String(64))):
        op.add_column("outbox", column)
    op.create_index("outbox_once", "outbox", ["channel", "key"], unique=True)
    op.create_index("outbox_by_broadcast", "outbox", ["broadcast_id", "state", "id"])
    op.create_index("outbox_by_outside_id", "outbox", ["outside_id"])
    _broadcasts()
    op.create_table(
        "mass_sends",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("broadcast_id", sa.BigInteger(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("job", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("sent", sa.Integer(), nullable=True),
        sa.Column("errors", sa.Integer(), nullable=True),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("mass_sends_by_month", "mass_sends", ["month"])
    op.create_index("mass_sends_by_job", "mass_sends", ["job"])
    op.create_table(
        "notice_consents",
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("driver", sa.String(length=64), nullable=False),
        sa.Column("template", sa.String(length=64), nullable=False),
        sa.Column("left", sa.Integer(), nullable=False),
        sa.Column("given", sa.Integer(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("channel", "driver", "template"),
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("holder", sa.String(length=32), nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )


def _broadcasts() -> None:
    op.create_table(
        "broadcasts",
        sa.Column("id", BIG, sa.Identity(always=False), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("link", sa.String(length=512), nullable=False),
        sa.Column("audience", sa.String(length=200), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("may_mass", sa.Boolean(), nullable=False),
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("approved_by", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("begins_at", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("previewed_at", MOMENT, nullable=True),
        sa.Column("begun_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("stopped_by", sa.String(length=64), nullable=True),
        sa.Column("filled_to", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("broadcasts_by_state", "broadcasts", ["state", "begins_at"])
