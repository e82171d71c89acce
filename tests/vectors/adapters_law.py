"""Vectors of statutory interest, costs, VAT relief and settling, each handed to the code that answers it."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from typing import Any

from scoring.statutory import (
    allocate_payment,
    collection_costs,
    dutch_law,
    fourteen_day_letter,
    in_force,
    late_interest,
    statutory_rate,
    vat_relief_amount,
    vat_relief_latest_on,
)
from tests.vectors.unpacking import decimal

Given = dict[str, Any]
NL = dutch_law()
NOW = date(2026, 6, 15)  # Where a case names no day, any day of its tariff will do.


def _rate(given: Given) -> Given:
    found = statutory_rate(NL.commercial_interest, date.fromisoformat(given["date"]))
    return {"rate_pct": None if found is None else str(found.rate_pct)}


def _interest(given: Given) -> Given:
    due_on, paid_on = (date.fromisoformat(given[name]) for name in ("due_on", "paid_on"))
    found = late_interest(decimal(given["principal"]), due_on, paid_on, NL.commercial_interest)
    return {"interest": found.interest, "days": found.days}


def _costs(given: Given) -> Given:
    found = collection_costs(
        decimal(given["principal"]),
        in_force(NL.collection_costs, NOW),
        decimal(given["vat_rate"]),
        creditor_deducts_vat=given["creditor_deducts_vat"],
    )
    return {"costs": found.total_amount}


def _relief(given: Given) -> Given:
    amounts = (decimal(given[name]) for name in ("invoice_incl_vat", "paid", "vat_rate"))
    return {"vat": vat_relief_amount(*amounts)}


def _letter(given: Given) -> Given:
    found = fourteen_day_letter(date.fromisoformat(given["received_on"]), NL.demand_letter)
    return {name: day.isoformat() for name, day in asdict(found).items()}


LAW: dict[str, Callable[[Given], object]] = {
    "handelsrente_rate": _rate,
    "late_interest": _interest,
    "bik": _costs,
    "vat_relief_date": lambda given: {
        "latest_on": vat_relief_latest_on(date.fromisoformat(given["due_on"]), NL.vat_relief).isoformat()
    },
    "vat_relief_amount": _relief,
    "fourteen_day_letter": _letter,
    "allocate_payment_644": lambda given: asdict(
        allocate_payment(*(decimal(given[name]) for name in ("payment", "costs", "interest", "principal")))
    ),
}
