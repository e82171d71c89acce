"""Expected credit loss of receivables: the simplified approach of IFRS 9 (5.5.15) with a provision matrix (B5.5.35)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class RollRateProvision:
    """Loss rates by bucket, and the loss to be expected on what stands in them."""

    loss_rates: tuple[Decimal, ...]
    loss_amount: Decimal


@dataclass(frozen=True, slots=True)
class Provision:
    """Receivables before and the loss to be expected on them over their life."""

    gross_amount: Decimal
    loss_amount: Decimal


def matrix_provision(buckets: Sequence[tuple[Decimal, Decimal]]) -> Provision:
    """Lifetime loss: the sum of (gross amount, loss rate) products."""
    return Provision(
        gross_amount=sum((gross for gross, _ in buckets), Decimal(0)),
        loss_amount=sum((gross * rate for gross, rate in buckets), Decimal(0)),
    )


def roll_rates(sales: Decimal, paid_by_bucket: Sequence[Decimal]) -> tuple[Decimal, ...]:
    """Loss rates by bucket: what was never collected over what reached the bucket; the last, past all, is 1.

    `paid_by_bucket` runs from paid in time to paid in the latest bucket; raises ValueError when all was paid early.
    """
    lost = sales - sum(paid_by_bucket, Decimal(0))
    rates = []
    reached = sales
    for paid in paid_by_bucket:
        if reached <= 0:
            raise ValueError("nothing is left to reach a later bucket")
        rates.append(lost / reached)
        reached -= paid
    return (*rates, Decimal(1))


def roll_rate_provision(
    sales: Decimal, paid_by_bucket: Sequence[Decimal], gross_by_bucket: Sequence[Decimal]
) -> RollRateProvision:
    """Lifetime loss by the rates that past sales rolled at; raises ValueError unless each bucket has one amount."""
    rates = roll_rates(sales, paid_by_bucket)
    provision = matrix_provision(list(zip(gross_by_bucket, rates, strict=True)))
    return RollRateProvision(rates, provision.loss_amount)
