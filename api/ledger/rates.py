"""Stored rates as callers see them: those of a day, and the total they make of amounts in several currencies."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from api.exchange import convert
from api.policy_shelf import PolicyShelf
from api.records import public_rates
from api.web.money import money_answer
from api.wiring import Wiring
from scoring.exchange import Rate
from scoring.money import Money


def total_answer(
    session: Session, totals: Mapping[str, Decimal], given: Wiring, on: date, known_at: datetime | None
) -> dict[str, Any]:
    """Give one total in the seller's currency and the rates of a day it is made by, or why there is none."""
    currency = given.seller.currency
    amounts = [Money(amount, each) for each, amount in sorted(totals.items()) if amount]
    is_foreign = any(each.currency != currency for each in amounts)
    days = _usable_days(session, given.house.policies) if is_foreign else 0
    found = convert(session, amounts, currency, on, days, known_at)
    reason = {"code": "rate_missing", "currencies": list(found.missing)} if found.missing else None
    return {
        "total": None if reason else money_answer(found.total, currency),
        "total_reason": reason,
        "rates": rate_answers(found.rates),
    }


def rates_on(
    session: Session, on: date, currency: str | None, known_at: datetime | None, shelf: PolicyShelf
) -> list[dict[str, Any]]:
    """Give the exchange rates that a conversion on a day uses, as they were known at a time, or now."""
    names = None if currency is None else [currency]
    days = _usable_days(session, shelf)
    found = public_rates.exchange_rates(session, names, on, days=days, known_at=known_at)
    return rate_answers(Rate(each.name, each.value, each.valid_on, each.source) for each in found)


def rate_answers(rates: Iterable[Rate]) -> list[dict[str, Any]]:
    """Give rates as they are sent."""
    return [
        {
            "currency": each.currency,
            "rate": format(each.per_euro, "f"),
            "rate_on": each.rate_on,
            "source": each.source,
        }
        for each in rates
    ]


def _usable_days(session: Session, shelf: PolicyShelf) -> int:
    return shelf.active(session).policy.evidence.rate_usable_days
