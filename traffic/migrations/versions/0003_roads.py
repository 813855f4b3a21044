"""Roads, places, bulletins, cameras, subscriptions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "places",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_places"),
        sa.UniqueConstraint("name", name="uq_places_name"),
    )
    op.create_table(
        "roads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_roads"),
        sa.UniqueConstraint("name", name="uq_roads_name"),
    )
    op.create_table(
        "bulletins",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_number", sa.String(length=40), nullable=True),
        sa.Column("road_id", sa.Integer(), nullable=False),
        sa.Column("from_place_id", sa.Integer(), nullable=True),
        sa.Column("to_place_id", sa.Integer(), nullable=True),
        sa.Column("direction", sa.String(length=40), nullable=True),
        sa.Column("one_way", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("cause", sa.String(length=100), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=True),
        sa.Column("detour", sa.String(length=100), nullable=True),
        sa.ForeignKeyConstraint(["from_place_id"], ["places.id"], name="fk_bulletins_from_place_id"),
        sa.ForeignKeyConstraint(["road_id"], ["roads.id"], name="fk_bulletins_road_id"),
        sa.ForeignKeyConstraint(["to_place_id"], ["places.id"], name="fk_bulletins_to_place_id"),
        sa.PrimaryKeyConstraint("id", name="pk_bulletins"),
        sa.UniqueConstraint("source_number", name="uq_bulletins_source_number"),
    )
    op.create_index("ix_bulletins_road_id", "bulletins", ["road_id"], unique=False)
    op.create_index("ix_bulletins_starts_at_ends_at", "bulletins", ["starts_at", "ends_at"], unique=False)
    op.create_table(
        "place_aliases",
        sa.Column("alias", sa.String(length=40), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name="fk_place_aliases_place_id"),
        sa.PrimaryKeyConstraint("alias", name="pk_place_aliases"),
    )
    op.create_index("ix_place_aliases_place_id", "place_aliases", ["place_id"], unique=False)
    op.create_table(
        "road_aliases",
        sa.Column("alias", sa.String(length=40), nullable=False),
        sa.Column("road_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["road_id"], ["roads.id"], name="fk_road_aliases_road_id"),
        sa.PrimaryKeyConstraint("alias", name="pk_road_aliases"),
    )
    op.create_index("ix_road_aliases_road_id", "road_aliases", ["road_id"], unique=False)
    op.create_table(
        "road_subscriptions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subscriber", sa.String(length=64), nullable=False),
        sa.Column("road_id", sa.Integer(), nullable=True),
        sa.Column("daily_at", sa.Time(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["road_id"], ["roads.id"], name="fk_road_subscriptions_road_id"),
        sa.PrimaryKeyConstraint("id", name="pk_road_subscriptions"),
    )
    op.create_index("ix_road_subscriptions_road_id", "road_subscriptions", ["road_id"], unique=False)
    op.create_index("ix_road_subscriptions_subscriber", "road_subscriptions", ["subscriber"], unique=False)
    op.create_table(
        "segments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("road_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("from_place_id", sa.Integer(), nullable=False),
        sa.Column("to_place_id", sa.Integer(), nullable=False),
        sa.Column("length_m", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["from_place_id"], ["places.id"], name="fk_segments_from_place_id"),
        sa.ForeignKeyConstraint(["road_id"], ["roads.id"], name="fk_segments_road_id"),
        sa.ForeignKeyConstraint(["to_place_id"], ["places.id"], name="fk_segments_to_place_id"),
        sa.PrimaryKeyConstraint("id", name="pk_segments"),
        sa.UniqueConstraint("road_id", "position", name="uq_segments_road_id_position"),
    )
    op.create_index("ix_segments_from_place_id", "segments", ["from_place_id"], unique=False)
    op.create_index("ix_segments_to_place_id", "segments", ["to_place_id"], unique=False)
    op.create_table(
        "speed_cameras",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_number", sa.String(length=40), nullable=True),
        sa.Column("road_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("spot", sa.String(length=60), nullable=False),
        sa.Column("direction", sa.String(length=40), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("limit_kmh", sa.Integer(), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name="fk_speed_cameras_place_id"),
        sa.ForeignKeyConstraint(["road_id"], ["roads.id"], name="fk_speed_cameras_road_id"),
        sa.PrimaryKeyConstraint("id", name="pk_speed_cameras"),
        sa.UniqueConstraint("source_number", name="uq_speed_cameras_source_number"),
    )
    op.create_index("ix_speed_cameras_place_id", "speed_cameras", ["place_id"], unique=False)
    op.create_index("ix_speed_cameras_road_id", "speed_cameras", ["road_id"], unique=False)


def downgrade() -> None:
    """Back; all rows of these tables are lost."""
    op.drop_table("speed_cameras")
    op.drop_table("segments")
    op.drop_table("road_subscriptions")
    op.drop_table("road_aliases")
    op.drop_table("place_aliases")
    op.drop_table("bulletins")
    op.drop_table("roads")
    op.drop_table("places")
