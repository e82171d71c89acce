"""Promises to pay, and what became of each; and of mails, who had one sent again and when what it told was erased."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects.postgresql import TIMESTAMP

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

# Rows are only ever added.
TABLES = ("promise", "promise_item", "promise_step")
MAIL_TIMES = ("resent_at", "erased_at")


def upgrade() -> None:
    create_promise()
    create_promise_item()
    create_promise_step()
    build_walls()
    op.add_column("mail", sa.Column("resent_by", sa.Text(), nullable=True))
    for name in MAIL_TIMES:
        op.add_column("mail", sa.Column(name, TIMESTAMP(timezone=True), nullable=True))
    op.create_index("ix_mail_kept", "mail", ["seller_id", "made_at"], postgresql_where=sa.text("erased_at IS NULL"))


def downgrade() -> None:
    op.drop_index("ix_mail_kept", "mail")
    for name in ("resent_by", *MAIL_TIMES):
        op.drop_column("mail", name)
    for table in reversed(TABLES):
        op.drop_table(table)


def _seller() -> sa.Column[object]:
    return sa.Column("seller_id", sa.Uuid(), nullable=False)


def _keys(table: str, *columns: str) -> list[sa.Constraint]:
    """The primary key, which begins with the seller, and whose row it is."""
    return [
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f(f"fk_{table}_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", *columns, name=op.f(f"pk_{table}")),
    ]


def _of(table: str, other: str) -> sa.Constraint:
    return sa.ForeignKeyConstraint(
        ["seller_id", f"{other}_id"],
        [f"{other}.seller_id", f"{other}.id"],
        name=op.f(f"fk_{table}_seller_id_{other}_id"),
    )


def create_promise() -> None:
    op.create_table(
        "promise",
        _seller(),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Numeric(20, 4), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("promised_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("promised_by", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("insurer_consent", sa.Text(), nullable=True),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("made_at", TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_promise_amount")),
        sa.CheckConstraint("channel IN ('phone', 'mail', 'portal', 'visit')", name=op.f("ck_promise_channel")),
        sa.CheckConstraint("last_on >= promised_on", name=op.f("ck_promise_last_on")),
        _of("promise", "debtor"),
        *_keys("promise", "id"),
    )
    columns = ["seller_id", "debtor_id", "last_on"]
    op.create_index(op.f("ix_promise_seller_id_debtor_id_last_on"), "promise", columns)
    op.create_index(op.f("ix_promise_seller_id_made_at"), "promise", ["seller_id", "made_at"])


def create_promise_item() -> None:
    op.create_table(
        "promise_item",
        _seller(),
        sa.Column("promise_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("paid_before", sa.Numeric(20, 4), nullable=False),
        _of("promise_item", "promise"),
        _of("promise_item", "invoice"),
        *_keys("promise_item", "promise_id", "invoice_id"),
    )
    op.create_index(op.f("ix_promise_item_seller_id_invoice_id"), "promise_item", ["seller_id", "invoice_id"])


def create_promise_step() -> None:
    op.create_table(
        "promise_step",
        _seller(),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("promise_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("booked_amount", sa.Numeric(20, 4), nullable=False),
        sa.Column("done_by", sa.Text(), nullable=False),
        sa.Column("grounds", sa.Text(), nullable=True),
        sa.Column("happened_at", TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('open', 'kept', 'broken', 'withdrawn')", name=op.f("ck_promise_step_state")),
        sa.CheckConstraint("(state = 'withdrawn') = (grounds IS NOT NULL)", name=op.f("ck_promise_step_grounds")),
        _of("promise_step", "promise"),
        *_keys("promise_step", "id"),
    )
    columns = ["seller_id", "promise_id", "id"]
    op.create_index(op.f("ix_promise_step_seller_id_promise_id_id"), "promise_step", columns)
    op.create_index(op.f("ix_promise_step_seller_id_happened_at"), "promise_step", ["seller_id", "happened_at"])


def build_walls() -> None:
    """Let the application's login see and add rows of the seller of its transaction only."""
    app = op.get_bind().dialect.identifier_preparer.quote(context.config.attributes["app_login"])
    for table in TABLES:
        op.execute(f"GRANT SELECT, INSERT ON {table} TO {app}")
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
