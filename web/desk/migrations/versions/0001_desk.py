"""Officers, their sessions, canned answers, notes, what was handled by whom."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def _driver() -> tuple[sa.Column, sa.Column]:
    return sa.Column("channel", sa.String(16), nullable=False), sa.Column("driver", sa.String(64), nullable=False)


def upgrade() -> None:
    """Creates the tables."""
    _officers()
    _canned_answers()
    _work()


def _officers() -> None:
    op.create_table(
        "officers",
        sa.Column("id", NUMBER, sa.Identity(always=False), primary_key=True),
        sa.Column("name", sa.String(32), nullable=False, unique=True),
        sa.Column("role", sa.String(12), nullable=False),
        sa.Column("password", sa.String(255), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("locked_until", MOMENT),
        sa.Column("created_at", MOMENT, nullable=False),
    )
    op.create_table(
        "officer_sessions",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("officer_id", sa.BigInteger(), sa.ForeignKey("officers.id"), nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("active_at", MOMENT, nullable=False),
        sa.Column("beat_at", MOMENT, nullable=False),
    )
    op.create_index("ix_officer_sessions_officer_id", "officer_sessions", ["officer_id"])


def _canned_answers() -> None:
    op.create_table(
        "canned_answers",
        sa.Column("id", NUMBER, sa.Identity(always=False), primary_key=True),
        sa.Column("title", sa.String(40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
    )


def _work() -> None:
    op.create_table(
        "notes",
        sa.Column("id", NUMBER, sa.Identity(always=False), primary_key=True), *_driver(),
        sa.Column("officer", sa.String(32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
    )
    op.create_index("notes_by_driver", "notes", ["channel", "driver", "id"])
    op.create_table(
        "sent_answers",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("officer", sa.String(32), nullable=False),
        sa.Column("outbox_id", sa.BigInteger(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
    )
    op.create_table(
        "handlings",
        sa.Column("id", NUMBER, sa.Identity(always=False), primary_key=True), *_driver(),
        sa.Column("officer", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(255)),
        sa.Column("waited_since", MOMENT, nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("ended_as", sa.String(20)),
    )
    op.create_index("handlings_by_driver", "handlings", ["channel", "driver", "id"])
    op.create_index("handlings_by_time", "handlings", ["begun_at"])
