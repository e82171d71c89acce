"""A seller's ledger, and the bank statements that come in."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text

from api.clock import Clock
from api.ledger.bank_run import BankReport, run_bank
from api.ledger.formats.documents import BankItem
from api.records import debtors
from api.records.ledger_batch import take
from api.records.ledger_lines import LedgerLine
from api.records.sellers import Seller
from api.records.sessions import Sessions
from scoring.policy.document import Policy, parse_policy, shipped
from tests.api.ledger.statements import PAYER, assert_sound

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
POLICY: Policy = parse_policy(shipped()["default"])


@dataclass
class Bank:
    """A seller's ledger and the statements that come in."""

    sessions: Sessions
    seller: Seller

    def debtor(self, name: str = "Bakkerij De Oever") -> UUID:
        with self.sessions.of(self.seller.id) as session:
            return debtors.add(session, {"name": name, "country": "NL"}, phase="monitoring", names=(), now=NOW).id

    def bill(self, *lines: LedgerLine) -> None:
        numbered = [replace(each, line=place) for place, each in enumerate(lines)]
        with self.sessions.of(self.seller.id) as session:
            assert {each.state for each in take(session, numbered, NOW)} == {"taken"}

    def receive(self, *told: BankItem, items: Iterable[BankItem] = (), **options: Any) -> BankReport:
        report = run_bank(self.sessions, self.seller, Clock(), [*told] if told else items, POLICY, **options)
        self.sound()
        return report

    def sound(self) -> None:
        with self.sessions.of(self.seller.id) as session:
            assert_sound(session)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with self.sessions.of(self.seller.id) as session:
            return [tuple(row) for row in session.execute(text(query))]

    def open(self) -> dict[str, Decimal]:
        return dict(self.rows("SELECT invoice_number, open_amount FROM invoice"))  # type: ignore[arg-type]

    def states(self) -> dict[str, str]:
        return dict(self.rows("SELECT identity, state FROM bank_entry"))  # type: ignore[arg-type]

    def balances(self) -> dict[str, Decimal]:
        query = "SELECT stage, sum(amount) FROM exposure_balance GROUP BY stage HAVING sum(amount) <> 0"
        return dict(self.rows(query))  # type: ignore[arg-type]

    def learn(self, debtor_id: UUID, account: str = PAYER) -> None:
        with self.sessions.of(self.seller.id) as session:
            session.execute(
                text("INSERT INTO debtor_account (seller_id, account, debtor_id, known_at) VALUES (:s, :a, :d, :n)"),
                {"s": self.seller.id, "a": account, "d": debtor_id, "n": NOW},
            )
