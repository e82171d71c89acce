"""Events that keep how what they tell of looked then, webhooks that rest, and figures of what goes out."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

WITH_WORK = """
CREATE OR REPLACE FUNCTION webhooks_with_work(at timestamptz) RETURNS TABLE (seller_id uuid, webhook_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT w.seller_id, w.id FROM public.webhook w
    WHERE w.state = 'active'{resting}
      AND (w.queued_position < (SELECT max(f.position) FROM public.feed_entry f WHERE f.seller_id = w.seller_id)
        OR EXISTS (SELECT FROM public.webhook_delivery d WHERE d.seller_id = w.seller_id AND d.webhook_id = w.id
                   AND d.state = 'waiting' AND d.due_at <= at))
$$
"""
RESTING = " AND (w.resting_until IS NULL OR w.resting_until <= at)"
# Of all sellers together, so that nothing of any one is told. An id begins with the milliseconds of its making.
FIGURES = """
CREATE FUNCTION webhook_figures(tried_since uuid) RETURNS TABLE (figure text, label text, value bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    WITH waiting AS (
        SELECT count(*) AS count,
            min(CASE WHEN w.state = 'active' THEN extract(epoch FROM d.queued_at) * 1000 END)::bigint AS since
        FROM public.webhook_delivery d JOIN public.webhook w ON w.seller_id = d.seller_id AND w.id = d.webhook_id
        WHERE d.state = 'waiting'),
    unqueued AS (
        SELECT next.event_id FROM public.webhook w CROSS JOIN LATERAL (
            SELECT f.event_id FROM public.feed_entry f
            WHERE f.seller_id = w.seller_id AND f.position > w.queued_position ORDER BY f.position LIMIT 1) next
        WHERE w.state = 'active'),
    late AS (
        SELECT 'feed' AS stage, event_id FROM public.event_pending
        UNION ALL SELECT 'queue', event_id FROM unqueued)
    SELECT 'webhooks', w.state, count(*) FROM public.webhook w GROUP BY w.state
    UNION ALL SELECT 'deliveries', 'waiting', count FROM waiting
    UNION ALL SELECT 'deliveries', 'parked', count(*) FROM public.webhook_delivery WHERE state = 'parked'
    UNION ALL SELECT 'waiting_since', 'delivery', since FROM waiting WHERE since IS NOT NULL
    UNION ALL SELECT 'waiting_since', stage,
        min(('x' || left(replace(event_id::text, '-', ''), 12))::bit(48)::bigint) FROM late GROUP BY stage
    UNION ALL SELECT 'tries', coalesce(a.error, 'delivered'), count(*)
        FROM (SELECT DISTINCT w.seller_id FROM public.webhook w) s CROSS JOIN LATERAL (
            SELECT x.error FROM public.webhook_attempt x WHERE x.seller_id = s.seller_id AND x.id >= tried_since) a
        GROUP BY coalesce(a.error, 'delivered')
$$
"""


def upgrade() -> None:
    op.add_column("event", sa.Column("snapshot", JSONB(none_as_null=True), nullable=True))
    op.add_column("webhook", sa.Column("resting_until", TIMESTAMP(timezone=True), nullable=True))
    op.create_index(
        "ix_webhook_delivery_parked",
        "webhook_delivery",
        ["seller_id", "webhook_id", "ended_at"],
        postgresql_where=sa.text("state = 'parked'"),
    )
    op.execute(WITH_WORK.format(resting=RESTING))
    owner = _quoted(op.get_bind().scalar(sa.text("SELECT current_user")))
    op.execute(f"CREATE POLICY found_by_function ON webhook_attempt FOR SELECT TO {owner} USING (true)")
    op.execute(FIGURES)
    op.execute("REVOKE ALL ON FUNCTION webhook_figures(uuid) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION webhook_figures(uuid) TO {_quoted(context.config.attributes['app_login'])}")


def downgrade() -> None:
    op.execute("DROP FUNCTION webhook_figures(uuid)")
    op.execute("DROP POLICY found_by_function ON webhook_attempt")
    op.execute(WITH_WORK.format(resting=""))
    op.drop_index("ix_webhook_delivery_parked", "webhook_delivery")
    op.drop_column("webhook", "resting_until")
    op.drop_column("event", "snapshot")


def _quoted(name: str) -> str:
    return op.get_bind().dialect.identifier_preparer.quote(name)
