"""Bank statements and their matching, returns, group sums, public rates and alerts."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# What the application may do with the new tables and columns besides SELECT and INSERT.
RIGHTS = {
    "alert": "UPDATE (ended_at, severity, data)",
    "bank_statement": None,
    "bank_entry": "UPDATE (state, debtor_id, proposals, decided_by, decided_at)",
    "debtor_account": None,
    "payment_return": None,
}


def upgrade() -> None:
    create_public_rate()
    create_alert()
    create_bank_statement()
    create_debtor_account()
    create_bank_entry()
    create_payment_return()
    extend_tables()
    spare_each_line()
    build_walls()
    fill_new_columns()


def create_public_rate() -> None:
    op.create_table(
        "public_rate",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("valid_on", sa.Date(), nullable=False),
        sa.Column("known_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("value", sa.Numeric(precision=24, scale=10), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('exchange', 'statutory_commercial_interest')", name=op.f("ck_public_rate_kind")),
        sa.CheckConstraint("value > 0", name=op.f("ck_public_rate_value")),
        sa.PrimaryKeyConstraint("kind", "name", "valid_on", "known_at", name=op.f("pk_public_rate")),
    )


def create_alert() -> None:
    op.create_table(
        "alert",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=True),
        sa.Column("data", JSONB(), nullable=False),
        sa.Column("opened_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("ended_at", TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint("severity IN ('notice', 'warning', 'urgent')", name=op.f("ck_alert_severity")),
        sa.ForeignKeyConstraint(
            ["seller_id", "debtor_id"], ["debtor.seller_id", "debtor.id"], name=op.f("fk_alert_seller_id_debtor_id")
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_alert_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "id", name=op.f("pk_alert")),
    )
    op.create_index(
        "ix_alert_open",
        "alert",
        ["seller_id", "kind", "subject"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def create_bank_statement() -> None:
    op.create_table(
        "bank_statement",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("statement_reference", sa.Text(), nullable=True),
        sa.Column("sequence_number", sa.BigInteger(), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("opening_amount", sa.Numeric(precision=20, scale=4), nullable=True),
        sa.Column("closing_amount", sa.Numeric(precision=20, scale=4), nullable=True),
        sa.Column("known_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["seller_id", "import_id"],
            ["ledger_import.seller_id", "ledger_import.id"],
            name=op.f("fk_bank_statement_seller_id_import_id"),
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_bank_statement_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "id", name=op.f("pk_bank_statement")),
        sa.UniqueConstraint(
            "seller_id", "account", "identity", name=op.f("uq_bank_statement_seller_id_account_identity")
        ),
    )
    op.create_index(
        op.f("ix_bank_statement_seller_id_account_until_on"),
        "bank_statement",
        ["seller_id", "account", "until_on"],
        unique=False,
    )


def create_debtor_account() -> None:
    op.create_table(
        "debtor_account",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=False),
        sa.Column("known_at", TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["seller_id", "debtor_id"],
            ["debtor.seller_id", "debtor.id"],
            name=op.f("fk_debtor_account_seller_id_debtor_id"),
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_debtor_account_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "account", "debtor_id", name=op.f("pk_debtor_account")),
    )
    op.create_index(
        op.f("ix_debtor_account_seller_id_debtor_id"), "debtor_account", ["seller_id", "debtor_id"], unique=False
    )


def create_bank_entry() -> None:
    op.create_table(
        "bank_entry",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=True),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("value_on", sa.Date(), nullable=True),
        sa.Column("amount", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("counterparty_name", sa.Text(), nullable=True),
        sa.Column("counterparty_account", sa.Text(), nullable=True),
        sa.Column("end_to_end_id", sa.Text(), nullable=True),
        sa.Column("mandate_reference", sa.Text(), nullable=True),
        sa.Column("structured_reference", sa.Text(), nullable=True),
        sa.Column("remittance_text", sa.Text(), nullable=True),
        sa.Column("entry_reference", sa.Text(), nullable=True),
        sa.Column("transaction_code", sa.Text(), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=True),
        sa.Column("is_reversal", sa.Boolean(), nullable=False),
        sa.Column("transactions_count", sa.Integer(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=True),
        sa.Column("proposals", JSONB(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", TIMESTAMP(timezone=True), nullable=True),
        sa.Column("known_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "state IN ('booked', 'proposed', 'returned', 'passed_over', 'announced', 'explained')",
            name=op.f("ck_bank_entry_state"),
        ),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_bank_entry_amount")),
        sa.ForeignKeyConstraint(
            ["seller_id", "debtor_id"],
            ["debtor.seller_id", "debtor.id"],
            name=op.f("fk_bank_entry_seller_id_debtor_id"),
        ),
        sa.ForeignKeyConstraint(
            ["seller_id", "import_id"],
            ["ledger_import.seller_id", "ledger_import.id"],
            name=op.f("fk_bank_entry_seller_id_import_id"),
        ),
        sa.ForeignKeyConstraint(
            ["seller_id", "statement_id"],
            ["bank_statement.seller_id", "bank_statement.id"],
            name=op.f("fk_bank_entry_seller_id_statement_id"),
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_bank_entry_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "id", name=op.f("pk_bank_entry")),
        sa.UniqueConstraint("seller_id", "account", "identity", name=op.f("uq_bank_entry_seller_id_account_identity")),
    )
    op.create_index(
        "ix_bank_entry_end_to_end_id",
        "bank_entry",
        ["seller_id", "end_to_end_id"],
        unique=False,
        postgresql_where=sa.text("end_to_end_id IS NOT NULL"),
    )
    op.create_index(
        "ix_bank_entry_entry_reference",
        "bank_entry",
        ["seller_id", "account", "entry_reference"],
        unique=False,
        postgresql_where=sa.text("entry_reference IS NOT NULL"),
    )
    op.create_index(
        "ix_bank_entry_proposed",
        "bank_entry",
        ["seller_id", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'proposed'"),
    )


def create_payment_return() -> None:
    op.create_table(
        "payment_return",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("returned_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("bank_entry_id", sa.Uuid(), nullable=True),
        sa.Column("known_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payment_return_amount")),
        sa.ForeignKeyConstraint(
            ["seller_id", "bank_entry_id"],
            ["bank_entry.seller_id", "bank_entry.id"],
            name=op.f("fk_payment_return_seller_id_bank_entry_id"),
        ),
        sa.ForeignKeyConstraint(
            ["seller_id", "import_id"],
            ["ledger_import.seller_id", "ledger_import.id"],
            name=op.f("fk_payment_return_seller_id_import_id"),
        ),
        sa.ForeignKeyConstraint(
            ["seller_id", "payment_id"],
            ["payment.seller_id", "payment.id"],
            name=op.f("fk_payment_return_seller_id_payment_id"),
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_payment_return_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "id", name=op.f("pk_payment_return")),
        sa.UniqueConstraint("seller_id", "identity", name=op.f("uq_payment_return_seller_id_identity")),
    )
    op.create_index(
        op.f("ix_payment_return_seller_id_payment_id"), "payment_return", ["seller_id", "payment_id"], unique=False
    )


def extend_tables() -> None:
    op.add_column("allocation", sa.Column("rule", sa.Text(), nullable=True))
    op.create_index(
        "ix_allocation_credit_note_id",
        "allocation",
        ["seller_id", "credit_note_id"],
        unique=False,
        postgresql_where=sa.text("credit_note_id IS NOT NULL"),
    )
    op.add_column("credit_note", sa.Column("kind", sa.Text(), server_default="credit_note", nullable=False))
    op.add_column(
        "exposure_balance",
        sa.Column("below_amount", sa.Numeric(precision=20, scale=4), server_default="0", nullable=False),
    )
    op.add_column("invoice", sa.Column("disputed_known_at", TIMESTAMP(timezone=True), nullable=True))
    op.add_column("invoice", sa.Column("number_key", sa.Text(), nullable=True))
    op.add_column("invoice", sa.Column("remittance_reference", sa.Text(), nullable=True))
    op.add_column("invoice", sa.Column("collection_reference", sa.Text(), nullable=True))
    op.add_column("invoice", sa.Column("discount_amount", sa.Numeric(precision=20, scale=4), nullable=True))
    op.add_column("invoice", sa.Column("discount_until", sa.Date(), nullable=True))
    op.create_index(
        "ix_invoice_collection_reference",
        "invoice",
        ["seller_id", "collection_reference"],
        unique=False,
        postgresql_where=sa.text("collection_reference IS NOT NULL"),
    )
    op.create_index(
        "ix_invoice_remittance_reference",
        "invoice",
        ["seller_id", "remittance_reference"],
        unique=False,
        postgresql_where=sa.text("remittance_reference IS NOT NULL"),
    )
    op.create_index(
        "ix_invoice_number_key",
        "invoice",
        ["seller_id", "number_key"],
        unique=False,
        postgresql_where=sa.text("open_amount <> 0"),
    )
    op.add_column("ledger_import", sa.Column("content_sha256", sa.LargeBinary(), nullable=True))
    op.add_column("payment", sa.Column("bank_entry_id", sa.Uuid(), nullable=True))
    op.add_column("payment", sa.Column("returnable_until", sa.Date(), nullable=True))
    op.create_index(
        "ix_payment_bank_entry_id",
        "payment",
        ["seller_id", "bank_entry_id"],
        unique=False,
        postgresql_where=sa.text("bank_entry_id IS NOT NULL"),
    )
    op.create_index(
        "ix_payment_returnable",
        "payment",
        ["seller_id", "debtor_id", "returnable_until"],
        unique=False,
        postgresql_where=sa.text("returnable_until IS NOT NULL"),
    )
    op.create_foreign_key(
        op.f("fk_payment_seller_id_bank_entry_id"),
        "payment",
        "bank_entry",
        ["seller_id", "bank_entry_id"],
        ["seller_id", "id"],
    )


def spare_each_line() -> None:
    """Drop what every imported line paid for and nobody needs: references that nothing can break, above all.

    Sums are of a debtor whose invoices and entries are checked; an import is never deleted.
    """
    for table, column in (
        ("debtor_day", "debtor_id"),
        ("exposure_balance", "debtor_id"),
        ("exposure_entry", "debtor_id"),
        ("invoice", "import_id"),
        ("credit_note", "import_id"),
        ("payment", "import_id"),
    ):
        op.drop_constraint(op.f(f"fk_{table}_seller_id_{column}"), table, type_="foreignkey")
    op.drop_column("payment", "settles")  # Nobody read it: allocations say what a payment settles.
    # Rows that are added to again and again stay on their page.
    op.execute("ALTER TABLE exposure_balance SET (fillfactor = 50)")
    op.execute("ALTER TABLE debtor_day SET (fillfactor = 80)")


def build_walls() -> None:
    """Let the application's login see and write rows of the seller of its transaction only."""
    app = op.get_bind().dialect.identifier_preparer.quote(context.config.attributes["app_login"])
    op.execute(f"GRANT SELECT, INSERT ON public_rate TO {app}")
    op.execute(f"GRANT UPDATE (disputed_known_at) ON invoice TO {app}")
    for table, right in RIGHTS.items():
        op.execute(f"GRANT SELECT, INSERT ON {table} TO {app}")
        if right:
            op.execute(f"GRANT {right} ON {table} TO {app}")
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


