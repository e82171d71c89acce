"""The first tables: sellers, their keys, debtors, ledger, decisions, jobs and events."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_seller()
    create_debtor()
    create_event()
    create_event_counter()
    create_idempotency()
    create_issuer()
    create_job()
    create_key()
    create_ledger_import()
    create_policy()
    create_secret()
    create_credit_report()
    create_debtor_day()
    create_debtor_identifier()
    create_debtor_reference()
    create_decision()
    create_event_pending()
    create_exposure_balance()
    create_exposure_entry()
    create_feed_entry()
    create_import_chunk()
    create_import_refusal()
    create_invoice()
    create_payment()
    create_credit_note()
    create_decision_facts()
    create_allocation()


def create_seller() -> None:
    op.create_table(
        "seller",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("clock_ahead", sa.Interval(), nullable=False),
        sa.Column("created_at", TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("mode = 'test' OR clock_ahead = interval '0'", name=op.f("ck_seller_live_clock_is_real")),
        sa.CheckConstraint("mode IN ('live', 'test')", name=op.f("ck_seller_mode")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seller")),
        sa.UniqueConstraint("name", name=op.f("uq_seller_name")),
    )


def create_debtor() -> None:
    op.create_table(
        "debtor",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("legal_form", sa.Text(), nullable=True),
        sa.Column("is_natural_person", sa.Boolean(), nullable=True),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("related_party", sa.Boolean(), nullable=False),
        sa.Column("critical", sa.Boolean(), nullable=False),
        sa.Column("account_owner", sa.Text(), nullable=True),
        sa.Column("credit_owner", sa.Text(), nullable=True),
        sa.Column("merged_into_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("changed_at", TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint(
            "phase IN ('prospect', 'acceptance', 'monitoring', 'management', 'collection')",
            name=op.f("ck_debtor_phase"),
        ),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_debtor_not_its_own_parent")),
        sa.ForeignKeyConstraint(
            ["seller_id", "merged_into_id"],
            ["debtor.seller_id", "debtor.id"],
            name=op.f("fk_debtor_seller_id_merged_into_id"),
        ),
        sa.ForeignKeyConstraint(
            ["seller_id", "parent_id"], ["debtor.seller_id", "debtor.id"], name=op.f("fk_debtor_seller_id_parent_id")
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_debtor_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "id", name=op.f("pk_debtor")),
    )
    op.create_index(op.f("ix_debtor_seller_id_parent_id"), "debtor", ["seller_id", "parent_id"], unique=False)


def create_event() -> None:
    op.create_table(
        "event",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=True),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("happened_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("known_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("data", JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_event_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "id", name=op.f("pk_event")),
        sa.UniqueConstraint("seller_id", "subject_id", "sequence", name=op.f("uq_event_seller_id_subject_id_sequence")),
    )


def create_event_counter() -> None:
    op.create_table(
        "event_counter",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("last_sequence", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_event_counter_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "subject_id", name=op.f("pk_event_counter")),
    )


def create_idempotency() -> None:
    op.create_table(
        "idempotency",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("credential_id", sa.Uuid(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("claimed_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_idempotency_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "credential_id", "route", "key", name=op.f("pk_idempotency")),
    )


def create_issuer() -> None:
    op.create_table(
        "issuer",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("key_set_url", sa.Text(), nullable=False),
        sa.Column("algorithms", JSONB(), nullable=False),
        sa.Column("role_claim", sa.Text(), nullable=False),
        sa.Column("roles", JSONB(), nullable=False),
        sa.Column("subject_claim", sa.Text(), nullable=False),
        sa.Column("created_at", TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_issuer_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "id", name=op.f("pk_issuer")),
        sa.UniqueConstraint("seller_id", "issuer", "audience", name=op.f("uq_issuer_seller_id_issuer_audience")),
    )


def create_job() -> None:
    op.create_table(
        "job",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("arguments", JSONB(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("progress_done", sa.Integer(), nullable=False),
        sa.Column("progress_total", sa.Integer(), nullable=True),
        sa.Column("result", JSONB(), nullable=True),
        sa.Column("errors", JSONB(), nullable=False),
        sa.Column("created_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("started_at", TIMESTAMP(timezone=True), nullable=True),
        sa.Column("finished_at", TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('queued', 'running', 'succeeded', 'failed')", name=op.f("ck_job_state")),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_job_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "id", name=op.f("pk_job")),
    )


def create_key() -> None:
    op.create_table(
        "key",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("insurer_id", sa.Uuid(), nullable=True),
        sa.Column("secret_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("created_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("expires_at", TIMESTAMP(timezone=True), nullable=True),
        sa.Column("revoked_at", TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint("(role = 'insurer') = (insurer_id IS NOT NULL)", name=op.f("ck_key_insurer")),
        sa.CheckConstraint(
            "role IN ('sales', 'finance', 'credit_manager', 'integration', 'insurer', 'admin')",
            name=op.f("ck_key_role"),
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_key_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "id", name=op.f("pk_key")),
    )


def create_ledger_import() -> None:
    op.create_table(
        "ledger_import",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("mapping", JSONB(), nullable=True),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("created_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("finished_at", TIMESTAMP(timezone=True), nullable=True),
        sa.Column("lines_count", sa.Integer(), nullable=False),
        sa.Column("taken_count", sa.Integer(), nullable=False),
        sa.Column("known_count", sa.Integer(), nullable=False),
        sa.Column("refused_count", sa.Integer(), nullable=False),
        sa.Column("report", JSONB(), nullable=True),
        sa.CheckConstraint("state IN ('queued', 'running', 'finished', 'failed')", name=op.f("ck_ledger_import_state")),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_ledger_import_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "id", name=op.f("pk_ledger_import")),
    )


def create_policy() -> None:
    op.create_table(
        "policy",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("approved_at", TIMESTAMP(timezone=True), nullable=True),
        sa.Column("activated_at", TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('draft', 'shadow', 'active', 'retired')", name=op.f("ck_policy_state")),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_policy_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "version", name=op.f("pk_policy")),
    )
    op.create_index(
        "uq_policy_one_active", "policy", ["seller_id"], unique=True, postgresql_where=sa.text("state = 'active'")
    )


def create_secret() -> None:
    op.create_table(
        "secret",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.Column("changed_at", TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_secret_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "name", name=op.f("pk_secret")),
    )


def create_credit_report() -> None:
    op.create_table(
        "credit_report",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("retrieved_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("raw", JSONB(), nullable=True),
        sa.Column("facts", JSONB(), nullable=True),
        sa.Column("cost_amount", sa.Numeric(precision=20, scale=4), nullable=True),
        sa.Column("cost_currency", sa.Text(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("relation", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('company_register', 'credit_bureau', 'sanctions_list')", name=op.f("ck_credit_report_kind")
        ),
        sa.ForeignKeyConstraint(
            ["seller_id", "debtor_id"],
            ["debtor.seller_id", "debtor.id"],
            name=op.f("fk_credit_report_seller_id_debtor_id"),
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_credit_report_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "id", name=op.f("pk_credit_report")),
    )
    op.create_index(
        op.f("ix_credit_report_seller_id_debtor_id_kind_retrieved_at"),
        "credit_report",
        ["seller_id", "debtor_id", "kind", "retrieved_at"],
        unique=False,
    )


def create_debtor_day() -> None:
    op.create_table(
        "debtor_day",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("exposure_change", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("invoiced_amount", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("due_open_amount", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("settled_count", sa.Integer(), nullable=False),
        sa.Column("settled_amount", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("settled_days_amount", sa.Numeric(precision=24, scale=4), nullable=False),
        sa.Column("late_over_0_amount", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("late_over_5_amount", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("late_over_15_amount", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("late_over_30_amount", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("late_over_60_amount", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.ForeignKeyConstraint(
            ["seller_id", "debtor_id"],
            ["debtor.seller_id", "debtor.id"],
            name=op.f("fk_debtor_day_seller_id_debtor_id"),
        ),
        sa.PrimaryKeyConstraint("seller_id", "debtor_id", "currency", "day", name=op.f("pk_debtor_day")),
    )
    op.create_index(
        "ix_debtor_day_due_open",
        "debtor_day",
        ["seller_id", "debtor_id", "currency", "day"],
        unique=False,
        postgresql_where=sa.text("due_open_amount <> 0"),
    )


def create_debtor_identifier() -> None:
    op.create_table(
        "debtor_identifier",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=False),
        sa.Column("known_at", TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["seller_id", "debtor_id"],
            ["debtor.seller_id", "debtor.id"],
            name=op.f("fk_debtor_identifier_seller_id_debtor_id"),
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_debtor_identifier_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "scheme", "country", "value", name=op.f("pk_debtor_identifier")),
    )
    op.create_index(
        op.f("ix_debtor_identifier_seller_id_debtor_id"), "debtor_identifier", ["seller_id", "debtor_id"], unique=False
    )


def create_debtor_reference() -> None:
    op.create_table(
        "debtor_reference",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=False),
        sa.Column("known_at", TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["seller_id", "debtor_id"],
            ["debtor.seller_id", "debtor.id"],
            name=op.f("fk_debtor_reference_seller_id_debtor_id"),
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_debtor_reference_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "system", "value", name=op.f("pk_debtor_reference")),
    )
    op.create_index(
        op.f("ix_debtor_reference_seller_id_debtor_id"), "debtor_reference", ["seller_id", "debtor_id"], unique=False
    )


def create_decision() -> None:
    op.create_table(
        "decision",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("decided_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("risk_class", sa.Text(), nullable=True),
        sa.Column("grade", sa.Text(), nullable=True),
        sa.Column("pd", sa.Numeric(precision=12, scale=10), nullable=True),
        sa.Column("limit_kind", sa.Text(), nullable=False),
        sa.Column("limit_amount", sa.Numeric(precision=20, scale=4), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("judgement", sa.Text(), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("policy_digest", sa.Text(), nullable=False),
        sa.Column("engine_version", sa.Text(), nullable=False),
        sa.Column("sources", JSONB(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('accept', 'accept_prepayment', 'hold_first_payment', 'refer', 'decline')",
            name=op.f("ck_decision_outcome"),
        ),
        sa.ForeignKeyConstraint(
            ["seller_id", "debtor_id"], ["debtor.seller_id", "debtor.id"], name=op.f("fk_decision_seller_id_debtor_id")
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_decision_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "id", name=op.f("pk_decision")),
    )
    op.create_index(
        op.f("ix_decision_seller_id_debtor_id_id"), "decision", ["seller_id", "debtor_id", "id"], unique=False
    )


def create_event_pending() -> None:
    op.create_table(
        "event_pending",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["seller_id", "event_id"], ["event.seller_id", "event.id"], name=op.f("fk_event_pending_seller_id_event_id")
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_event_pending_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "event_id", name=op.f("pk_event_pending")),
    )


def create_exposure_balance() -> None:
    op.create_table(
        "exposure_balance",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.CheckConstraint(
            "stage IN ('scheduled', 'reserved', 'delivered', 'invoiced', 'unallocated')",
            name=op.f("ck_exposure_balance_stage"),
        ),
        sa.ForeignKeyConstraint(
            ["seller_id", "debtor_id"],
            ["debtor.seller_id", "debtor.id"],
            name=op.f("fk_exposure_balance_seller_id_debtor_id"),
        ),
        sa.PrimaryKeyConstraint("seller_id", "debtor_id", "currency", "stage", name=op.f("pk_exposure_balance")),
    )


def create_exposure_entry() -> None:
    op.create_table(
        "exposure_entry",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("movement_id", sa.Uuid(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("source_kind", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("known_at", TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint(
            "stage IN ('scheduled', 'reserved', 'delivered', 'invoiced', 'unallocated')",
            name=op.f("ck_exposure_entry_stage"),
        ),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_exposure_entry_amount")),
        sa.ForeignKeyConstraint(
            ["seller_id", "debtor_id"],
            ["debtor.seller_id", "debtor.id"],
            name=op.f("fk_exposure_entry_seller_id_debtor_id"),
        ),
        sa.PrimaryKeyConstraint("seller_id", "id", name=op.f("pk_exposure_entry")),
    )
    op.create_index(
        op.f("ix_exposure_entry_seller_id_debtor_id_known_at"),
        "exposure_entry",
        ["seller_id", "debtor_id", "known_at"],
        unique=False,
    )


def create_feed_entry() -> None:
    op.create_table(
        "feed_entry",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["seller_id", "event_id"], ["event.seller_id", "event.id"], name=op.f("fk_feed_entry_seller_id_event_id")
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_feed_entry_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "position", name=op.f("pk_feed_entry")),
    )
    op.create_index(op.f("ix_feed_entry_seller_id_event_id"), "feed_entry", ["seller_id", "event_id"], unique=True)


def create_import_chunk() -> None:
    op.create_table(
        "import_chunk",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["seller_id", "import_id"],
            ["ledger_import.seller_id", "ledger_import.id"],
            name=op.f("fk_import_chunk_seller_id_import_id"),
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_import_chunk_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "import_id", "position", name=op.f("pk_import_chunk")),
    )


def create_import_refusal() -> None:
    op.create_table(
        "import_refusal",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("fault", sa.Integer(), nullable=False),
        sa.Column("column_name", sa.Text(), nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["seller_id", "import_id"],
            ["ledger_import.seller_id", "ledger_import.id"],
            name=op.f("fk_import_refusal_seller_id_import_id"),
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_import_refusal_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "import_id", "line", "fault", name=op.f("pk_import_refusal")),
    )


def create_invoice() -> None:
    op.create_table(
        "invoice",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("invoice_number", sa.Text(), nullable=True),
        sa.Column("invoiced_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("due_on_derived", sa.Boolean(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("vat_amount", sa.Numeric(precision=20, scale=4), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("disputed", sa.Boolean(), nullable=False),
        sa.Column("open_amount", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("paid_amount", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("extra", JSONB(), nullable=True),
        sa.Column("known_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_invoice_amount")),
        sa.CheckConstraint("due_on >= invoiced_on", name=op.f("ck_invoice_due_after_invoiced")),
        sa.ForeignKeyConstraint(
            ["seller_id", "debtor_id"], ["debtor.seller_id", "debtor.id"], name=op.f("fk_invoice_seller_id_debtor_id")
        ),
        sa.ForeignKeyConstraint(
            ["seller_id", "import_id"],
            ["ledger_import.seller_id", "ledger_import.id"],
            name=op.f("fk_invoice_seller_id_import_id"),
        ),
        sa.PrimaryKeyConstraint("seller_id", "id", name=op.f("pk_invoice")),
        sa.UniqueConstraint("seller_id", "debtor_id", "identity", name=op.f("uq_invoice_seller_id_debtor_id_identity")),
    )
    op.create_index(
        "ix_invoice_open",
        "invoice",
        ["seller_id", "debtor_id", "due_on"],
        unique=False,
        postgresql_where=sa.text("open_amount <> 0"),
    )


def create_payment() -> None:
    op.create_table(
        "payment",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("payment_reference", sa.Text(), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("settles", JSONB(), nullable=True),
        sa.Column("known_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payment_amount")),
        sa.ForeignKeyConstraint(
            ["seller_id", "debtor_id"], ["debtor.seller_id", "debtor.id"], name=op.f("fk_payment_seller_id_debtor_id")
        ),
        sa.ForeignKeyConstraint(
            ["seller_id", "import_id"],
            ["ledger_import.seller_id", "ledger_import.id"],
            name=op.f("fk_payment_seller_id_import_id"),
        ),
        sa.PrimaryKeyConstraint("seller_id", "id", name=op.f("pk_payment")),
        sa.UniqueConstraint("seller_id", "identity", name=op.f("uq_payment_seller_id_identity")),
    )
    op.create_index(
        op.f("ix_payment_seller_id_debtor_id_paid_on"), "payment", ["seller_id", "debtor_id", "paid_on"], unique=False
    )


def create_credit_note() -> None:
    op.create_table(
        "credit_note",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=True),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("credit_note_number", sa.Text(), nullable=True),
        sa.Column("credited_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("vat_amount", sa.Numeric(precision=20, scale=4), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("unused_amount", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("known_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_credit_note_amount")),
        sa.ForeignKeyConstraint(
            ["seller_id", "debtor_id"],
            ["debtor.seller_id", "debtor.id"],
            name=op.f("fk_credit_note_seller_id_debtor_id"),
        ),
        sa.ForeignKeyConstraint(
            ["seller_id", "import_id"],
            ["ledger_import.seller_id", "ledger_import.id"],
            name=op.f("fk_credit_note_seller_id_import_id"),
        ),
        sa.ForeignKeyConstraint(
            ["seller_id", "invoice_id"],
            ["invoice.seller_id", "invoice.id"],
            name=op.f("fk_credit_note_seller_id_invoice_id"),
        ),
        sa.PrimaryKeyConstraint("seller_id", "id", name=op.f("pk_credit_note")),
        sa.UniqueConstraint(
            "seller_id", "debtor_id", "identity", name=op.f("uq_credit_note_seller_id_debtor_id_identity")
        ),
    )
    op.create_index(
        "ix_credit_note_unused",
        "credit_note",
        ["seller_id", "debtor_id"],
        unique=False,
        postgresql_where=sa.text("unused_amount <> 0"),
    )


def create_decision_facts() -> None:
    op.create_table(
        "decision_facts",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["seller_id", "decision_id"],
            ["decision.seller_id", "decision.id"],
            name=op.f("fk_decision_facts_seller_id_decision_id"),
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_decision_facts_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "decision_id", name=op.f("pk_decision_facts")),
    )


def create_allocation() -> None:
    op.create_table(
        "allocation",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=True),
        sa.Column("credit_note_id", sa.Uuid(), nullable=True),
        sa.Column("amount", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("known_at", TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_allocation_amount")),
        sa.CheckConstraint("num_nonnulls(payment_id, credit_note_id) = 1", name=op.f("ck_allocation_one_origin")),
        sa.ForeignKeyConstraint(
            ["seller_id", "credit_note_id"],
            ["credit_note.seller_id", "credit_note.id"],
            name=op.f("fk_allocation_seller_id_credit_note_id"),
        ),
        sa.ForeignKeyConstraint(
            ["seller_id", "invoice_id"],
            ["invoice.seller_id", "invoice.id"],
            name=op.f("fk_allocation_seller_id_invoice_id"),
        ),
        sa.ForeignKeyConstraint(
            ["seller_id", "payment_id"],
            ["payment.seller_id", "payment.id"],
            name=op.f("fk_allocation_seller_id_payment_id"),
        ),
        sa.PrimaryKeyConstraint("seller_id", "id", name=op.f("pk_allocation")),
    )
    op.create_index(op.f("ix_allocation_seller_id_invoice_id"), "allocation", ["seller_id", "invoice_id"], unique=False)
    op.create_index(op.f("ix_allocation_seller_id_payment_id"), "allocation", ["seller_id", "payment_id"], unique=False)
