"""Mail: what is to be sent, of which alerts, to whom and how they want it; and whom a seller tells without an owner."""

from typing import Any

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

TABLES = ("mail_preference", "mail_reading", "mail", "mail_notice")


def upgrade() -> None:
    op.add_column("seller", sa.Column("finance_address", sa.Text(), nullable=True))
    create_preference()
    create_reading()
    create_mail()
    create_notice()
    build_walls()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_column("seller", "finance_address")


def of_seller(table: str) -> list[sa.Column[Any] | sa.Constraint]:
    return [
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f(f"fk_{table}_seller_id")),
    ]


def create_preference() -> None:
    op.create_table(
        "mail_preference",
        *of_seller("mail_preference"),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("kinds", JSONB(), nullable=True),
        sa.Column("urgent_at_once", sa.Boolean(), nullable=False),
        sa.Column("digest_hour", sa.Integer(), nullable=True),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("changed_at", TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("language IN ('en', 'nl')", name=op.f("ck_mail_preference_language")),
        sa.CheckConstraint("digest_hour BETWEEN 0 AND 23", name=op.f("ck_mail_preference_digest_hour")),
        sa.CheckConstraint("scope IN ('own', 'all')", name=op.f("ck_mail_preference_scope")),
        sa.PrimaryKeyConstraint("seller_id", "address", name=op.f("pk_mail_preference")),
    )


def create_reading() -> None:
    op.create_table(
        "mail_reading",
        *of_seller("mail_reading"),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("digested_at", TIMESTAMP(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("seller_id", name=op.f("pk_mail_reading")),
    )


def create_mail() -> None:
    op.create_table(
        "mail",
        *of_seller("mail"),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("content", JSONB(), nullable=False),
        sa.Column("may_unsubscribe", sa.Boolean(), nullable=False),
        sa.Column("digest_on", sa.Date(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("leased_until", TIMESTAMP(timezone=True), nullable=True),
        sa.Column("fault_code", sa.Text(), nullable=True),
        sa.Column("fault_detail", sa.Text(), nullable=True),
        sa.Column("made_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("sent_at", TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('urgent', 'digest')", name=op.f("ck_mail_kind")),
        sa.CheckConstraint("language IN ('en', 'nl')", name=op.f("ck_mail_language")),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'parked')", name=op.f("ck_mail_state")),
        sa.CheckConstraint("(kind = 'digest') = (digest_on IS NOT NULL)", name=op.f("ck_mail_digest_on")),
        sa.PrimaryKeyConstraint("seller_id", "id", name=op.f("pk_mail")),
        sa.UniqueConstraint("seller_id", "address", "digest_on", name=op.f("uq_mail_seller_id_address_digest_on")),
    )
    waiting = sa.text("state = 'waiting'")
    op.create_index("ix_mail_waiting", "mail", ["seller_id", "next_attempt_at"], postgresql_where=waiting)


def create_notice() -> None:
    op.create_table(
        "mail_notice",
        *of_seller("mail_notice"),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("at_once", sa.Boolean(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("happened_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("mail_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("change IN ('opened', 'raised', 'ended')", name=op.f("ck_mail_notice_change")),
        sa.CheckConstraint("audience IN ('sales', 'finance')", name=op.f("ck_mail_notice_audience")),
        sa.ForeignKeyConstraint(
            ["seller_id", "alert_id"], ["alert.seller_id", "alert.id"], name=op.f("fk_mail_notice_seller_id_alert_id")
        ),
        sa.ForeignKeyConstraint(
            ["seller_id", "mail_id"], ["mail.seller_id", "mail.id"], name=op.f("fk_mail_notice_seller_id_mail_id")
        ),
        sa.PrimaryKeyConstraint("seller_id", "id", name=op.f("pk_mail_notice")),
        sa.UniqueConstraint(
            "seller_id",
            "address",
            "alert_id",
            "change",
            "at_once",
            name=op.f("uq_mail_notice_seller_id_address_alert_id_change_at_once"),
        ),
    )
    once = ["seller_id", "address", "alert_id"]
    op.create_index("ix_mail_notice_at_once", "mail_notice", once, unique=True, postgresql_where=sa.text("at_once"))
    waiting = sa.text("mail_id IS NULL")
    op.create_index("ix_mail_notice_waiting", "mail_notice", ["seller_id", "at_once"], postgresql_where=waiting)


def build_walls() -> None:
    """Let the application's login see and write rows of the seller of its transaction only."""
    app = op.get_bind().dialect.identifier_preparer.quote(context.config.attributes["app_login"])
    op.execute(f"GRANT UPDATE (finance_address) ON seller TO {app}")
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
