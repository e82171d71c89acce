"""Debtors that may order: with limits and terms, alone or in groups of three levels, and what must hold of them."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

import api.app  # noqa: F401  # Knows every table, as others refer to them.
from api.clock import Clock
from api.records import debtor_locks, debtors, held_orders, ledger_drift
from api.records.applications import AgreedTermsRecord
from api.records.limits import CreditLimitRecord
from api.records.sellers import Seller
from api.records.sessions import Sessions

BALANCES = text("SELECT debtor_id, stage, amount, below_amount FROM exposure_balance")
RESERVED = text("SELECT debtor_id, sum(reserved_amount + to_invoice_amount) FROM sales_order GROUP BY debtor_id")
DEADLOCKS = text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")


@dataclass(frozen=True, slots=True)
class Book:
    """One seller's debtors, as the proofs read and prepare them."""

    sessions: Sessions
    seller: Seller
    clock: Clock

    def new_debtor(self, parent_id: UUID | None = None) -> UUID:
        """Add a debtor, under a parent."""
        with self.sessions.of(self.seller.id) as session:
            now = self.clock.now(self.seller)
            record = debtors.add(session, {"name": "Proof", "country": "NL"}, phase="acceptance", names=(), now=now)
            session.flush()
            if parent_id is not None:
                session.execute(
                    text("UPDATE debtor SET parent_id = :parent_id WHERE id = :id"),
                    {"id": record.id, "parent_id": parent_id},
                )
            return record.id

    def limit(self, debtor_id: UUID, amount: Decimal | int, scope: str = "own", risk_class: str = "low") -> None:
        """Decide a limit as a person's decision is written: under the lock, and what waits for it is looked at."""
        with self.sessions.of(self.seller.id) as session:
            debtor_locks.lock(session, [debtor_id])
            session.add(
                CreditLimitRecord(
                    debtor_id=debtor_id,
                    scope=scope,
                    is_temporary=False,
                    limit_kind="amount",
                    limit_amount=Decimal(amount),
                    currency="EUR",
                    risk_class=risk_class,
                    valid_from=self.clock.today(self.seller),
                    valid_until=None,
                    next_review_on=None,
                    decided_by="proof",
                    grounds="proof",
                    decision_id=None,
                    verdict_id=None,
                    known_at=self.clock.now(self.seller),
                )
            )
            session.flush()
            held_orders.look_again(session, [debtor_id])

    def terms(self, debtor_id: UUID) -> None:
        """Agree on terms in writing."""
        with self.sessions.of(self.seller.id) as session:
            session.add(
                AgreedTermsRecord(
                    debtor_id=debtor_id,
                    document_sha256="00",
                    terms_version="1",
                    payment_term_days=30,
                    expressly_agreed=False,
                    accepted_by="Proof",
                    accepted_on=self.clock.today(self.seller),
                    channel="paper",
                    recorded_by="proof",
                    known_at=self.clock.now(self.seller),
                )
            )

    def exposure(self) -> dict[UUID, Decimal]:
        """Give what counts of each debtor with all below it."""
        found: dict[UUID, Decimal] = {}
        with self.sessions.of(self.seller.id) as session:
            for debtor_id, stage, amount, below in session.execute(BALANCES):
                if stage != "scheduled":
                    found[debtor_id] = found.get(debtor_id, Decimal(0)) + amount + below
        return found

    def stages(self, debtor_id: UUID) -> dict[str, Decimal]:
        """Give the exposure of a debtor itself by stage, zeros left out."""
        with self.sessions.of(self.seller.id) as session:
            rows = session.execute(BALANCES).all()
        return {row.stage: row.amount for row in rows if row.debtor_id == debtor_id and row.amount}

    def require_sound(self) -> None:
        """Fail unless every sum of the ledger is right."""
        with self.sessions.of(self.seller.id) as session:
            assert _findings(session) == []

    def deadlocks(self) -> int:
        """Count the deadlocks that the database has met so far."""
        with self.sessions.of_nobody() as session:
            session.execute(text("SELECT pg_stat_clear_snapshot()"))
            return int(session.execute(DEADLOCKS).scalar_one())


def _findings(session: Session) -> list[object]:
    return list(ledger_drift.every(session))
