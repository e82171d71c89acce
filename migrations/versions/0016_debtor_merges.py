"""What follows a debtor that is merged away: its rows point on to the one it was merged into."""

from alembic import context, op

revision = "0016"
down_revision = "0013"
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


def upgrade() -> None:
    app = _app()
    for table, columns in RIGHTS.items():
        op.execute(f"GRANT UPDATE ({columns}) ON {table} TO {app}")


def downgrade() -> None:
    app = _app()
    for table, columns in RIGHTS.items():
        op.execute(f"REVOKE UPDATE ({columns}) ON {table} FROM {app}")


def _app() -> str:
    return op.get_bind().dialect.identifier_preparer.quote(context.config.attributes["app_login"])
