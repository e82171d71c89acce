"""Transactions of one seller: the database shows and takes that seller's rows only."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.orm import Session, UOWTransaction, sessionmaker

from api.records.base import OfSeller
from api.records.quick import begin

SCOPE = text(
    "SELECT set_config('creditgate.seller_id', :seller_id, true),"
    " set_config('creditgate.insurer_id', :insurer_id, true)"
)

# The same without values of its own, since ids have no character that means anything in SQL.
SCOPE_OF = (
    "SELECT set_config('creditgate.seller_id', '{seller_id}', true),"
    " set_config('creditgate.insurer_id', '{insurer_id}', true)"
)
# Statements that find few rows by their keys are planned once, and by indexes: planning takes longer than they do, and
# a table that was small when its connection first met it does not stay so.
BY_KEYS = "".join(
    f", set_config('{name}', '{value}', true)"
    for name, value in (
        ("plan_cache_mode", "force_generic_plan"),
        ("enable_seqscan", "off"),
        ("enable_hashjoin", "off"),
        ("enable_mergejoin", "off"),
    )
)


class SellerSession(Session):
    """A session whose new rows are given its seller."""


@event.listens_for(SellerSession, "before_flush")
def _give_rows_their_seller(session: Session, _context: UOWTransaction, _instances: object) -> None:
    for row in session.new:
        if isinstance(row, OfSeller) and row.seller_id is None:
            row.seller_id = session.info["seller_id"]


class Sessions:
    """Opens transactions. Records stay readable after their transaction has closed."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._make = sessionmaker(engine, class_=SellerSession, expire_on_commit=False)

    @contextmanager
    def of(self, seller_id: UUID, insurer_id: UUID | None = None, *, by_keys: bool = False) -> Iterator[Session]:
        """Open one transaction that sees only this seller's rows; commits at the end, rolls back on an error.

        `by_keys`: what it asks for is found by keys, and is few rows, however large the book.
        """
        with self._make.begin() as session:
            session.info["seller_id"] = seller_id
            scope = SCOPE_OF.format(seller_id=seller_id, insurer_id=insurer_id or "")
            if not begin(session, scope + BY_KEYS if by_keys else scope):
                enter(session, seller_id, insurer_id)  # SQLAlchemy hears what is wrong, and forgets dead connections.
            yield session

    @contextmanager
    def snapshot_of(self, seller_id: UUID, *, by_keys: bool = False) -> Iterator[Session]:
        """Open one transaction that sees this seller's rows as they were when it began, whatever others write since."""
        with self._make.begin() as session:
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            enter(session, seller_id)
            if by_keys:
                session.execute(text(f"SELECT true{BY_KEYS}"))
            yield session

    @contextmanager
    def of_nobody(self) -> Iterator[Session]:
        """Open one transaction without a seller: it sees the tables that have none, and no row of any seller."""
        with self._make.begin() as session:
            yield session


def enter(session: Session, seller_id: UUID, insurer_id: UUID | None = None) -> None:
    """Let the rest of a transaction be of one seller."""
    session.info["seller_id"] = seller_id
    session.execute(SCOPE, {"seller_id": str(seller_id), "insurer_id": str(insurer_id or "")})


def connect(database_url: str, pool_size: int = 10) -> Engine:
    """Make the engine for one process. `database_url` is any PostgreSQL URL; the driver is always psycopg 3."""
    url = database_url.replace("postgres://", "postgresql://", 1).replace("postgresql://", "postgresql+psycopg://", 1)
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=5,
        pool_pre_ping=False,
        pool_timeout=10,
        hide_parameters=True,  # Rows of ledgers are personal data, and errors are logged.
        connect_args={"connect_timeout": 10, "options": "-c timezone=UTC"},
    )


class UnsafeLogin(Exception):
    """The database login could read past the walls between sellers."""


def refuse_unsafe_login(engine: Engine) -> None:
    """Raise UnsafeLogin when the login is a superuser, bypasses row security, or owns a table."""
    with engine.connect() as connection:
        name, superuser, bypasses, owns = connection.execute(
            text(
                "SELECT rolname, rolsuper, rolbypassrls,"
                " EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                "   WHERE pg_has_role(r.oid, c.relowner, 'USAGE') AND c.relkind IN ('r', 'p')"
                "   AND c.relpersistence <> 't' AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast'))"
                " FROM pg_roles r WHERE rolname = current_user"
            )
        ).one()
    faults = [
        words
        for words, true in (
            ("is a superuser", superuser),
            ("has BYPASSRLS", bypasses),
            ("owns tables, or is a member of a role that does", owns),
        )
        if true
    ]
    if faults:
        raise UnsafeLogin(
            f"the database login '{name}' {' and '.join(faults)}: row security would not hold. "
            "Use a login such as creditgate_app that has rights on the tables and nothing more."
        )
