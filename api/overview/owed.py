"""What a debtor owes as callers see it: by stage, what of it is overdue, and what stands behind it."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from api.exchange import convert
from api.records.exposure import STAGES
from api.records.overviews import RETURNABLE, Overview, Row
from api.web.money import money_answer, money_or_none
from scoring.money import Money
from scoring.orders import OrderFacts
from scoring.policy.document import Policy


def owed_answer(session: Session, facts: OrderFacts, told: Overview, policy: Policy) -> dict[str, Any]:
    """Give exposure and what is overdue in the currency of the policy, by the rates of the day."""
    by_stage, left = _by_stage(session, facts, told.stages, policy)
    overdue = [Money(Decimal(each["amount"]), each["currency"]) for each in told.overdue]
    late = convert(session, overdue, facts.currency, facts.as_of, policy.evidence.rate_usable_days)
    oldest = min((date.fromisoformat(each["oldest_due_on"]) for each in told.overdue), default=None)
    return {
        "exposure": {
            "total": money_answer(facts.levels[0].exposure, facts.currency),
            "stages": {stage: money_answer(by_stage[stage], facts.currency) for stage in STAGES},
            "returnable": money_answer(by_stage[RETURNABLE], facts.currency),
            # Without a recent rate it is in no sum; the gate sends such orders to a person.
            "not_converted": [money_answer(each.amount, each.currency) for each in left],
        },
        "overdue": {
            "oldest_days": None if oldest is None else (facts.as_of - oldest).days,
            "amount": money_answer(late.total, facts.currency),
            "not_converted": [money_answer(each.amount, each.currency) for each in late.left],
        },
    }


def _by_stage(
    session: Session, facts: OrderFacts, rows: Iterable[Row], policy: Policy
) -> tuple[dict[str, Decimal], list[Money]]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    left: dict[str, Decimal] = defaultdict(Decimal)
    by_stage: dict[str, list[Money]] = defaultdict(list)
    for row in rows:
        by_stage[row["stage"]].append(Money(Decimal(row["amount"]), row["currency"]))
    for stage, amounts in by_stage.items():
        found = convert(session, amounts, facts.currency, facts.as_of, policy.evidence.rate_usable_days)
        sums[stage] = found.total
        for each in found.left:
            left[each.currency] += each.amount
    return sums, [Money(amount, currency) for currency, amount in sorted(left.items()) if amount]


def security_answers(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Give what stands behind a debtor's debt today."""
    plain = ("id", "kind", "raises_limit", "guarantor_id", "guarantor_name", "document_id", "valid_from", "valid_until")
    return [
        {
            **{name: each[name] for name in plain},
            "amount": money_or_none(None if each["amount"] is None else Decimal(each["amount"]), each["currency"]),
        }
        for each in rows
    ]
