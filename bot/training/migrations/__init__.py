"""The inbox's steps of the schema (Alembic)."""