NUMBER_KEYS = """
UPDATE invoice SET disputed_known_at = CASE WHEN disputed THEN known_at END, number_key = CASE
    WHEN length(regexp_replace(invoice_number, '[^0-9A-Za-z]', '', 'g')) BETWEEN 3 AND 40
    THEN upper(regexp_replace(invoice_number, '[^0-9A-Za-z]', '', 'g')) END
"""
BELOW = """
WITH RECURSIVE above AS (
    SELECT id AS debtor_id, parent_id AS above_id FROM debtor WHERE parent_id IS NOT NULL
    UNION SELECT a.debtor_id, d.parent_id FROM above a JOIN debtor d ON d.id = a.above_id WHERE d.parent_id IS NOT NULL)
INSERT INTO exposure_balance AS b (seller_id, debtor_id, currency, stage, amount, below_amount)
SELECT o.seller_id, a.above_id, o.currency, o.stage, 0, sum(o.amount)
FROM above a JOIN exposure_balance o ON o.debtor_id = a.debtor_id GROUP BY 1, 2, 3, 4
ON CONFLICT (seller_id, debtor_id, currency, stage) DO UPDATE SET below_amount = excluded.below_amount
"""


def fill_new_columns() -> None:
    """Fill what follows from rows that are there, for one seller after the other: row security binds the owner too."""
    connection = op.get_bind()
    for seller_id in connection.scalars(sa.text("SELECT id FROM seller")).all():
        connection.execute(
            sa.text("SELECT set_config('creditgate.seller_id', :seller_id, true)"), {"seller_id": str(seller_id)}
        )
        connection.execute(sa.text(NUMBER_KEYS))
        connection.execute(sa.text(BELOW))
    connection.execute(sa.text("SELECT set_config('creditgate.seller_id', '', true)"))
