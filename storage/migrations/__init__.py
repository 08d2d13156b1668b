"""Alembic migrations, configured in storage/engine.py."""
