"""Acceptance: applications, agreed terms, holds, securities, evidence, insurance policies and cover."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TABLES = (
    "document",
    "hold",
    "security",
    "insurance_policy",
    "insurance_terms",
    "application",
    "agreed_terms",
    "cover_request",
    "cover_decision",
    "cover_condition",
    "condition_met",
)
# What the application may do besides SELECT and INSERT.
RIGHTS = {
    "application": "UPDATE",
    "hold": "UPDATE (ended_by, ended_at, end_grounds)",
    "security": "UPDATE (ended_by, ended_at)",
    "cover_request": "UPDATE",
}


def upgrade() -> None:
    create_document()
    create_hold()
    create_security()
    create_insurance_policy()
    create_insurance_terms()
    create_application()
    create_agreed_terms()
    create_cover_request()
    create_cover_decision()
    create_cover_condition()
    create_condition_met()
    op.add_column("debtor", sa.Column("onboarding_missing", JSONB(), nullable=True))
    build_walls()


def create_document() -> None:
    op.create_table(
        "document",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=True),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("known_at", TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint(
            "type IN ('terms', 'signed_terms', 'order', 'order_confirmation', 'delivery_note', 'invoice', 'correspondence', 'cover_decision', 'condition_evidence', 'discretionary_evidence', 'guarantee', 'identity', 'insurance_policy', 'other')",
            name=op.f("ck_document_type"),
        ),
        sa.ForeignKeyConstraint(
            ["seller_id", "debtor_id"], ["debtor.seller_id", "debtor.id"], name=op.f("fk_document_seller_id_debtor_id")
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_document_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "id", name=op.f("pk_document")),
        sa.UniqueConstraint("seller_id", "sha256", name=op.f("uq_document_seller_id_sha256")),
    )
    op.create_index(op.f("ix_document_seller_id_debtor_id"), "document", ["seller_id", "debtor_id"], unique=False)


def create_hold() -> None:
    op.create_table(
        "hold",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("grounds", sa.Text(), nullable=False),
        sa.Column("placed_by", sa.Text(), nullable=False),
        sa.Column("placed_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("ended_at", TIMESTAMP(timezone=True), nullable=True),
        sa.Column("end_grounds", sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('account_on_hold', 'stop_supply')", name=op.f("ck_hold_kind")),
        sa.CheckConstraint("scope IN ('own', 'group')", name=op.f("ck_hold_scope")),
        sa.ForeignKeyConstraint(
            ["seller_id", "debtor_id"], ["debtor.seller_id", "debtor.id"], name=op.f("fk_hold_seller_id_debtor_id")
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_hold_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "id", name=op.f("pk_hold")),
    )
    op.create_index(
        "ix_hold_open", "hold", ["seller_id", "debtor_id"], unique=False, postgresql_where=sa.text("ended_at IS NULL")
    )


def create_security() -> None:
    op.create_table(
        "security",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=20, scale=4), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("raises_limit", sa.Boolean(), nullable=False),
        sa.Column("guarantor_id", sa.Uuid(), nullable=True),
        sa.Column("guarantor_name", sa.Text(), nullable=True),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("known_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("ended_at", TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('parent_guarantee', 'bank_guarantee', 'pledge', 'retention_of_title', 'deposit')",
            name=op.f("ck_security_kind"),
        ),
        sa.CheckConstraint("NOT raises_limit OR amount IS NOT NULL", name=op.f("ck_security_raises_by_an_amount")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_security_amount")),
        sa.CheckConstraint("valid_until >= valid_from", name=op.f("ck_security_valid_days")),
        sa.ForeignKeyConstraint(
            ["seller_id", "debtor_id"], ["debtor.seller_id", "debtor.id"], name=op.f("fk_security_seller_id_debtor_id")
        ),
        sa.ForeignKeyConstraint(
            ["seller_id", "document_id"],
            ["document.seller_id", "document.id"],
            name=op.f("fk_security_seller_id_document_id"),
        ),
        sa.ForeignKeyConstraint(
            ["seller_id", "guarantor_id"],
            ["debtor.seller_id", "debtor.id"],
            name=op.f("fk_security_seller_id_guarantor_id"),
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_security_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "id", name=op.f("pk_security")),
    )
    op.create_index(op.f("ix_security_seller_id_debtor_id"), "security", ["seller_id", "debtor_id"], unique=False)


def create_insurance_policy() -> None:
    op.create_table(
        "insurance_policy",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("insurer_id", sa.Uuid(), nullable=False),
        sa.Column("insurer_name", sa.Text(), nullable=False),
        sa.Column("policy_number", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=True),
        sa.Column("numbers", JSONB(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("known_at", TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("valid_until >= valid_from", name=op.f("ck_insurance_policy_valid_days")),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_insurance_policy_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "id", name=op.f("pk_insurance_policy")),
        sa.UniqueConstraint(
            "seller_id",
            "insurer_id",
            "policy_number",
            name=op.f("uq_insurance_policy_seller_id_insurer_id_policy_number"),
        ),
    )


def create_insurance_terms() -> None:
    op.create_table(
        "insurance_terms",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("insurance_policy_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("terms", JSONB(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("known_at", TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["seller_id", "document_id"],
            ["document.seller_id", "document.id"],
            name=op.f("fk_insurance_terms_seller_id_document_id"),
        ),
        sa.ForeignKeyConstraint(
            ["seller_id", "insurance_policy_id"],
            ["insurance_policy.seller_id", "insurance_policy.id"],
            name=op.f("fk_insurance_terms_seller_id_insurance_policy_id"),
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_insurance_terms_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "id", name=op.f("pk_insurance_terms")),
    )
    op.create_index(
        op.f("ix_insurance_terms_seller_id_insurance_policy_id_valid_from"),
        "insurance_terms",
        ["seller_id", "insurance_policy_id", "valid_from"],
        unique=False,
    )


def create_application() -> None:
    op.create_table(
        "application",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("insurance_policy_id", sa.Uuid(), nullable=True),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("requested_kind", sa.Text(), nullable=False),
        sa.Column("requested_amount", sa.Numeric(precision=20, scale=4), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("requested_terms", JSONB(), nullable=True),
        sa.Column("monthly_sales", sa.Numeric(precision=20, scale=4), nullable=True),
        sa.Column("monthly_sales_currency", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=True),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("taken_at", TIMESTAMP(timezone=True), nullable=True),
        sa.Column("due_at", TIMESTAMP(timezone=True), nullable=True),
        sa.Column("applied_by", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("applied_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("changed_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('approved', 'prepayment_offered', 'referred', 'seconding', 'declined', 'agreed', 'withdrawn')",
            name=op.f("ck_application_state"),
        ),
        sa.CheckConstraint("requested_amount >= 0", name=op.f("ck_application_requested_amount")),
        sa.ForeignKeyConstraint(
            ["seller_id", "debtor_id"],
            ["debtor.seller_id", "debtor.id"],
            name=op.f("fk_application_seller_id_debtor_id"),
        ),
        sa.ForeignKeyConstraint(
            ["seller_id", "decision_id"],
            ["decision.seller_id", "decision.id"],
            name=op.f("fk_application_seller_id_decision_id"),
        ),
        sa.ForeignKeyConstraint(
            ["seller_id", "insurance_policy_id"],
            ["insurance_policy.seller_id", "insurance_policy.id"],
            name=op.f("fk_application_seller_id_insurance_policy_id"),
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_application_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "id", name=op.f("pk_application")),
    )
    op.create_index(
        op.f("ix_application_seller_id_debtor_id_id"), "application", ["seller_id", "debtor_id", "id"], unique=False
    )
    op.create_index(
        "ix_application_waiting",
        "application",
        ["seller_id", "due_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('referred', 'seconding')"),
    )


def create_agreed_terms() -> None:
    op.create_table(
        "agreed_terms",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=True),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("document_sha256", sa.Text(), nullable=False),
        sa.Column("terms_version", sa.Text(), nullable=False),
        sa.Column("payment_term_days", sa.Integer(), nullable=False),
        sa.Column("expressly_agreed", sa.Boolean(), nullable=False),
        sa.Column("debtor_size", sa.Text(), nullable=True),
        sa.Column("accepted_by", sa.Text(), nullable=False),
        sa.Column("accepted_on", sa.Date(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("known_at", TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("payment_term_days >= 0", name=op.f("ck_agreed_terms_payment_term_days")),
        sa.ForeignKeyConstraint(
            ["seller_id", "application_id"],
            ["application.seller_id", "application.id"],
            name=op.f("fk_agreed_terms_seller_id_application_id"),
        ),
        sa.ForeignKeyConstraint(
            ["seller_id", "debtor_id"],
            ["debtor.seller_id", "debtor.id"],
            name=op.f("fk_agreed_terms_seller_id_debtor_id"),
        ),
        sa.ForeignKeyConstraint(
            ["seller_id", "document_id"],
            ["document.seller_id", "document.id"],
            name=op.f("fk_agreed_terms_seller_id_document_id"),
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_agreed_terms_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "id", name=op.f("pk_agreed_terms")),
    )
    op.create_index(
        op.f("ix_agreed_terms_seller_id_debtor_id_id"), "agreed_terms", ["seller_id", "debtor_id", "id"], unique=False
    )


def create_cover_request() -> None:
    op.create_table(
        "cover_request",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("debtor_id", sa.Uuid(), nullable=False),
        sa.Column("insurance_policy_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=True),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("requested_amount", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("key", JSONB(), nullable=True),
        sa.Column("fault", JSONB(), nullable=True),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("changed_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("look_again_at", TIMESTAMP(timezone=True), nullable=True),
        sa.Column("leased_until", TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('new', 'change', 'withdrawal')", name=op.f("ck_cover_request_kind")),
        sa.CheckConstraint("(kind = 'new') = (replaces_id IS NULL)", name=op.f("ck_cover_request_replaces")),
        sa.CheckConstraint(
            "state IN ('queued', 'sent', 'pending', 'decided', 'failed', 'withdrawn')",
            name=op.f("ck_cover_request_state"),
        ),
        sa.CheckConstraint("requested_amount > 0", name=op.f("ck_cover_request_requested_amount")),
        sa.ForeignKeyConstraint(
            ["seller_id", "application_id"],
            ["application.seller_id", "application.id"],
            name=op.f("fk_cover_request_seller_id_application_id"),
        ),
        sa.ForeignKeyConstraint(
            ["seller_id", "debtor_id"],
            ["debtor.seller_id", "debtor.id"],
            name=op.f("fk_cover_request_seller_id_debtor_id"),
        ),
        sa.ForeignKeyConstraint(
            ["seller_id", "insurance_policy_id"],
            ["insurance_policy.seller_id", "insurance_policy.id"],
            name=op.f("fk_cover_request_seller_id_insurance_policy_id"),
        ),
        sa.ForeignKeyConstraint(
            ["seller_id", "job_id"], ["job.seller_id", "job.id"], name=op.f("fk_cover_request_seller_id_job_id")
        ),
        sa.ForeignKeyConstraint(
            ["seller_id", "replaces_id"],
            ["cover_request.seller_id", "cover_request.id"],
            name=op.f("fk_cover_request_seller_id_replaces_id"),
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_cover_request_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "id", name=op.f("pk_cover_request")),
    )
    op.create_index(
        op.f("ix_cover_request_seller_id_debtor_id_id"), "cover_request", ["seller_id", "debtor_id", "id"], unique=False
    )
    op.create_index(
        op.f("ix_cover_request_seller_id_replaces_id"), "cover_request", ["seller_id", "replaces_id"], unique=False
    )
    op.create_index(
        "ix_cover_request_due",
        "cover_request",
        ["seller_id", "look_again_at"],
        unique=False,
        postgresql_where=sa.text("look_again_at IS NOT NULL"),
    )


def create_cover_decision() -> None:
    op.create_table(
        "cover_decision",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=False),
        sa.Column("insurance_policy_id", sa.Uuid(), nullable=False),
        sa.Column("cover_request_id", sa.Uuid(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("response_code", sa.Text(), nullable=True),
        sa.Column("reason_code", sa.Text(), nullable=True),
        sa.Column("evidence", JSONB(), nullable=True),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("raw", JSONB(), nullable=True),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("known_at", TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("source IN ('insurer', 'discretionary')", name=op.f("ck_cover_decision_source")),
        sa.CheckConstraint(
            "state IN ('granted', 'granted_in_part', 'refused', 'conditional', 'reduced', 'withdrawn', 'cancelled', 'ended')",
            name=op.f("ck_cover_decision_state"),
        ),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_cover_decision_amount")),
        sa.ForeignKeyConstraint(
            ["seller_id", "cover_request_id"],
            ["cover_request.seller_id", "cover_request.id"],
            name=op.f("fk_cover_decision_seller_id_cover_request_id"),
        ),
        sa.ForeignKeyConstraint(
            ["seller_id", "debtor_id"],
            ["debtor.seller_id", "debtor.id"],
            name=op.f("fk_cover_decision_seller_id_debtor_id"),
        ),
        sa.ForeignKeyConstraint(
            ["seller_id", "document_id"],
            ["document.seller_id", "document.id"],
            name=op.f("fk_cover_decision_seller_id_document_id"),
        ),
        sa.ForeignKeyConstraint(
            ["seller_id", "insurance_policy_id"],
            ["insurance_policy.seller_id", "insurance_policy.id"],
            name=op.f("fk_cover_decision_seller_id_insurance_policy_id"),
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_cover_decision_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "id", name=op.f("pk_cover_decision")),
    )
    op.create_index(
        "ix_cover_decision_of_debtor",
        "cover_decision",
        ["seller_id", "debtor_id", "insurance_policy_id", "valid_from"],
        unique=False,
    )


def create_cover_condition() -> None:
    op.create_table(
        "cover_condition",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cover_decision_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["seller_id", "cover_decision_id"],
            ["cover_decision.seller_id", "cover_decision.id"],
            name=op.f("fk_cover_condition_seller_id_cover_decision_id"),
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_cover_condition_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "id", name=op.f("pk_cover_condition")),
    )
    op.create_index(
        op.f("ix_cover_condition_seller_id_cover_decision_id"),
        "cover_condition",
        ["seller_id", "cover_decision_id"],
        unique=False,
    )


def create_condition_met() -> None:
    op.create_table(
        "condition_met",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cover_condition_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("met_on", sa.Date(), nullable=False),
        sa.Column("ticked_by", sa.Text(), nullable=False),
        sa.Column("known_at", TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["seller_id", "cover_condition_id"],
            ["cover_condition.seller_id", "cover_condition.id"],
            name=op.f("fk_condition_met_seller_id_cover_condition_id"),
        ),
        sa.ForeignKeyConstraint(
            ["seller_id", "document_id"],
            ["document.seller_id", "document.id"],
            name=op.f("fk_condition_met_seller_id_document_id"),
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_condition_met_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "id", name=op.f("pk_condition_met")),
        sa.UniqueConstraint(
            "seller_id", "cover_condition_id", name=op.f("uq_condition_met_seller_id_cover_condition_id")
        ),
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
