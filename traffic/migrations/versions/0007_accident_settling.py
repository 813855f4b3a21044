"""Accident cases that two drivers settle: what the agreement needs, objection, decision, where a photo came from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None
MOMENT = sa.DateTime(timezone=True)

CASES = (("weather", sa.String(length=10)), ("a_role", sa.String(length=10)), ("proposed_by", sa.String(length=10)),
         ("proposed_at", MOMENT), ("objected_by", sa.String(length=10)), ("objection", sa.String(length=500)),
         ("objected_at", MOMENT), ("reason", sa.String(length=600)), ("booking", sa.String(length=16)),
         ("visit_at", MOMENT), ("closed_at", MOMENT))
PARTIES = (("joined_at", MOMENT), ("name", sa.String(length=40)), ("license_number", sa.String(length=18)),
           ("vehicle_kind", sa.String(length=20)), ("insurer", sa.String(length=40)),
           ("policy", sa.String(length=40)), ("damage", sa.String(length=60)), ("account", sa.String(length=500)))
PHOTOS = (("taken_at", MOMENT), ("source", sa.String(length=6)))
NEW = {"accident_cases": CASES, "accident_parties": PARTIES, "accident_photos": PHOTOS}


def upgrade() -> None:
    """Forward."""
    for table, columns in NEW.items():
        for name, kind in columns:
            op.add_column(table, sa.Column(name, kind, nullable=True))
    op.create_index("ix_accident_cases_join_code", "accident_cases", ["join_code"])
    op.create_index("ix_accident_cases_state", "accident_cases", ["state"])
    op.create_index("uq_accident_photos_case_id_sha256", "accident_photos", ["case_id", "sha256"], unique=True)


def downgrade() -> None:
    """Back; what the new columns held is lost."""
    op.drop_index("uq_accident_photos_case_id_sha256", "accident_photos")
    op.drop_index("ix_accident_cases_state", "accident_cases")
    op.drop_index("ix_accident_cases_join_code", "accident_cases")
    for table, columns in NEW.items():
        with op.batch_alter_table(table) as batch:
            for name, _ in columns:
                batch.drop_column(name)
