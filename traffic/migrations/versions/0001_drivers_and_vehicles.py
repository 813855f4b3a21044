"""Drivers, vehicles, violations, points, and who may see them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None
MOMENT = sa.DateTime(timezone=True)
BIG_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "consents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subscriber", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("wording", sa.String(length=20), nullable=False),
        sa.Column("given_at", MOMENT, nullable=False),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_consents"),
    )
    op.create_index("ix_consents_subscriber", "consents", ["subscriber"], unique=False)
    op.create_table(
        "drivers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("license_number", sa.String(length=18), nullable=False),
        sa.Column("file_tail", sa.String(length=6), nullable=True),
        sa.Column("license_class", sa.String(length=10), server_default="C1", nullable=False),
        sa.Column("first_issued_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("trainee_until", sa.Date(), nullable=True),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("state", sa.String(length=20), server_default="normal", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_drivers"),
        sa.UniqueConstraint("license_number", name="uq_drivers_license_number"),
    )
    op.create_table(
        "proof_attempts",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("subscriber", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_proof_attempts"),
    )
    op.create_index("ix_proof_attempts_subject_at", "proof_attempts", ["subject", "at"], unique=False)
    op.create_index("ix_proof_attempts_subscriber_at", "proof_attempts", ["subscriber", "at"], unique=False)
    op.create_table(
        "subscribers",
        sa.Column("subscriber", sa.String(length=64), nullable=False),
        sa.Column("followed_at", MOMENT, nullable=False),
        sa.Column("unfollowed_at", MOMENT, nullable=True),
        sa.Column("scene", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("subscriber", name="pk_subscribers"),
    )
    op.create_table(
        "license_bindings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subscriber", sa.String(length=64), nullable=False),
        sa.Column("driver_id", sa.Integer(), nullable=False),
        sa.Column("bound_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["driver_id"], ["drivers.id"], name="fk_license_bindings_driver_id"),
        sa.PrimaryKeyConstraint("id", name="pk_license_bindings"),
    )
    op.create_index("ix_license_bindings_driver_id", "license_bindings", ["driver_id"], unique=False)
    op.create_index(
        "uq_license_bindings_running",
        "license_bindings",
        ["subscriber", "driver_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "point_records",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("driver_id", sa.Integer(), nullable=False),
        sa.Column("record_number", sa.String(length=32), nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("offense", sa.String(length=120), nullable=False),
        sa.Column("place", sa.String(length=100), nullable=False),
        sa.Column("fine_fen", sa.Integer(), nullable=False),
        sa.Column("fine_paid_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["driver_id"], ["drivers.id"], name="fk_point_records_driver_id"),
        sa.PrimaryKeyConstraint("id", name="pk_point_records"),
        sa.UniqueConstraint("record_number", name="uq_point_records_record_number"),
    )
    op.create_index(
        "ix_point_records_driver_id_recorded_on", "point_records", ["driver_id", "recorded_on"], unique=False
    )
    op.create_table(
        "point_reductions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("driver_id", sa.Integer(), nullable=False),
        sa.Column("reduced_on", sa.Date(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["driver_id"], ["drivers.id"], name="fk_point_reductions_driver_id"),
        sa.PrimaryKeyConstraint("id", name="pk_point_reductions"),
    )
    op.create_index("ix_point_reductions_driver_id", "point_reductions", ["driver_id"], unique=False)
    op.create_table(
        "vehicles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plate", sa.String(length=12), nullable=False),
        sa.Column("plate_type", sa.String(length=2), server_default="02", nullable=False),
        sa.Column("frame_tail", sa.String(length=6), nullable=True),
        sa.Column("kind", sa.String(length=20), server_default="small_car", nullable=False),
        sa.Column("use", sa.String(length=20), server_default="private", nullable=False),
        sa.Column("seats", sa.Integer(), server_default="5", nullable=False),
        sa.Column("brand", sa.String(length=40), nullable=True),
        sa.Column("colour", sa.String(length=10), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("owner_phone", sa.String(length=20), nullable=True),
        sa.Column("owner_since", MOMENT, nullable=True),
        sa.Column("registered_on", sa.Date(), nullable=True),
        sa.Column("inspected_until", sa.Date(), nullable=True),
        sa.Column("insured_until", sa.Date(), nullable=True),
        sa.Column("injury_accident", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("state", sa.String(length=20), server_default="normal", nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["drivers.id"], name="fk_vehicles_owner_id"),
        sa.PrimaryKeyConstraint("id", name="pk_vehicles"),
        sa.UniqueConstraint("plate", "plate_type", name="uq_vehicles_plate_plate_type"),
    )
    op.create_index("ix_vehicles_owner_id", "vehicles", ["owner_id"], unique=False)
    op.create_table(
        "vehicle_bindings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subscriber", sa.String(length=64), nullable=False),
        sa.Column("vehicle_id", sa.Integer(), nullable=False),
        sa.Column("bound_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["vehicle_id"], ["vehicles.id"], name="fk_vehicle_bindings_vehicle_id"),
        sa.PrimaryKeyConstraint("id", name="pk_vehicle_bindings"),
    )
    op.create_index("ix_vehicle_bindings_vehicle_id", "vehicle_bindings", ["vehicle_id"], unique=False)
    op.create_index(
        "uq_vehicle_bindings_running",
        "vehicle_bindings",
        ["subscriber", "vehicle_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "violations",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("record_number", sa.String(length=32), nullable=False),
        sa.Column("vehicle_id", sa.Integer(), nullable=False),
        sa.Column("driver_id", sa.Integer(), nullable=True),
        sa.Column("happened_at", MOMENT, nullable=False),
        sa.Column("place", sa.String(length=100), nullable=False),
        sa.Column("city", sa.String(length=20), nullable=False),
        sa.Column("province", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("offense", sa.String(length=120), nullable=False),
        sa.Column("fine_fen", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decision_number", sa.String(length=20), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("photo", sa.String(length=200), nullable=True),
        sa.Column("authority", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(["driver_id"], ["drivers.id"], name="fk_violations_driver_id"),
        sa.ForeignKeyConstraint(["vehicle_id"], ["vehicles.id"], name="fk_violations_vehicle_id"),
        sa.PrimaryKeyConstraint("id", name="pk_violations"),
        sa.UniqueConstraint("record_number", name="uq_violations_record_number"),
    )
    op.create_index("ix_violations_driver_id", "violations", ["driver_id"], unique=False)
    op.create_index("ix_violations_vehicle_id_happened_at", "violations", ["vehicle_id", "happened_at"], unique=False)


def downgrade() -> None:
    """Back; all rows of these tables are lost."""
    op.drop_table("violations")
    op.drop_table("vehicle_bindings")
    op.drop_table("vehicles")
    op.drop_table("point_reductions")
    op.drop_table("point_records")
    op.drop_table("license_bindings")
    op.drop_table("subscribers")
    op.drop_table("proof_attempts")
    op.drop_table("drivers")
    op.drop_table("consents")
