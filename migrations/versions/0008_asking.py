"""Reports kept as bought and read afterwards, of five kinds, and who is asking for one just now."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects.postgresql import TIMESTAMP

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

KINDS = "('company_register', 'credit_bureau', 'sanctions_list', 'vat_register', 'entity_register')"
INDEX = "ix_credit_report_seller_id_debtor_id_kind_provider_retrieved_at"


def upgrade() -> None:
    op.add_column("credit_report", sa.Column("fault", sa.Text(), nullable=True))
    op.drop_constraint("ck_credit_report_kind", "credit_report", type_="check")
    op.create_check_constraint(op.f("ck_credit_report_kind"), "credit_report", f"kind IN {KINDS}")
    op.drop_index("ix_credit_report_seller_id_debtor_id_kind_retrieved_at", "credit_report")
    columns = ["seller_id", "debtor_id", "kind", "provider", "retrieved_at"]
    op.create_index(op.f(INDEX), "credit_report", columns)
    create_source_question()
    build_walls()


def create_source_question() -> None:
    op.create_table(
        "source_question",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("asker", sa.Uuid(), nullable=False),
        sa.Column("answer_by", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("held_until", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("provider", sa.Text(), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["seller_id", "debtor_id"],
            ["debtor.seller_id", "debtor.id"],
            name=op.f("fk_source_question_seller_id_debtor_id"),
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_source_question_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "debtor_id", "kind", name=op.f("pk_source_question")),
    )


def build_walls() -> None:
    """Let the application's login see and write rows of the seller of its transaction only."""
    app = op.get_bind().dialect.identifier_preparer.quote(context.config.attributes["app_login"])
    op.execute(f"GRANT UPDATE (facts, fault) ON credit_report TO {app}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON source_question TO {app}")
    op.execute("ALTER TABLE source_question ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE source_question FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY of_seller ON source_question"
        " USING (seller_id = nullif(current_setting('creditgate.seller_id', true), '')::uuid)"
    )
    op.execute(
        "CREATE POLICY not_for_insurers ON source_question AS RESTRICTIVE"
        " USING ((SELECT nullif(current_setting('creditgate.insurer_id', true), '')) IS NULL)"
    )
