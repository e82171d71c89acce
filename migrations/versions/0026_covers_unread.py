"""Since when an insurer cannot be read about a cover."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cover_request", sa.Column("failing_since", TIMESTAMP(timezone=True), nullable=True))
    # Of what fails already it is written at the next look.
    op.create_index(
        "ix_cover_request_failing",
        "cover_request",
        ["seller_id", "failing_since"],
        postgresql_where=sa.text("failing_since IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_cover_request_failing", "cover_request")
    op.drop_column("cover_request", "failing_since")
