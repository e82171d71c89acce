"""Webhooks, what is still to be delivered to each, and each try to do so."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TABLES = ("webhook", "webhook_delivery", "webhook_attempt")
# What the application may change or delete besides adding.
RIGHTS = {
    "webhook": "UPDATE, DELETE",
    "webhook_delivery": "UPDATE, DELETE",
    "webhook_attempt": "DELETE",
}
LOOKED_AT = ("webhook", "webhook_delivery", "feed_entry")
WITH_WORK = """
CREATE FUNCTION webhooks_with_work(at timestamptz) RETURNS TABLE (seller_id uuid, webhook_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT w.seller_id, w.id FROM public.webhook w
    WHERE w.state = 'active'
      AND (w.queued_position < (SELECT max(f.position) FROM public.feed_entry f WHERE f.seller_id = w.seller_id)
        OR EXISTS (SELECT FROM public.webhook_delivery d WHERE d.seller_id = w.seller_id AND d.webhook_id = w.id
                   AND d.state = 'waiting' AND d.due_at <= at))
$$
"""


def upgrade() -> None:
    create_webhook()
    create_webhook_delivery()
    create_webhook_attempt()
    build_walls()
    let_work_be_found()


def downgrade() -> None:
    op.execute("DROP FUNCTION webhooks_with_work(timestamptz)")
    op.execute("DROP POLICY found_by_function ON feed_entry")
    for table in reversed(TABLES):
        op.drop_table(table)


def create_webhook() -> None:
    op.create_table(
        "webhook",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("types", JSONB(none_as_null=True), nullable=True),
        sa.Column("ordered", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_reason", sa.Text(), nullable=True),
        sa.Column("failing_since", TIMESTAMP(timezone=True), nullable=True),
        sa.Column("queued_position", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("changed_at", TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('active', 'paused', 'disabled')", name=op.f("ck_webhook_state")),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_webhook_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "id", name=op.f("pk_webhook")),
    )


def create_webhook_delivery() -> None:
    op.create_table(
        "webhook_delivery",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("webhook_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("failed_count", sa.Integer(), nullable=False),
        sa.Column("due_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("lease_id", sa.Uuid(), nullable=True),
        sa.Column("queued_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("ended_at", TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'delivered', 'parked')", name=op.f("ck_webhook_delivery_state")),
        sa.ForeignKeyConstraint(
            ["seller_id", "webhook_id"],
            ["webhook.seller_id", "webhook.id"],
            name=op.f("fk_webhook_delivery_seller_id_webhook_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["seller_id", "event_id"],
            ["event.seller_id", "event.id"],
            name=op.f("fk_webhook_delivery_seller_id_event_id"),
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_webhook_delivery_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "id", name=op.f("pk_webhook_delivery")),
        sa.UniqueConstraint(
            "seller_id", "webhook_id", "event_id", name=op.f("uq_webhook_delivery_seller_id_webhook_id_event_id")
        ),
    )
    waiting = sa.text("state = 'waiting'")
    op.create_index(
        "ix_webhook_delivery_due", "webhook_delivery", ["seller_id", "webhook_id", "due_at"], postgresql_where=waiting
    )
    op.create_index(
        "ix_webhook_delivery_in_turn",
        "webhook_delivery",
        ["seller_id", "webhook_id", "subject_id", "position"],
        postgresql_where=waiting,
    )
    op.create_index(
        op.f("ix_webhook_delivery_seller_id_webhook_id_id"), "webhook_delivery", ["seller_id", "webhook_id", "id"]
    )


def create_webhook_attempt() -> None:
    op.create_table(
        "webhook_attempt",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("attempted_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["seller_id", "delivery_id"],
            ["webhook_delivery.seller_id", "webhook_delivery.id"],
            name=op.f("fk_webhook_attempt_seller_id_delivery_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_webhook_attempt_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "id", name=op.f("pk_webhook_attempt")),
    )
    op.create_index(
        op.f("ix_webhook_attempt_seller_id_delivery_id_id"), "webhook_attempt", ["seller_id", "delivery_id", "id"]
    )


def build_walls() -> None:
    """Let the application's login see and write rows of the seller of its transaction only."""
    app = _quoted(context.config.attributes["app_login"])
    for table in TABLES:
        op.execute(f"GRANT SELECT, INSERT, {RIGHTS[table]} ON {table} TO {app}")
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


def let_work_be_found() -> None:
    """Let the worker see which webhooks have something to do: their ids and their sellers', and nothing else."""
    owner = _quoted(op.get_bind().scalar(sa.text("SELECT current_user")))
    for table in LOOKED_AT:
        op.execute(f"CREATE POLICY found_by_function ON {table} FOR SELECT TO {owner} USING (true)")
    op.execute(WITH_WORK)
    op.execute("REVOKE ALL ON FUNCTION webhooks_with_work(timestamptz) FROM PUBLIC")
    app = _quoted(context.config.attributes["app_login"])
    op.execute(f"GRANT EXECUTE ON FUNCTION webhooks_with_work(timestamptz) TO {app}")


def _quoted(name: str) -> str:
    return op.get_bind().dialect.identifier_preparer.quote(name)
