"""Expected credit loss of receivables: the simplified approach of IFRS 9 (5.5.15) with a provision matrix (B5.5.35)."""

from collections.abc import Sequence
from decimal import Decimal


def matrix_loss(buckets: Sequence[tuple[Decimal, Decimal]]) -> Decimal:
    """Lifetime loss: the sum of (gross amount, loss rate) products."""
    return sum((gross * rate for gross, rate in buckets), Decimal(0))


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
