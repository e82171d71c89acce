"""Finds who was merged into a debtor: what sources told of them is told of it."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

MERGED = sa.text("merged_into_id IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_debtor_merged", "debtor", ["seller_id", "merged_into_id"], postgresql_where=MERGED)


def downgrade() -> None:
    op.drop_index("ix_debtor_merged", "debtor")
