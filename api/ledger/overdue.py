"""A debtor's overdue invoices as callers see them: how late, and what the law adds; with the totals of all of them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api.ledger import statutory
from api.ledger.clocks import View
from api.ledger.figures import get_debtor
from api.records.overdue_items import OverdueItem, overdue_items
from api.web.money import amount_answer, money_answer
from api.web.paging import cursor_of, read_cursor
from scoring.exchange import EURO
from scoring.overdue import OverdueClaim, OverdueInvoice, claim_of, costs_of
from scoring.statutory.interest import PartPayment
from scoring.statutory.law import NotInForce, dutch_law

NO_CLAIM = OverdueClaim(None, False, None, None, None, None, None, None)
SUMMED = ("open_amount", "interest", "collection_costs", "vat_relief_amount")


@dataclass(frozen=True, slots=True)
class OverduePage:
    """Some of the items, the cursor of the next ones, and what is told of all of them."""

    items: Sequence[dict[str, Any]]
    next: str | None
    beside: dict[str, Any]


def overdue_page(session: Session, debtor_id: UUID, view: View, limit: int, after: str | None) -> OverduePage:
    """Give a page of what is overdue and the totals of all of it, by currency. Raises NotFound and BadInput."""
    debtor = get_debtor(session, debtor_id)
    found = overdue_items(session, debtor.id, view.clocks, is_present=view.is_present)
    rates, law = statutory.commercial_interest(session, view.known_at), dutch_law()
    rows = []
    for item in found:
        is_euro = item.currency == EURO  # The law's numbers are in euro.
        rows.append(_row(item, claim_of(_invoice(item), view.as_of, law, rates) if is_euro else NO_CLAIM, view))
    start = _start(found, after)
    end = start + limit
    beside = {
        "debtor_id": debtor.id,
        "as_of": view.as_of,
        "known_at": view.known_at,
        "including_vat": True,
        "totals": _totals(rows, view.as_of),
    }
    more = cursor_of([found[end - 1].due_on, found[end - 1].id]) if end < len(found) else None
    return OverduePage(rows[start:end], more, beside)


def _start(found: Sequence[OverdueItem], after: str | None) -> int:
    """Give the place after the item that a cursor names; one that was paid meanwhile is no reason to begin again."""
    if after is None:
        return 0
    place = tuple(read_cursor(after, (date, UUID)))
    return sum((item.due_on, item.id) <= place for item in found)


def _invoice(item: OverdueItem) -> OverdueInvoice:
    payments = tuple(PartPayment(day, amount) for day, amount in item.payments)
    return OverdueInvoice(item.amount, item.vat_amount, item.credited_amount, item.due_on, payments)


def _row(item: OverdueItem, claim: OverdueClaim, view: View) -> dict[str, Any]:
    def money(amount: Decimal | None) -> dict[str, str] | None:
        return None if amount is None else money_answer(amount, item.currency)

    return {
        "invoice_id": item.id,
        "invoice_number": item.invoice_number,
        "invoiced_on": item.invoiced_on,
        "due_on": item.due_on,
        "overdue_days": (view.as_of - item.due_on).days,
        "disputed": item.disputed,
        "amount": money(item.amount),
        "open_amount": money(item.open_amount),
        "interest": money(claim.interest),
        "provisional": claim.provisional,
        "provisional_from": claim.provisional_from,
        "rate_pct": None if claim.rate_pct is None else format(claim.rate_pct.normalize(), "f"),
        "rate_source": claim.rate_source,
        "collection_costs": money(claim.costs),
        "vat_relief_on": claim.vat_relief_on,
        "vat_relief_amount": money(claim.vat_relief_amount),
    }


def _totals(rows: Iterable[dict[str, Any]], as_of: date) -> list[dict[str, Any]]:
    """Sum up by currency; a sum is of the items that have the amount, and `provisional` when one of them is."""
    by_currency: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_currency[row["open_amount"]["currency"]].append(row)
    return [
        {
            "currency": currency,
            "items_count": len(some),
            "disputed_count": sum(row["disputed"] for row in some),
            **{name: _sum(some, name, currency) for name in SUMMED},
            "collection_costs_together": _costs_together(some, currency, as_of),
            "provisional": any(row["provisional"] for row in some),
        }
        for currency, some in sorted(by_currency.items())
    ]


def _costs_together(rows: Iterable[dict[str, Any]], currency: str, as_of: date) -> str | None:
    """Give the costs of one demand for all: over the principals together, they are less."""
    if currency != EURO:
        return None
    principal = sum((Decimal(row["open_amount"]["amount"]) for row in rows), Decimal(0))
    try:
        return amount_answer(costs_of(principal, as_of, dutch_law()), currency)
    except NotInForce:
        return None


def _sum(rows: Iterable[dict[str, Any]], name: str, currency: str) -> str | None:
    known = [Decimal(row[name]["amount"]) for row in rows if row[name] is not None]
    return amount_answer(sum(known, Decimal(0)), currency) if known else None
