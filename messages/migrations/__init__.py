"""Alembic's steps from one schema of the post room to the next."""
