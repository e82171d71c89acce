"""What is shared about outside sources, and every call to them."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects.postgresql import TIMESTAMP

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

RIGHTS = {"source_state": "SELECT, INSERT, UPDATE", "source_call": "SELECT, INSERT"}


def upgrade() -> None:
    create_source_state()
    create_source_call()
    build_walls()


def create_source_state() -> None:
    op.create_table(
        "source_state",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=True),
        sa.Column("token_ends_at", TIMESTAMP(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("opened_at", TIMESTAMP(timezone=True), nullable=True),
        sa.Column("next_turn_at", TIMESTAMP(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_source_state_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "provider", name=op.f("pk_source_state")),
    )


def create_source_call() -> None:
    op.create_table(
        "source_call",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=True),
        sa.Column("decision_id", sa.Uuid(), nullable=True),
        sa.Column("started_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("seconds", sa.Numeric(precision=10, scale=3), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("answer_bytes", sa.Integer(), nullable=False),
        sa.Column("cost_amount", sa.Numeric(precision=20, scale=4), nullable=True),
        sa.Column("cost_currency", sa.Text(), nullable=True),
        sa.CheckConstraint("(cost_amount IS NULL) = (cost_currency IS NULL)", name=op.f("ck_source_call_cost")),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_source_call_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "id", name=op.f("pk_source_call")),
    )
    for columns in (["started_at"], ["debtor_id", "id"], ["decision_id", "id"]):
        op.create_index(op.f(f"ix_source_call_seller_id_{'_'.join(columns)}"), "source_call", ["seller_id", *columns])


def build_walls() -> None:
    """Let the application's login see and write rows of the seller of its transaction only."""
    app = op.get_bind().dialect.identifier_preparer.quote(context.config.attributes["app_login"])
    for table, rights in RIGHTS.items():
        op.execute(f"GRANT {rights} ON {table} TO {app}")
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
