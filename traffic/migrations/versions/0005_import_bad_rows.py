"""Rows of imported files that did not go in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "import_bad_rows",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["import_runs.id"], name="fk_import_bad_rows_run_id"),
        sa.PrimaryKeyConstraint("id", name="pk_import_bad_rows"),
    )
    op.create_index("ix_import_bad_rows_run_id_line", "import_bad_rows", ["run_id", "line"])


def downgrade() -> None:
    """Back; the reasons are lost."""
    op.drop_table("import_bad_rows")
