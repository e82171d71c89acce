"""What is watched where, what sources told of, who must be looked at again, and what vendors sent by themselves."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects.postgresql import TIMESTAMP

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

# What the application may do besides reading and adding; a change that was told is never changed.
RIGHTS = {
    "watch": "UPDATE",
    "watch_cursor": "UPDATE",
    "source_change": "",
    "source_change_pending": "DELETE",
    "notice_address": "UPDATE",
    "notice": "UPDATE",
}


def upgrade() -> None:
    create_watch()
    create_source_change()
    create_notice()
    build_walls()


def downgrade() -> None:
    for table in reversed(RIGHTS):
        op.drop_table(table)


def _seller() -> sa.Column[object]:
    return sa.Column("seller_id", sa.Uuid(), nullable=False)


def _keys(table: str, *columns: str) -> list[sa.Constraint]:
    """The primary key, which begins with the seller, and whose row it is."""
    return [
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f(f"fk_{table}_seller_id")),
        sa.PrimaryKeyConstraint("seller_id", *columns, name=op.f(f"pk_{table}")),
    ]


def _of_debtor(table: str) -> sa.Constraint:
    return sa.ForeignKeyConstraint(
        ["seller_id", "debtor_id"], ["debtor.seller_id", "debtor.id"], name=op.f(f"fk_{table}_seller_id_debtor_id")
    )


def create_watch() -> None:
    op.create_table(
        "watch",
        _seller(),
        sa.Column("debtor_id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.Column("since", TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('watched', 'unknown', 'ended')", name=op.f("ck_watch_state")),
        _of_debtor("watch"),
        *_keys("watch", "debtor_id", "provider"),
    )
    op.create_index("ix_watch_company", "watch", ["seller_id", "provider", "value"])
    op.create_table(
        "watch_cursor",
        _seller(),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("asked_at", TIMESTAMP(timezone=True), nullable=False),
        *_keys("watch_cursor", "provider"),
    )


def create_source_change() -> None:
    op.create_table(
        "source_change",
        _seller(),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("old_value", sa.Text(), nullable=True),
        sa.Column("new_value", sa.Text(), nullable=True),
        sa.Column("changed_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("known_at", TIMESTAMP(timezone=True), nullable=False),
        _of_debtor("source_change"),
        *_keys("source_change", "id"),
    )
    columns = ["seller_id", "provider", "key", "debtor_id"]
    op.create_index("ix_source_change_once", "source_change", columns, unique=True)
    op.create_index(op.f("ix_source_change_seller_id_debtor_id_id"), "source_change", ["seller_id", "debtor_id", "id"])
    op.create_table(
        "source_change_pending",
        _seller(),
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["seller_id", "change_id"],
            ["source_change.seller_id", "source_change.id"],
            name=op.f("fk_source_change_pending_seller_id_change_id"),
        ),
        *_keys("source_change_pending", "change_id"),
    )
    columns = ["seller_id", "debtor_id"]
    op.create_index(op.f("ix_source_change_pending_seller_id_debtor_id"), "source_change_pending", columns)


def create_notice() -> None:
    op.create_table(
        "notice_address",
        _seller(),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("token_sha256", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("ends_at", TIMESTAMP(timezone=True), nullable=True),
        *_keys("notice_address", "id"),
    )
    op.create_index("ix_notice_address_token", "notice_address", ["seller_id", "provider", "token_sha256"], unique=True)
    op.create_table(
        "notice",
        _seller(),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.Column("changes_count", sa.Integer(), nullable=True),
        sa.Column("received_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("read_at", TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('received', 'read', 'unreadable')", name=op.f("ck_notice_state")),
        *_keys("notice", "id"),
    )
    op.create_index("ix_notice_once", "notice", ["seller_id", "provider", "sha256"], unique=True)


def build_walls() -> None:
    """Let the application's login see and write rows of the seller of its transaction only."""
    app = op.get_bind().dialect.identifier_preparer.quote(context.config.attributes["app_login"])
    for table, rights in RIGHTS.items():
        op.execute(f"GRANT {', '.join(filter(None, ('SELECT, INSERT', rights)))} ON {table} TO {app}")
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
