"""Gives the limits that debtors stand under and what is used of them, many at once, in the policy's currency."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import cast
from uuid import UUID

from sqlalchemy.orm import Session

from api.exchange import convert_by, rates_on
from api.records import limit_levels
from api.records.limit_levels import LevelRow
from scoring.exchange import Rate
from scoring.facts import CreditLimit
from scoring.money import Money
from scoring.orders import LimitLevel
from scoring.orders.facts import LimitScope
from scoring.policy.document import Policy


@dataclass(frozen=True, slots=True)
class StandingLevel:
    """A limit and what is used of it; not `is_known` where no rate is known for a part of either."""

    debtor_id: UUID
    level: LimitLevel
    is_known: bool


def standing_levels(session: Session, debtor_ids: Sequence[UUID], policy: Policy, today: date) -> list[StandingLevel]:
    """Give the limits of debtors and of the groups above them on a day, each once, in two statements at most."""
    rows = limit_levels.read(session, debtor_ids, today)
    amounts = [each for row in rows for each in _amounts(row)]
    rates = rates_on(session, amounts, policy.currency, today, policy.evidence.rate_usable_days)
    return [_standing(row, rates, policy.currency) for row in rows]


def _amounts(row: LevelRow) -> list[Money]:
    """Give all amounts of a limit that are any; nothing of a currency is nothing whatever its rate."""
    bounds = () if row.limit_amount is None else (row.limit_amount,)
    return [each for each in (*row.exposure, *row.secured, *bounds) if each.amount]


def _standing(row: LevelRow, rates: Mapping[str, Rate], currency: str) -> StandingLevel:
    def into(amounts: Sequence[Money]) -> Decimal:
        return convert_by(rates, [each for each in amounts if each.amount], currency).total

    if row.limit_amount is None:
        limit = CreditLimit("unlimited" if row.limit_kind == "unlimited" else "none")
    else:
        limit = CreditLimit("amount", into([row.limit_amount]))
    level = LimitLevel(
        debtor_id=str(row.debtor_id),
        scope=cast(LimitScope, row.scope),
        limit=limit,
        valid_until=row.valid_until,
        exposure=into(row.exposure),
        secured_amount=into(row.secured),
    )
    return StandingLevel(row.debtor_id, level, not convert_by(rates, _amounts(row), currency).left)
