"""One-time codes (TOTP) for signing in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Adds the columns; nobody has codes yet."""
    op.add_column("officers", sa.Column("one_time_secret", sa.String(255)))
    op.add_column("officers", sa.Column("one_time_step", sa.BigInteger()))
