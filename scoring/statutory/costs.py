"""Collection costs of a claim, the letter that must go before them, and the minimum compensation; amounts in euro."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from scoring.statutory.law import CostsTariff, DemandLetter, MinimumCompensation, in_force
from scoring.statutory.rounding import half_up

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class CollectionCosts:
    """Costs without VAT, the VAT that the debtor owes on them, and both together."""

    amount: Decimal
    vat_amount: Decimal

    @property
    def total_amount(self) -> Decimal:
        """What the debtor owes in costs."""
        return self.amount + self.vat_amount


def collection_costs(
    principal: Decimal, tariff: CostsTariff, vat_rate: Decimal = ZERO, *, creditor_deducts_vat: bool = True
) -> CollectionCosts:
    """Extrajudicial collection costs over a principal without interest, rounded half up to cents; none over nothing.

    The tariff is the one in force on the day the debtor came into default. VAT is added only for a creditor who cannot
    deduct it. Several claims in one demand are added up first. Between businesses other costs may have been agreed.
    Raises ValueError for a principal below zero.
    """
    if principal < 0:
        raise ValueError("a principal cannot be below zero")
    if not principal:
        return CollectionCosts(ZERO, ZERO)
    left, costs = principal, ZERO
    for part in tariff.parts:
        costs += min(left, part.amount) * part.share
        left = max(left - part.amount, ZERO)
    costs = half_up(min(max(costs + left * tariff.share_above, tariff.minimum_amount), tariff.maximum_amount))
    return CollectionCosts(costs, ZERO if creditor_deducts_vat else vat_on_costs(costs, vat_rate))


def vat_on_costs(costs: Decimal, vat_rate: Decimal) -> Decimal:
    """The VAT that comes on top of costs where the creditor cannot deduct it, rounded half up to cents."""
    return half_up(costs * vat_rate)


def minimum_compensation(invoices_count: int, due_on: date, rows: Sequence[MinimumCompensation]) -> Decimal:
    """What is due for so many unpaid invoices between businesses, each on its own (BW 6:96 (4)).

    It is a part of the collection costs, not something on top of them. Raises NotInForce before the first row.
    """
    return in_force(rows, due_on).amount * invoices_count


@dataclass(frozen=True, slots=True)
class LetterTerm:
    """The last day a consumer can pay without costs, and the first day costs are due."""

    last_day_to_pay: date
    costs_due_from: date


def fourteen_day_letter(received_on: date, rows: Sequence[DemandLetter]) -> LetterTerm:
    """The term of the letter that must precede costs to a consumer: it starts the day after *receipt* (BW 6:96 (6)).

    The letter must name the exact costs, and a shorter term makes it void. Raises NotInForce before the first row.
    """
    last_day = received_on + timedelta(days=in_force(rows, received_on).days)
    return LetterTerm(last_day, last_day + timedelta(days=1))
