"""Expected credit loss of receivables: the simplified approach of IFRS 9 (5.5.15) with a provision matrix (B5.5.35)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from scoring.policy.provisions import INVOICE_BUCKETS
from scoring.receivables import Bucket, bucket_of


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


@dataclass(frozen=True, slots=True)
class AgedProvision:
    """Receivables and the loss to be expected on them, in all and by bucket; credits are neither."""

    gross_amount: Decimal
    loss_amount: Decimal
    loss_by_bucket: dict[Bucket, Decimal]


def aged_provision(buckets: Mapping[Bucket, Decimal], loss_rates: Mapping[Bucket, Decimal]) -> AgedProvision:
    """Lifetime loss on an ageing by the loss rates of its buckets, not rounded; credits are not netted.

    What is written off or provided for by itself is left out beforehand. Raises KeyError for a bucket without a rate.
    """
    losses = {name: buckets[name] * loss_rates[name] for name in INVOICE_BUCKETS if name in buckets}
    total = matrix_provision([(buckets[name], loss_rates[name]) for name in losses])
    return AgedProvision(total.gross_amount, total.loss_amount, losses)


@dataclass(frozen=True, slots=True)
class PastItem:
    """An amount that was due once and is decided: paid on a day, or lost (`paid_on` is None). Part losses are two."""

    amount: Decimal
    due_on: date
    paid_on: date | None


def loss_rates_of(history: Iterable[PastItem]) -> dict[Bucket, Decimal | None]:
    """Loss rates by bucket as past items rolled: what was lost over what reached the bucket.

    None for a bucket that nothing reached. The history should hold whole periods of sales, without what is still open:
    it is the sellers' own past, to be adjusted for the outlook before it is used. Credits (below zero) are left out.
    """
    ended_in = dict.fromkeys(INVOICE_BUCKETS, Decimal(0))
    lost = Decimal(0)
    for item in history:
        if item.amount <= 0:
            continue
        if item.paid_on is None:
            lost += item.amount
        else:
            ended_in[bucket_of((item.paid_on - item.due_on).days)] += item.amount
    reached, rates = lost, {}
    for bucket in reversed(INVOICE_BUCKETS):
        reached += ended_in[bucket]
        rates[bucket] = lost / reached if reached else None
    return {bucket: rates[bucket] for bucket in INVOICE_BUCKETS}
