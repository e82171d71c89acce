"""The life of alerts: how grave, until when, who took note; and whom to look at, because of a change or of a day."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects.postgresql import TIMESTAMP

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

# What the application may do with each new table besides SELECT and INSERT.
TABLES = {"alert_step": None, "debtor_to_look_at": "UPDATE, DELETE", "debtor_next_look": "UPDATE, DELETE"}
OF_ALERT = ("level", "due_on", "acknowledged_at", "snoozed_until", "changed_at")
NOT_OVER = sa.text("ended_at IS NULL AND snoozed_until IS NOT NULL")
TO_INVOICE = sa.text("to_invoice_amount > 0")


def upgrade() -> None:
    extend_alert()
    create_alert_step()
    create_debtor_to_look_at()
    create_debtor_next_look()
    mark_everybody()
    op.create_index("ix_sales_order_to_invoice", "sales_order", ["seller_id", "debtor_id"], postgresql_where=TO_INVOICE)
    build_walls()


def downgrade() -> None:
    op.drop_index("ix_sales_order_to_invoice", "sales_order")
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_index("ix_alert_snoozed", "alert")
    op.drop_index(op.f("ix_alert_seller_id_changed_at"), "alert")
    for column in reversed(OF_ALERT):
        op.drop_column("alert", column)


def extend_alert() -> None:
    op.add_column("alert", sa.Column("level", sa.Integer(), server_default="0", nullable=False))
    op.add_column("alert", sa.Column("due_on", sa.Date(), nullable=True))
    op.add_column("alert", sa.Column("acknowledged_at", TIMESTAMP(timezone=True), nullable=True))
    op.add_column("alert", sa.Column("snoozed_until", sa.Date(), nullable=True))
    op.add_column("alert", sa.Column("changed_at", TIMESTAMP(timezone=True), nullable=True))
    of_each_seller("UPDATE alert SET changed_at = coalesce(ended_at, opened_at)")
    op.alter_column("alert", "changed_at", nullable=False)
    op.create_index(op.f("ix_alert_seller_id_changed_at"), "alert", ["seller_id", "changed_at"])
    op.create_index("ix_alert_snoozed", "alert", ["seller_id", "snoozed_until"], postgresql_where=NOT_OVER)


def create_alert_step() -> None:
    op.create_table(
        "alert_step",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("done_by", sa.Text(), nullable=False),
        sa.Column("happened_at", TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('raised', 'acknowledged', 'snoozed', 'returned', 'followed')", name=op.f("ck_alert_step_kind")
        ),
        sa.CheckConstraint("(kind = 'snoozed') = (until_on IS NOT NULL)", name=op.f("ck_alert_step_until_on")),
        sa.ForeignKeyConstraint(
            ["seller_id", "alert_id"], ["alert.seller_id", "alert.id"], name=op.f("fk_alert_step_seller_id_alert_id")
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_alert_step_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", "id", name=op.f("pk_alert_step")),
    )
    op.create_index(op.f("ix_alert_step_seller_id_alert_id_id"), "alert_step", ["seller_id", "alert_id", "id"])


def create_debtor_to_look_at() -> None:
    op.create_table(
        "debtor_to_look_at",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("seller_id", "id", name=op.f("pk_debtor_to_look_at")),
    )


def create_debtor_next_look() -> None:
    op.create_table(
        "debtor_next_look",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=False),
        sa.Column("look_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("seller_id", "debtor_id", name=op.f("pk_debtor_next_look")),
    )
    op.create_index(op.f("ix_debtor_next_look_seller_id_look_on"), "debtor_next_look", ["seller_id", "look_on"])


def mark_everybody() -> None:
    """Have every debtor looked at once, which nobody did before."""
    of_each_seller(
        "INSERT INTO debtor_to_look_at (seller_id, id, debtor_id)"
        " SELECT seller_id, gen_random_uuid(), id FROM debtor WHERE merged_into_id IS NULL"
    )


def of_each_seller(statement: str) -> None:
    """Execute a statement for one seller after the other: row security binds the owner too."""
    connection = op.get_bind()
    of_seller = sa.text("SELECT set_config('creditgate.seller_id', :seller_id, true)")
    for seller_id in connection.scalars(sa.text("SELECT id FROM seller")).all():
        connection.execute(of_seller, {"seller_id": str(seller_id)})
        connection.execute(sa.text(statement))
    connection.execute(of_seller, {"seller_id": ""})


def build_walls() -> None:
    """Let the application's login see and write rows of the seller of its transaction only."""
    app = op.get_bind().dialect.identifier_preparer.quote(context.config.attributes["app_login"])
    op.execute(f"GRANT UPDATE ({', '.join(OF_ALERT)}) ON alert TO {app}")
    for table, rights in TABLES.items():
        op.execute(f"GRANT SELECT, INSERT ON {table} TO {app}")
        if rights:
            op.execute(f"GRANT {rights} ON {table} TO {app}")
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
