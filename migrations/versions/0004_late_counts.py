"""How many items of each day were paid late or are open still, and what all debtors together settled."""

import sqlalchemy as sa
from alembic import context, op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

LATE_DAYS = (0, 5, 15, 30, 60)
COUNTS = ("paid_count", *(f"late_over_{days}_count" for days in LATE_DAYS), "due_open_count")


def upgrade() -> None:
    # With a default for the rows that are there, which writes none of them again; the program names every column.
    for name in COUNTS:
        op.add_column("debtor_day", sa.Column(name, sa.Integer(), server_default="0", nullable=False))
    fill_counts()
    for name in COUNTS:
        op.alter_column("debtor_day", name, server_default=None)
    op.drop_index("ix_debtor_day_due_open", "debtor_day")
    op.create_index(
        "ix_debtor_day_due_open",
        "debtor_day",
        ["seller_id", "debtor_id", "currency", "day"],
        unique=False,
        postgresql_where=sa.text("due_open_count <> 0"),
    )
    create_book_lateness()


_AMOUNTS = (
    *("exposure_change", "invoiced_amount", "due_open_amount", "settled_count", "settled_amount"),
    *("settled_days_amount", *(f"late_over_{days}_amount" for days in LATE_DAYS)),
)
_LATE = ", ".join(f"count(*) FILTER (WHERE settled_on - due_on > {days})" for days in LATE_DAYS)
# A day on which there was nothing but disputed invoices had no row yet.
FILL = f"""
INSERT INTO debtor_day (seller_id, debtor_id, currency, day, {", ".join(_AMOUNTS)}, {", ".join(COUNTS)})
SELECT seller_id, debtor_id, currency, day, {", ".join("0" for _ in _AMOUNTS)},
    {", ".join(f"sum({name})" for name in COUNTS)}
FROM (
    SELECT seller_id, debtor_id, currency, settled_on, count(*), {_LATE}, 0
    FROM invoice WHERE settled_on IS NOT NULL AND paid_amount > 0 GROUP BY seller_id, debtor_id, currency, settled_on
    UNION ALL
    SELECT seller_id, debtor_id, currency, due_on, 0, {", ".join("0" for _ in LATE_DAYS)}, count(*)
    FROM invoice WHERE open_amount <> 0 GROUP BY seller_id, debtor_id, currency, due_on
    ) AS counted (seller_id, debtor_id, currency, day, {", ".join(COUNTS)})
GROUP BY seller_id, debtor_id, currency, day
ON CONFLICT (seller_id, debtor_id, currency, day) DO UPDATE SET
    {", ".join(f"{name} = excluded.{name}" for name in COUNTS)}
"""


def fill_counts() -> None:
    """Count the invoices that are there, for one seller after the other: row security binds the owner too."""
    connection = op.get_bind()
    for seller_id in connection.scalars(sa.text("SELECT id FROM seller")).all():
        connection.execute(
            sa.text("SELECT set_config('creditgate.seller_id', :seller_id, true)"), {"seller_id": str(seller_id)}
        )
        connection.execute(sa.text(FILL))
    connection.execute(sa.text("SELECT set_config('creditgate.seller_id', '', true)"))


def create_book_lateness() -> None:
    op.create_table(
        "book_lateness",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("window_days", sa.Integer(), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("paid_count", sa.BigInteger(), nullable=False),
        *(sa.Column(f"late_over_{days}_count", sa.BigInteger(), nullable=False) for days in LATE_DAYS),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_book_lateness_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "currency", "window_days", name=op.f("pk_book_lateness")),
    )
    app = op.get_bind().dialect.identifier_preparer.quote(context.config.attributes["app_login"])
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON book_lateness TO {app}")
    op.execute("ALTER TABLE book_lateness ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE book_lateness FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY of_seller ON book_lateness"
        " USING (seller_id = nullif(current_setting('creditgate.seller_id', true), '')::uuid)"
    )
    op.execute(
        "CREATE POLICY not_for_insurers ON book_lateness AS RESTRICTIVE"
        " USING ((SELECT nullif(current_setting('creditgate.insurer_id', true), '')) IS NULL)"
    )
