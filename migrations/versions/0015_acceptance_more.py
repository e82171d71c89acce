"""Who is critical as dated marks, who withdrew an application and why, and papers that name several debtors."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects.postgresql import TIMESTAMP

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TABLES = ("critical_mark", "document_debtor")
OF_APPLICATION = ("withdrawn_by", "withdrawal_reason", "withdrawn_at")


def upgrade() -> None:
    create_critical_mark()
    create_document_debtor()
    op.add_column("application", sa.Column("withdrawn_by", sa.Text(), nullable=True))
    op.add_column("application", sa.Column("withdrawal_reason", sa.Text(), nullable=True))
    op.add_column("application", sa.Column("withdrawn_at", TIMESTAMP(timezone=True), nullable=True))
    build_walls()


def downgrade() -> None:
    for column in reversed(OF_APPLICATION):
        op.drop_column("application", column)
    for table in reversed(TABLES):
        op.drop_table(table)


def create_critical_mark() -> None:
    op.create_table(
        "critical_mark",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=False),
        sa.Column("critical", sa.Boolean(), nullable=False),
        sa.Column("grounds", sa.Text(), nullable=False),
        sa.Column("given_by", sa.Text(), nullable=False),
        sa.Column("given_at", TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["seller_id", "debtor_id"],
            ["debtor.seller_id", "debtor.id"],
            name=op.f("fk_critical_mark_seller_id_debtor_id"),
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_critical_mark_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "id", name=op.f("pk_critical_mark")),
    )
    op.create_index(op.f("ix_critical_mark_seller_id_debtor_id_id"), "critical_mark", ["seller_id", "debtor_id", "id"])


def create_document_debtor() -> None:
    op.create_table(
        "document_debtor",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=False),
        sa.Column("named_by", sa.Text(), nullable=False),
        sa.Column("known_at", TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["seller_id", "document_id"],
            ["document.seller_id", "document.id"],
            name=op.f("fk_document_debtor_seller_id_document_id"),
        ),
        sa.ForeignKeyConstraint(
            ["seller_id", "debtor_id"],
            ["debtor.seller_id", "debtor.id"],
            name=op.f("fk_document_debtor_seller_id_debtor_id"),
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_document_debtor_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "document_id", "debtor_id", name=op.f("pk_document_debtor")),
    )
    op.create_index(op.f("ix_document_debtor_seller_id_debtor_id"), "document_debtor", ["seller_id", "debtor_id"])


def build_walls() -> None:
    """Let the application's login see and add rows of the seller of its transaction only."""
    app = op.get_bind().dialect.identifier_preparer.quote(context.config.attributes["app_login"])
    for table in TABLES:
        op.execute(f"GRANT SELECT, INSERT ON {table} TO {app}")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY of_seller ON {table}"
            " USING (seller_id = nullif(current_setting('creditgate.seller_id', true), '')::uuid)"
        )
        op.execute(
            f"CREATE POLICY not_for_insurers ON {table} AS RESTRICTIVE"
            " USING ((SELECT nullif(current_setting('creditgate.insurer_id', true), '')) IS NULL)"
        )
