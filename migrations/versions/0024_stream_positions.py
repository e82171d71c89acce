"""From where a stream of changes is gone on with, and who reads it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("watch_cursor", sa.Column("position", sa.Text(), nullable=True))
    op.add_column("watch_cursor", sa.Column("leased_until", TIMESTAMP(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("watch_cursor", "leased_until")
    op.drop_column("watch_cursor", "position")
