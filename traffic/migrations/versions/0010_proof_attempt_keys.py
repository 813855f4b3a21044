"""A proof that is tried again for the same message is one attempt."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.add_column("proof_attempts", sa.Column("key", sa.String(length=255), nullable=True))
    op.create_index("uq_proof_attempts_key", "proof_attempts", ["key", "subject"], unique=True)


def downgrade() -> None:
    """Back."""
    op.drop_index("uq_proof_attempts_key", "proof_attempts")
    with op.batch_alter_table("proof_attempts") as batch:
        batch.drop_column("key")
