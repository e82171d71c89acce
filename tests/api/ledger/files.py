"""Ledger files for the import tests, and what must hold of the ledger they leave."""

from datetime import date
from typing import Any

from sqlalchemy import text

from api.ledger.report import ImportReport
from api.records import ledger_drift
from api.records.sellers import Seller
from api.records.sessions import Sessions

TODAY = date(2026, 6, 1)  # Of the tests' sellers.
MAPPING: dict[str, Any] = {
    "delimiter": ";",
    "decimal": "comma",
    "thousands": ".",
    "date_formats": ["D-M-YYYY", "YYYY-MM-DD"],
    "columns": {
        "debtor_reference": "klant",
        "debtor_name": "naam",
        "invoice_number": "nummer",
        "invoiced_on": "datum",
        "due_on": "vervaldag",
        "amount": "bedrag",
        "paid_on": "betaald op",
        "paid_amount": "betaald",
        "disputed": "betwist",
    },
    "constants": {"debtor_system": "erp", "currency": "EUR", "country": "NL"},
}
HEADER = "klant;naam;nummer;datum;vervaldag;bedrag;betaald op;betaald;betwist\n"
PAYMENTS = {
    "kind": "payment",
    "columns": {
        "debtor_reference": "debtor",
        "payment_reference": "reference",
        "paid_on": "date",
        "amount": "amount",
        "settles": "invoice",
    },
    "constants": {"debtor_system": "erp", "currency": "EUR"},
}


def line(number: int, klant: int = 1, bedrag: str = "1.250,00", paid: str = ";", betwist: str = "nee") -> str:
    return f"{klant};Bakkerij {klant};F{number:05};1-3-2026;31-3-2026;{bedrag};{paid};{betwist}\n"


LINES = [
    line(number, klant=number % 7, bedrag=f"{number},50", paid="4-4-2026;10,00" if number >= 10 and number % 3 else ";")
    for number in range(1, 101)
]


def ledger(sessions: Sessions, seller: Seller) -> list[tuple[Any, ...]]:
    """Everything that the ledger holds, in an order that does not depend on ids; and it must be sound."""
    with sessions.of(seller.id) as session:
        assert ledger_drift.of_balances(session) == []
        assert ledger_drift.of_days(session) == []
        rows = session.execute(
            text(
                "SELECT r.value, i.identity, i.invoiced_on, i.due_on, i.amount, i.open_amount, i.settled_on,"
                " i.disputed,"
                " array_agg((p.paid_on, p.amount)::text ORDER BY p.paid_on) FROM invoice i"
                " JOIN debtor_reference r ON r.debtor_id = i.debtor_id LEFT JOIN allocation a ON a.invoice_id = i.id"
                " LEFT JOIN payment p ON p.id = a.payment_id GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ORDER BY 1, 2"
            )
        )
        return [tuple(row) for row in rows]


def counts(report: ImportReport) -> tuple[int, int, int]:
    return report.taken_count, report.known_count, report.refused_count
