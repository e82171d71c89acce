"""The walls between sellers, what the application's login may do, and the queue of the job engine."""

from importlib.resources import files

import sqlalchemy as sa
from alembic import context, op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# What the application may do besides SELECT and INSERT. What is not here is add-only, and the database keeps it so.
RIGHTS = {
    "seller": "UPDATE (time_zone, clock_ahead)",
    "key": "UPDATE (revoked_at)",
    "issuer": "DELETE",
    "idempotency": "UPDATE, DELETE",
    "secret": "UPDATE, DELETE",
    "debtor": "UPDATE",
    "debtor_identifier": "UPDATE (debtor_id)",
    "debtor_reference": "UPDATE (debtor_id)",
    "debtor_day": "UPDATE, DELETE",
    "credit_report": "DELETE",
    "policy": "UPDATE (state, approved_by, approved_at, activated_at)",
    "decision_facts": "DELETE",
    "ledger_import": "UPDATE",
    "import_chunk": "DELETE",
    "invoice": "UPDATE (open_amount, paid_amount, settled_on, disputed)",
    "credit_note": "UPDATE (unused_amount)",
    "exposure_balance": "UPDATE",
    "job": "UPDATE",
    "event_counter": "UPDATE",
    "event_pending": "DELETE",
}

FIND_KEY = """
CREATE FUNCTION find_key(key_id uuid)
RETURNS TABLE (seller_id uuid, seller_name text, mode text, time_zone text, currency text, clock_ahead interval,
               role text, subject text, insurer_id uuid, secret_sha256 bytea, expires_at timestamptz, revoked_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT s.id, s.name, s.mode, s.time_zone, s.currency, s.clock_ahead,
           k.role, k.subject, k.insurer_id, k.secret_sha256, k.expires_at, k.revoked_at
    FROM public.key k JOIN public.seller s ON s.id = k.seller_id
    WHERE k.id = key_id
$$
"""

FIND_ISSUER = """
CREATE FUNCTION find_issuer(token_issuer text)
RETURNS TABLE (seller_id uuid, seller_name text, mode text, time_zone text, currency text, clock_ahead interval,
               issuer_id uuid, audience text, key_set_url text, algorithms jsonb, role_claim text, roles jsonb,
               subject_claim text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT s.id, s.name, s.mode, s.time_zone, s.currency, s.clock_ahead,
           i.id, i.audience, i.key_set_url, i.algorithms, i.role_claim, i.roles, i.subject_claim
    FROM public.issuer i JOIN public.seller s ON s.id = i.seller_id
    WHERE i.issuer = token_issuer
$$
"""


def upgrade() -> None:
    app = op.get_bind().dialect.identifier_preparer.quote(context.config.attributes["app_login"])
    build_walls(app)
    install_queue(app)


def build_walls(app: str) -> None:
    """Let the application's login see and write rows of the seller of its transaction only."""
    connection = op.get_bind()
    owner = connection.dialect.identifier_preparer.quote(connection.scalar(sa.text("SELECT current_user")))
    op.execute(f"GRANT USAGE ON SCHEMA public TO {app}")
    op.execute(f"GRANT SELECT ON alembic_version TO {app}")
    inspector = sa.inspect(connection)
    for table in inspector.get_table_names():
        if table == "alembic_version":
            continue
        op.execute(f"GRANT SELECT, INSERT ON {table} TO {app}")
        if table in RIGHTS:
            op.execute(f"GRANT {RIGHTS[table]} ON {table} TO {app}")
        if table == "seller":
            continue
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY of_seller ON {table}"
            " USING (seller_id = nullif(current_setting('creditgate.seller_id', true), '')::uuid)"
        )
        op.execute(
            # As a query of its own, so that it is asked once for each statement and not for each row.
            f"CREATE POLICY not_for_insurers ON {table} AS RESTRICTIVE"
            " USING ((SELECT nullif(current_setting('creditgate.insurer_id', true), '')) IS NULL)"
        )
    for table, function, signature in (
        ("key", FIND_KEY, "find_key(uuid)"),
        ("issuer", FIND_ISSUER, "find_issuer(text)"),
    ):
        # The function runs as the owner, before anybody knows the seller.
        op.execute(f"CREATE POLICY found_by_function ON {table} FOR SELECT TO {owner} USING (true)")
        op.execute(function)
        op.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO {app}")


def install_queue(app: str) -> None:
    """Install the job engine's own tables in a schema apart; each of its functions finds them there."""
    schema = (files("procrastinate") / "sql" / "schema.sql").read_text()
    connection = op.get_bind()
    op.execute("CREATE SCHEMA queue")
    op.execute("SET LOCAL search_path = queue, public")
    connection.connection.cursor().execute(schema)
    functions = connection.scalars(
        sa.text("SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'queue'::regnamespace")
    ).all()
    for function in functions:
        op.execute(f"ALTER FUNCTION {function} SET search_path = queue, pg_catalog")
    op.execute("SET LOCAL search_path = public")
    op.execute(f"GRANT USAGE ON SCHEMA queue TO {app}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA queue TO {app}")
    op.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA queue TO {app}")
    op.execute(f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA queue TO {app}")
