"""Sites, slots, bookings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "number_counters",
        sa.Column("prefix", sa.String(length=2), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("prefix", "day", name="pk_number_counters"),
    )
    op.create_table(
        "sites",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("window", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("address", sa.String(length=100), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("slot_minutes", sa.Integer(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sites"),
        sa.UniqueConstraint("window", name="uq_sites_window"),
    )
    op.create_table(
        "waiting_list",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subscriber", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("plate", sa.String(length=12), nullable=True),
        sa.Column("earliest", MOMENT, nullable=False),
        sa.Column("latest", MOMENT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("told_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_waiting_list"),
    )
    op.create_index("ix_waiting_list_subscriber", "waiting_list", ["subscriber"], unique=False)
    op.create_table(
        "blackouts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("reason", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_blackouts_site_id"),
        sa.PrimaryKeyConstraint("id", name="pk_blackouts"),
    )
    op.create_index("ix_blackouts_site_id", "blackouts", ["site_id"], unique=False)
    op.create_table(
        "slots",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("part_of_day", sa.String(length=10), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("booked", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("booked >= 0 AND booked <= capacity", name="ck_slots_within_capacity"),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_slots_site_id"),
        sa.PrimaryKeyConstraint("id", name="pk_slots"),
        sa.UniqueConstraint("site_id", "starts_at", name="uq_slots_site_id_starts_at"),
    )
    op.create_index("ix_slots_starts_at", "slots", ["starts_at"], unique=False)
    op.create_table(
        "bookings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("subscriber", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("plate", sa.String(length=12), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("reminded_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["slot_id"], ["slots.id"], name="fk_bookings_slot_id"),
        sa.PrimaryKeyConstraint("id", name="pk_bookings"),
        sa.UniqueConstraint("key", name="uq_bookings_key"),
        sa.UniqueConstraint("number", name="uq_bookings_number"),
    )
    op.create_index("ix_bookings_slot_id", "bookings", ["slot_id"], unique=False)
    op.create_index("ix_bookings_subscriber", "bookings", ["subscriber"], unique=False)
    op.create_index(
        "uq_bookings_active_plate",
        "bookings",
        ["kind", "plate"],
        unique=True,
        sqlite_where=sa.text("state = 'booked' AND plate IS NOT NULL"),
        postgresql_where=sa.text("state = 'booked' AND plate IS NOT NULL"),
    )
    op.create_index(
        "uq_bookings_active_subscriber",
        "bookings",
        ["kind", "subscriber"],
        unique=True,
        sqlite_where=sa.text("state = 'booked' AND plate IS NULL"),
        postgresql_where=sa.text("state = 'booked' AND plate IS NULL"),
    )
    op.create_table(
        "slot_holds",
        sa.Column("subscriber", sa.String(length=64), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["slot_id"], ["slots.id"], name="fk_slot_holds_slot_id"),
        sa.PrimaryKeyConstraint("subscriber", name="pk_slot_holds"),
    )
    op.create_table(
        "booking_changes",
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name="fk_booking_changes_booking_id"),
        sa.ForeignKeyConstraint(["slot_id"], ["slots.id"], name="fk_booking_changes_slot_id"),
        sa.PrimaryKeyConstraint("key", name="pk_booking_changes"),
    )
    op.create_index("ix_booking_changes_booking_id", "booking_changes", ["booking_id"], unique=False)


def downgrade() -> None:
    """Back; all rows of these tables are lost."""
    op.drop_table("booking_changes")
    op.drop_table("slot_holds")
    op.drop_table("bookings")
    op.drop_table("slots")
    op.drop_table("blackouts")
    op.drop_table("waiting_list")
    op.drop_table("sites")
    op.drop_table("number_counters")
