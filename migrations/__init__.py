"""The history of the schema: Alembic revisions with one head."""
