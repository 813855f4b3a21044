"""With what was understood: the likeliest intents, what was marked, what happened, and which model and answer book."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Adds the columns; messages from before have none of it."""
    for column in (sa.Column("intents", sa.JSON()), sa.Column("entities", sa.JSON()),
                   sa.Column("outcome", sa.String(12)), sa.Column("model", sa.String(64)),
                   sa.Column("answer_book", sa.String(16))):
        op.add_column("understandings", column)
