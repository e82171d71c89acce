"""Entries of sanctions lists that a person found not to be a debtor."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects.postgresql import TIMESTAMP

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sanctions_clearance",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=False),
        sa.Column("move", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("entity_id", sa.Text(), nullable=False),
        sa.Column("entry_digest", sa.Text(), nullable=False),
        sa.Column("subject_digest", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("moved_by", sa.Text(), nullable=False),
        sa.Column("moved_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("moved_on", sa.Date(), nullable=False),
        sa.CheckConstraint("move IN ('cleared', 'withdrawn')", name=op.f("ck_sanctions_clearance_move")),
        sa.ForeignKeyConstraint(
            ["seller_id", "debtor_id"],
            ["debtor.seller_id", "debtor.id"],
            name=op.f("fk_sanctions_clearance_seller_id_debtor_id"),
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_sanctions_clearance_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "id", name=op.f("pk_sanctions_clearance")),
    )
    op.create_index(
        op.f("ix_sanctions_clearance_seller_id_debtor_id"), "sanctions_clearance", ["seller_id", "debtor_id"]
    )
    build_walls()


def build_walls() -> None:
    """Let the application's login see and add rows of the seller of its transaction only."""
    app = op.get_bind().dialect.identifier_preparer.quote(context.config.attributes["app_login"])
    op.execute(f"GRANT SELECT, INSERT ON sanctions_clearance TO {app}")
    op.execute("ALTER TABLE sanctions_clearance ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE sanctions_clearance FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY of_seller ON sanctions_clearance"
        " USING (seller_id = nullif(current_setting('creditgate.seller_id', true), '')::uuid)"
    )
    op.execute(
        "CREATE POLICY not_for_insurers ON sanctions_clearance AS RESTRICTIVE"
        " USING ((SELECT nullif(current_setting('creditgate.insurer_id', true), '')) IS NULL)"
    )
