"""Orders and what the gate decided, verdicts of people, and limits as dated versions."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TABLES = (
    "order_decision",
    "sales_order",
    "order_delivery",
    "order_invoice",
    "order_step",
    "prepayment",
    "verdict",
    "verdict_approval",
    "credit_limit",
)
# What the application may do besides SELECT and INSERT.
RIGHTS = {
    "sales_order": "UPDATE",
    "order_decision": "UPDATE (facts)",
}

SELLERS_WITH_PENDING_EVENTS = """
CREATE FUNCTION sellers_with_pending_events() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT DISTINCT seller_id FROM public.event_pending
$$
"""


def upgrade() -> None:
    create_order_decision()
    create_sales_order()
    create_order_delivery()
    create_order_invoice()
    create_order_step()
    create_prepayment()
    create_verdict()
    create_verdict_approval()
    create_credit_limit()
    op.create_index(
        "ix_alert_open_of_debtor",
        "alert",
        ["seller_id", "debtor_id"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    build_walls()
    let_pending_events_be_found()
    leave_out_hot_checks()


def create_order_decision() -> None:
    op.create_table(
        "order_decision",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("decided_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("judgement", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=True),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("policy_digest", sa.Text(), nullable=False),
        sa.Column("engine_version", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("seller_id", "id", name=op.f("pk_order_decision")),
    )
    op.create_index(
        op.f("ix_order_decision_seller_id_order_id_id"), "order_decision", ["seller_id", "order_id", "id"], unique=False
    )


def create_sales_order() -> None:
    op.create_table(
        "sales_order",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=False),
        sa.Column("order_reference", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("vat_amount", sa.Numeric(precision=20, scale=4), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("delivery_on", sa.Date(), nullable=True),
        sa.Column("call_offs", JSONB(), nullable=True),
        sa.Column("prepayment_reference", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("prepayment_required", sa.Numeric(precision=20, scale=4), nullable=True),
        sa.Column("expires_at", TIMESTAMP(timezone=True), nullable=True),
        sa.Column("enters_horizon_on", sa.Date(), nullable=True),
        sa.Column("scheduled_amount", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("reserved_amount", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("to_invoice_amount", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("delivered_amount", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("invoiced_amount", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("prepaid_amount", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("is_first", sa.Boolean(), nullable=False),
        sa.Column("released_by", sa.Text(), nullable=True),
        sa.Column("released_until", sa.Date(), nullable=True),
        sa.Column("waits_since", TIMESTAMP(timezone=True), nullable=True),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("check_due", sa.Boolean(), nullable=False),
        sa.Column("placed_by", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("placed_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("judged_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("changed_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('released', 'held') OR scheduled_amount + reserved_amount = 0",
            name=op.f("ck_sales_order_over_reserves_nothing"),
        ),
        sa.CheckConstraint(
            "state IN ('released', 'held', 'refused', 'cancelled', 'expired', 'completed')",
            name=op.f("ck_sales_order_state"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_sales_order_amount")),
        sa.CheckConstraint(
            "scheduled_amount + reserved_amount = 0 OR expires_at IS NOT NULL",
            name=op.f("ck_sales_order_reservation_ends"),
        ),
        sa.CheckConstraint(
            "scheduled_amount >= 0 AND reserved_amount >= 0 AND to_invoice_amount >= 0 AND delivered_amount >= 0 AND invoiced_amount >= 0 AND prepaid_amount >= 0",
            name=op.f("ck_sales_order_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["seller_id", "debtor_id"],
            ["debtor.seller_id", "debtor.id"],
            name=op.f("fk_sales_order_seller_id_debtor_id"),
        ),
        sa.PrimaryKeyConstraint("seller_id", "id", name=op.f("pk_sales_order")),
        sa.UniqueConstraint("seller_id", "order_reference", name=op.f("uq_sales_order_seller_id_order_reference")),
    )
    op.create_index(
        "ix_sales_order_enters",
        "sales_order",
        ["seller_id", "debtor_id", "enters_horizon_on"],
        unique=False,
        postgresql_where=sa.text("enters_horizon_on IS NOT NULL"),
    )
    op.create_index(
        "ix_sales_order_expires",
        "sales_order",
        ["seller_id", "debtor_id", "expires_at"],
        unique=False,
        postgresql_where=sa.text("expires_at IS NOT NULL"),
    )
    op.create_index(
        "ix_sales_order_held",
        "sales_order",
        ["seller_id", "debtor_id", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'held'"),
    )
    op.create_index(
        "ix_sales_order_prepayment_reference",
        "sales_order",
        ["seller_id", "prepayment_reference"],
        unique=False,
        postgresql_where=sa.text("prepayment_reference IS NOT NULL"),
    )
    op.create_index(
        "ix_sales_order_order_key",
        "sales_order",
        ["seller_id", sa.text("upper(regexp_replace(order_reference, '[^A-Za-z0-9]', '', 'g'))")],
        unique=False,
        postgresql_where=sa.text("state IN ('released', 'held')"),
    )
    op.create_index(
        "ix_sales_order_prepayment_key",
        "sales_order",
        ["seller_id", sa.text("upper(regexp_replace(prepayment_reference, '[^A-Za-z0-9]', '', 'g'))")],
        unique=False,
        postgresql_where=sa.text("state IN ('released', 'held') AND prepayment_reference IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_sales_order_seller_id_debtor_id_id"), "sales_order", ["seller_id", "debtor_id", "id"], unique=False
    )
    op.create_index(
        "uq_sales_order_first",
        "sales_order",
        ["seller_id", "debtor_id"],
        unique=True,
        postgresql_where=sa.text("is_first"),
    )


def create_order_delivery() -> None:
    op.create_table(
        "order_delivery",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("delivery_reference", sa.Text(), nullable=False),
        sa.Column("delivered_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("reasons", JSONB(), nullable=False),
        sa.Column("booked_by", sa.Text(), nullable=False),
        sa.Column("known_at", TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_order_delivery_amount")),
        sa.ForeignKeyConstraint(
            ["seller_id", "document_id"],
            ["document.seller_id", "document.id"],
            name=op.f("fk_order_delivery_seller_id_document_id"),
        ),
        sa.ForeignKeyConstraint(
            ["seller_id", "order_id"],
            ["sales_order.seller_id", "sales_order.id"],
            name=op.f("fk_order_delivery_seller_id_order_id"),
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_order_delivery_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "id", name=op.f("pk_order_delivery")),
        sa.UniqueConstraint(
            "seller_id",
            "order_id",
            "delivery_reference",
            name=op.f("uq_order_delivery_seller_id_order_id_delivery_reference"),
        ),
    )


def create_order_invoice() -> None:
    op.create_table(
        "order_invoice",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("known_at", TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_order_invoice_amount")),
        sa.ForeignKeyConstraint(
            ["seller_id", "invoice_id"],
            ["invoice.seller_id", "invoice.id"],
            name=op.f("fk_order_invoice_seller_id_invoice_id"),
        ),
        sa.ForeignKeyConstraint(
            ["seller_id", "order_id"],
            ["sales_order.seller_id", "sales_order.id"],
            name=op.f("fk_order_invoice_seller_id_order_id"),
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_order_invoice_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "id", name=op.f("pk_order_invoice")),
    )
    op.create_index(
        op.f("ix_order_invoice_seller_id_invoice_id"), "order_invoice", ["seller_id", "invoice_id"], unique=False
    )
    op.create_index(
        op.f("ix_order_invoice_seller_id_order_id"), "order_invoice", ["seller_id", "order_id"], unique=False
    )


def create_order_step() -> None:
    op.create_table(
        "order_step",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("data", JSONB(), nullable=False),
        sa.Column("grounds", sa.Text(), nullable=True),
        sa.Column("done_by", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("happened_at", TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["seller_id", "order_id"],
            ["sales_order.seller_id", "sales_order.id"],
            name=op.f("fk_order_step_seller_id_order_id"),
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_order_step_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "id", name=op.f("pk_order_step")),
    )
    op.create_index(
        op.f("ix_order_step_seller_id_order_id_id"), "order_step", ["seller_id", "order_id", "id"], unique=False
    )


def create_prepayment() -> None:
    op.create_table(
        "prepayment",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("known_at", TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_prepayment_amount")),
        sa.ForeignKeyConstraint(
            ["seller_id", "order_id"],
            ["sales_order.seller_id", "sales_order.id"],
            name=op.f("fk_prepayment_seller_id_order_id"),
        ),
        sa.ForeignKeyConstraint(
            ["seller_id", "payment_id"],
            ["payment.seller_id", "payment.id"],
            name=op.f("fk_prepayment_seller_id_payment_id"),
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_prepayment_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "id", name=op.f("pk_prepayment")),
    )
    op.create_index(op.f("ix_prepayment_seller_id_order_id"), "prepayment", ["seller_id", "order_id"], unique=False)
    op.create_index(op.f("ix_prepayment_seller_id_payment_id"), "prepayment", ["seller_id", "payment_id"], unique=False)


def create_verdict() -> None:
    op.create_table(
        "verdict",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=True),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("decision_id", sa.Uuid(), nullable=True),
        sa.Column("order_decision_id", sa.Uuid(), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("limit_kind", sa.Text(), nullable=False),
        sa.Column("limit_amount", sa.Numeric(precision=20, scale=4), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("terms", JSONB(), nullable=True),
        sa.Column("campari", JSONB(), nullable=True),
        sa.Column("grounds", sa.Text(), nullable=False),
        sa.Column("given_by", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("risk_class", sa.Text(), nullable=True),
        sa.Column("authority_amount", sa.Numeric(precision=20, scale=4), nullable=True),
        sa.Column("direction", sa.Text(), nullable=True),
        sa.Column("needs_second", sa.Boolean(), nullable=False),
        sa.Column("given_at", TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(limit_kind = 'amount') = (limit_amount IS NOT NULL)", name=op.f("ck_verdict_limit_amount")
        ),
        sa.CheckConstraint("limit_kind IN ('none', 'amount', 'unlimited')", name=op.f("ck_verdict_limit_kind")),
        sa.CheckConstraint("verdict IN ('accept', 'accept_prepayment', 'decline')", name=op.f("ck_verdict_verdict")),
        sa.CheckConstraint("num_nonnulls(application_id, order_id) = 1", name=op.f("ck_verdict_of_one")),
        sa.ForeignKeyConstraint(
            ["seller_id", "application_id"],
            ["application.seller_id", "application.id"],
            name=op.f("fk_verdict_seller_id_application_id"),
        ),
        sa.ForeignKeyConstraint(
            ["seller_id", "debtor_id"], ["debtor.seller_id", "debtor.id"], name=op.f("fk_verdict_seller_id_debtor_id")
        ),
        sa.ForeignKeyConstraint(
            ["seller_id", "decision_id"],
            ["decision.seller_id", "decision.id"],
            name=op.f("fk_verdict_seller_id_decision_id"),
        ),
        sa.ForeignKeyConstraint(
            ["seller_id", "order_decision_id"],
            ["order_decision.seller_id", "order_decision.id"],
            name=op.f("fk_verdict_seller_id_order_decision_id"),
        ),
        sa.ForeignKeyConstraint(
            ["seller_id", "order_id"],
            ["sales_order.seller_id", "sales_order.id"],
            name=op.f("fk_verdict_seller_id_order_id"),
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_verdict_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "id", name=op.f("pk_verdict")),
    )
    op.create_index(
        op.f("ix_verdict_seller_id_application_id"), "verdict", ["seller_id", "application_id"], unique=False
    )
    op.create_index(op.f("ix_verdict_seller_id_order_id"), "verdict", ["seller_id", "order_id"], unique=False)


def create_verdict_approval() -> None:
    op.create_table(
        "verdict_approval",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("verdict_id", sa.Uuid(), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=False),
        sa.Column("grounds", sa.Text(), nullable=False),
        sa.Column("given_by", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("given_at", TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["seller_id", "verdict_id"],
            ["verdict.seller_id", "verdict.id"],
            name=op.f("fk_verdict_approval_seller_id_verdict_id"),
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_verdict_approval_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "id", name=op.f("pk_verdict_approval")),
        sa.UniqueConstraint("seller_id", "verdict_id", name=op.f("uq_verdict_approval_seller_id_verdict_id")),
    )


def create_credit_limit() -> None:
    op.create_table(
        "credit_limit",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("is_temporary", sa.Boolean(), nullable=False),
        sa.Column("limit_kind", sa.Text(), nullable=False),
        sa.Column("limit_amount", sa.Numeric(precision=20, scale=4), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("risk_class", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("next_review_on", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("grounds", sa.Text(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=True),
        sa.Column("verdict_id", sa.Uuid(), nullable=True),
        sa.Column("known_at", TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(limit_kind = 'amount') = (limit_amount IS NOT NULL)", name=op.f("ck_credit_limit_limit_amount")
        ),
        sa.CheckConstraint("limit_kind IN ('none', 'amount', 'unlimited')", name=op.f("ck_credit_limit_limit_kind")),
        sa.CheckConstraint("scope IN ('own', 'group')", name=op.f("ck_credit_limit_scope")),
        sa.CheckConstraint("NOT is_temporary OR valid_until IS NOT NULL", name=op.f("ck_credit_limit_temporary_ends")),
        sa.CheckConstraint("limit_amount >= 0", name=op.f("ck_credit_limit_limit_not_negative")),
        sa.CheckConstraint("valid_until >= valid_from", name=op.f("ck_credit_limit_valid_days")),
        sa.ForeignKeyConstraint(
            ["seller_id", "debtor_id"],
            ["debtor.seller_id", "debtor.id"],
            name=op.f("fk_credit_limit_seller_id_debtor_id"),
        ),
        sa.ForeignKeyConstraint(
            ["seller_id", "decision_id"],
            ["decision.seller_id", "decision.id"],
            name=op.f("fk_credit_limit_seller_id_decision_id"),
        ),
        sa.ForeignKeyConstraint(
            ["seller_id", "verdict_id"],
            ["verdict.seller_id", "verdict.id"],
            name=op.f("fk_credit_limit_seller_id_verdict_id"),
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_credit_limit_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "id", name=op.f("pk_credit_limit")),
    )
    op.create_index(
        op.f("ix_credit_limit_seller_id_debtor_id_scope_id"),
        "credit_limit",
        ["seller_id", "debtor_id", "scope", "id"],
        unique=False,
    )


def build_walls() -> None:
    """Let the application's login see and write rows of the seller of its transaction only."""
    app = op.get_bind().dialect.identifier_preparer.quote(context.config.attributes["app_login"])
    for table in TABLES:
        op.execute(f"GRANT SELECT, INSERT ON {table} TO {app}")
        if table in RIGHTS:
            op.execute(f"GRANT {RIGHTS[table]} ON {table} TO {app}")
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


def let_pending_events_be_found() -> None:
    """Let the worker see whose events wait for the feed: their sellers' ids and nothing else."""
    quote = op.get_bind().dialect.identifier_preparer.quote
    owner = quote(op.get_bind().scalar(sa.text("SELECT current_user")))
    op.execute(f"CREATE POLICY found_by_function ON event_pending FOR SELECT TO {owner} USING (true)")
    op.execute(SELLERS_WITH_PENDING_EVENTS)
    op.execute("REVOKE ALL ON FUNCTION sellers_with_pending_events() FROM PUBLIC")
    app = quote(context.config.attributes["app_login"])
    op.execute(f"GRANT EXECUTE ON FUNCTION sellers_with_pending_events() TO {app}")


def leave_out_hot_checks() -> None:
    """Check no more what every request writes against the one row of its seller, which all of them would lock."""
    for table in ("event", "event_counter", "event_pending", "idempotency"):
        op.drop_constraint(f"fk_{table}_seller_id", table)
    op.drop_constraint("fk_event_pending_seller_id_event_id", "event_pending")  # Written with its event.
