"""Which company a person said is meant."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "entity_match",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=False),
        sa.Column("asked_name", sa.Text(), nullable=True),
        sa.Column("asked_key", sa.Text(), nullable=True),
        sa.Column("asked_place", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("identifiers", JSONB(), nullable=False),
        sa.Column("chosen_by", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("chosen_at", TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["seller_id", "debtor_id"],
            ["debtor.seller_id", "debtor.id"],
            name=op.f("fk_entity_match_seller_id_debtor_id"),
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_entity_match_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "id", name=op.f("pk_entity_match")),
    )
    op.create_index(op.f("ix_entity_match_seller_id_asked_key"), "entity_match", ["seller_id", "asked_key"])
    op.create_index(op.f("ix_entity_match_seller_id_debtor_id"), "entity_match", ["seller_id", "debtor_id"])
    build_walls()


def build_walls() -> None:
    """Let the application's login see and add rows of the seller of its transaction only; a choice is never changed."""
    app = op.get_bind().dialect.identifier_preparer.quote(context.config.attributes["app_login"])
    op.execute(f"GRANT SELECT, INSERT ON entity_match TO {app}")
    op.execute("ALTER TABLE entity_match ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE entity_match FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY of_seller ON entity_match"
        " USING (seller_id = nullif(current_setting('creditgate.seller_id', true), '')::uuid)"
    )
    op.execute(
        "CREATE POLICY not_for_insurers ON entity_match AS RESTRICTIVE"
        " USING ((SELECT nullif(current_setting('creditgate.insurer_id', true), '')) IS NULL)"
    )
