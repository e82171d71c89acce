"""Credentials that a source did not take, so that no process signs in with them again at once."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("source_state", sa.Column("refused_at", TIMESTAMP(timezone=True), nullable=True))
    op.add_column("source_state", sa.Column("refused_credentials", sa.LargeBinary(), nullable=True))
