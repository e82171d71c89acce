"""Marks of debtors to look at are found by debtor, so that nobody is marked twice."""

from alembic import op

revision = "0024"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    set_key("seller_id", "debtor_id", "id")


def downgrade() -> None:
    set_key("seller_id", "id")


def set_key(*columns: str) -> None:
    op.drop_constraint("pk_debtor_to_look_at", "debtor_to_look_at", type_="primary")
    op.create_primary_key("pk_debtor_to_look_at", "debtor_to_look_at", list(columns))
