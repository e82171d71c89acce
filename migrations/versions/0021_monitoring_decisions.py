"""One alert for each cause: what was told beside another alert is ended, and those of whom it was are looked at."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0024"
branch_labels = None
depends_on = None

MERGED = sa.text("merged_into_id IS NOT NULL")
# A worse class is told by a decision now, a group by those above and below it; and an insolvency by one alert, whose
# subject is the debtor alone and no source besides.
OVER = (
    "kind IN ('judged_worse', 'group_member_insolvent') OR (kind = 'insolvency_event' AND subject <> debtor_id::text)"
)
MARK = f"""
INSERT INTO debtor_to_look_at (seller_id, id, debtor_id)
SELECT seller_id, gen_random_uuid(), debtor_id FROM (
    SELECT DISTINCT seller_id, debtor_id FROM alert WHERE ended_at IS NULL AND debtor_id IS NOT NULL AND ({OVER})) told
"""
END = f"UPDATE alert SET ended_at = now(), changed_at = now() WHERE ended_at IS NULL AND ({OVER})"


def upgrade() -> None:
    op.create_index("ix_debtor_merged", "debtor", ["seller_id", "merged_into_id"], postgresql_where=MERGED)
    of_each_seller(MARK, END)


def downgrade() -> None:
    op.drop_index("ix_debtor_merged", "debtor")


def of_each_seller(*statements: str) -> None:
    """Execute statements for one seller after the other: row security binds the owner too."""
    connection = op.get_bind()
    of_seller = sa.text("SELECT set_config('creditgate.seller_id', :seller_id, true)")
    for seller_id in connection.scalars(sa.text("SELECT id FROM seller")).all():
        connection.execute(of_seller, {"seller_id": str(seller_id)})
        for statement in statements:
            connection.execute(sa.text(statement))
    connection.execute(of_seller, {"seller_id": ""})
