"""What was collected and can still be asked back, summed by its last day; and up to which day limits were looked at."""

import sqlalchemy as sa
from alembic import context, op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TABLES = ("returnable_day", "day_passed")


def upgrade() -> None:
    op.create_table(
        "returnable_day",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("below_amount", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.PrimaryKeyConstraint("seller_id", "debtor_id", "until_on", "currency", name=op.f("pk_returnable_day")),
    )
    op.create_table(
        "day_passed",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_day_passed_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "kind", name=op.f("pk_day_passed")),
    )
    build_walls()
    fill_returnable_days()


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)


def build_walls() -> None:
    """Let the application's login see and write rows of the seller of its transaction only."""
    app = op.get_bind().dialect.identifier_preparer.quote(context.config.attributes["app_login"])
    for table in TABLES:
        op.execute(f"GRANT SELECT, INSERT, UPDATE ON {table} TO {app}")
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


FILL = """
WITH RECURSIVE collected AS (
    SELECT p.seller_id, p.debtor_id, p.returnable_until, p.currency, p.amount - coalesce((
        SELECT sum(r.amount) FROM payment_return r WHERE r.seller_id = p.seller_id AND r.payment_id = p.id), 0) AS amount
    FROM payment p WHERE p.returnable_until IS NOT NULL),
above AS (
    SELECT id AS debtor_id, parent_id AS above_id FROM debtor WHERE parent_id IS NOT NULL
    UNION SELECT a.debtor_id, d.parent_id FROM above a JOIN debtor d ON d.id = a.above_id WHERE d.parent_id IS NOT NULL)
INSERT INTO returnable_day (seller_id, debtor_id, until_on, currency, amount, below_amount)
SELECT seller_id, debtor_id, returnable_until, currency, sum(amount), sum(below_amount) FROM (
    SELECT seller_id, debtor_id, returnable_until, currency, amount, 0 AS below_amount FROM collected
    UNION ALL SELECT c.seller_id, a.above_id, c.returnable_until, c.currency, 0, c.amount
    FROM collected c JOIN above a ON a.debtor_id = c.debtor_id) sides
GROUP BY seller_id, debtor_id, returnable_until, currency
"""


def fill_returnable_days() -> None:
    """Sum the payments that are there, for one seller after the other: row security binds the owner too."""
    connection = op.get_bind()
    for seller_id in connection.scalars(sa.text("SELECT id FROM seller")).all():
        connection.execute(
            sa.text("SELECT set_config('creditgate.seller_id', :seller_id, true)"), {"seller_id": str(seller_id)}
        )
        connection.execute(sa.text(FILL))
    connection.execute(sa.text("SELECT set_config('creditgate.seller_id', '', true)"))
