"""Backtests of policies, with their results."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "backtest",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("arguments", JSONB(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("result", JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["seller_id", "policy_version"],
            ["policy.seller_id", "policy.version"],
            name=op.f("fk_backtest_seller_id_policy_version"),
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_backtest_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "id", name=op.f("pk_backtest")),
    )
    op.create_index(
        op.f("ix_backtest_seller_id_policy_version"), "backtest", ["seller_id", "policy_version"], unique=False
    )
    build_walls()


def build_walls() -> None:
    """Let the application's login see and add rows of the seller of its transaction only, and change none."""
    app = op.get_bind().dialect.identifier_preparer.quote(context.config.attributes["app_login"])
    op.execute(f"GRANT SELECT, INSERT ON backtest TO {app}")
    op.execute("ALTER TABLE backtest ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE backtest FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY of_seller ON backtest"
        " USING (seller_id = nullif(current_setting('creditgate.seller_id', true), '')::uuid)"
    )
    op.execute(
        "CREATE POLICY not_for_insurers ON backtest AS RESTRICTIVE"
        " USING ((SELECT nullif(current_setting('creditgate.insurer_id', true), '')) IS NULL)"
    )
