"""The desk's steps of the schema (Alembic)."""
