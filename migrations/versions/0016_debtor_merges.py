"""What follows a debtor that is merged away, and indexes by which lists find what changed since a time."""

import sqlalchemy as sa
from alembic import context, op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

# What the application may change besides what it may already: whose they are, and nothing else.
RIGHTS = {
    "hold": "debtor_id",
    "security": "debtor_id, guarantor_id",
    "document": "debtor_id",
    "agreed_terms": "debtor_id",
    "cover_decision": "debtor_id",
    "credit_report": "debtor_id",
}
# By what lists find what changed.
CHANGED_BY = {
    "sales_order": ("changed_at", "id"),
    "invoice": ("known_at",),
    "credit_note": ("known_at",),
    "payment": ("known_at",),
    "payment_return": ("known_at",),
    "allocation": ("known_at",),
}
DISPUTED = "ix_invoice_disputed_known_at"


def upgrade() -> None:
    for table, columns in CHANGED_BY.items():
        op.create_index(_index(table, columns), table, ["seller_id", *columns])
    disputed = sa.text("disputed_known_at IS NOT NULL")
    op.create_index(DISPUTED, "invoice", ["seller_id", "disputed_known_at"], postgresql_where=disputed)
    app = _app()
    for table, rights in RIGHTS.items():
        op.execute(f"GRANT UPDATE ({rights}) ON {table} TO {app}")


def downgrade() -> None:
    app = _app()
    for table, rights in RIGHTS.items():
        op.execute(f"REVOKE UPDATE ({rights}) ON {table} FROM {app}")
    op.drop_index(DISPUTED, "invoice")
    for table, names in CHANGED_BY.items():
        op.drop_index(_index(table, names), table)


def _index(table: str, columns: tuple[str, ...]) -> str:
    return op.f("_".join(("ix", table, "seller_id", *columns)))


def _app() -> str:
    return op.get_bind().dialect.identifier_preparer.quote(context.config.attributes["app_login"])
