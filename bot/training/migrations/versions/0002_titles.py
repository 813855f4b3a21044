"""What a new topic is called: `utter_title_<topic>` is made of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Adds it; what waits already is a question of a topic that has its title."""
    op.add_column("training_answers", sa.Column("title", sa.String(64)))
