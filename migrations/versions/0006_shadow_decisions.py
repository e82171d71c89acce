"""What policy versions in shadow say of the decisions that the active one makes."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("policy", sa.Column("shadowed_at", TIMESTAMP(timezone=True), nullable=True))
    create_shadow_decision()
    build_walls()


def create_shadow_decision() -> None:
    op.create_table(
        "shadow_decision",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("risk_class", sa.Text(), nullable=True),
        sa.Column("grade", sa.Text(), nullable=True),
        sa.Column("pd", sa.Numeric(precision=12, scale=10), nullable=True),
        sa.Column("limit_kind", sa.Text(), nullable=True),
        sa.Column("limit_amount", sa.Numeric(precision=20, scale=4), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("binding", sa.Text(), nullable=True),
        sa.Column("decided_binding", sa.Text(), nullable=True),
        sa.Column("order_amount", sa.Numeric(precision=20, scale=4), nullable=True),
        sa.Column("differs", JSONB(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("judged_at", TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('judged', 'erased', 'failed')", name=op.f("ck_shadow_decision_state")),
        sa.CheckConstraint("(state = 'judged') = (outcome IS NOT NULL)", name=op.f("ck_shadow_decision_outcome")),
        sa.ForeignKeyConstraint(
            ["seller_id", "decision_id"],
            ["decision.seller_id", "decision.id"],
            name=op.f("fk_shadow_decision_seller_id_decision_id"),
        ),
        sa.ForeignKeyConstraint(
            ["seller_id", "policy_version"],
            ["policy.seller_id", "policy.version"],
            name=op.f("fk_shadow_decision_seller_id_policy_version"),
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_shadow_decision_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "policy_version", "decision_id", name=op.f("pk_shadow_decision")),
    )


def build_walls() -> None:
    """Let the application's login see and add rows of the seller of its transaction only."""
    app = op.get_bind().dialect.identifier_preparer.quote(context.config.attributes["app_login"])
    op.execute(f"GRANT UPDATE (shadowed_at) ON policy TO {app}")
    op.execute(f"GRANT SELECT, INSERT ON shadow_decision TO {app}")
    op.execute("ALTER TABLE shadow_decision ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE shadow_decision FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY of_seller ON shadow_decision"
        " USING (seller_id = nullif(current_setting('creditgate.seller_id', true), '')::uuid)"
    )
    op.execute(
        "CREATE POLICY not_for_insurers ON shadow_decision AS RESTRICTIVE"
        " USING ((SELECT nullif(current_setting('creditgate.insurer_id', true), '')) IS NULL)"
    )
