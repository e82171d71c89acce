"""How a debtor pays: days beyond terms, and the payment index that sums up punctuality, trend and promises."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from scoring.facts import BehaviourFacts
from scoring.policy.grading import PaymentIndexPolicy

_DAYS_PER_YEAR = Decimal("365.25")
_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class SettledItem:
    """One item that was paid in full."""

    amount: Decimal
    due_on: date
    paid_on: date


@dataclass(frozen=True, slots=True)
class DaysBeyondTerms:
    """Average days late, weighted by amount: early payment counting as negative, and counting as zero."""

    dbt_days: Decimal
    dbt_days_floored: Decimal


def days_beyond_terms(items: Iterable[SettledItem]) -> DaysBeyondTerms | None:
    """Exact DBT, calendar days, of settled items; None when their amounts come to nothing."""
    total = weighted = floored = Decimal(0)
    for item in items:
        late_days = (item.paid_on - item.due_on).days
        total += item.amount
        weighted += item.amount * late_days
        floored += item.amount * max(0, late_days)
    return DaysBeyondTerms(weighted / total, floored / total) if total else None


@dataclass(frozen=True, slots=True)
class PaymentFigures:
    """What the payment index is made of; None drops out of it."""

    dbt_days: Decimal | None
    late_amount_share: Decimal | None
    trend_days: Decimal | None
    promises_kept_share: Decimal | None
    peak_utilisation: Decimal | None
    tenure_years: Decimal | None
    dispute_ratio: Decimal

    @staticmethod
    def of(behaviour: BehaviourFacts, as_of: date) -> "PaymentFigures":
        """The figures of a debtor as of a day; a trend needs both windows, a share a promise that fell due."""
        recent, prior = behaviour.dbt_days_recent, behaviour.dbt_days_prior
        promises = behaviour.promises_kept + behaviour.promises_broken
        first = behaviour.first_settled_on
        return PaymentFigures(
            dbt_days=behaviour.dbt_days,
            late_amount_share=behaviour.late_amount_share,
            trend_days=None if recent is None or prior is None else recent - prior,
            promises_kept_share=Decimal(behaviour.promises_kept) / promises if promises else None,
            peak_utilisation=behaviour.peak_utilisation,
            tenure_years=None if first is None else (as_of - first).days / _DAYS_PER_YEAR,
            dispute_ratio=behaviour.unjustified_dispute_ratio,
        )

    def improved(self, policy: PaymentIndexPolicy) -> Iterator[tuple[str, "PaymentFigures"]]:
        """The same figures with one that misses its target set to it, by name of that figure."""
        for name in ("dbt_days", "late_amount_share", "trend_days", "peak_utilisation"):
            value, target = getattr(self, name), getattr(policy, name).target
            if value is not None and value > target:
                yield name, replace(self, **{name: target})
        for name in ("promises_kept_share", "tenure_years"):
            value, target = getattr(self, name), getattr(policy, name).target
            if value is not None and value < target:
                yield name, replace(self, **{name: target})
        if self.dispute_ratio > 0:
            yield "dispute_ratio", replace(self, dispute_ratio=Decimal(0))


def payment_index(figures: PaymentFigures, policy: PaymentIndexPolicy) -> Decimal | None:
    """0 to 100, higher is better: points by part, weights rescaled to the parts there are; None without any."""
    points = weights = Decimal(0)
    for weight, value in _points(figures, policy):
        if value is not None:
            points += weight * value
            weights += weight
    if not weights:
        return None
    penalty = policy.dispute_penalty
    index = points / weights - min(penalty.maximum, penalty.per_ratio * figures.dispute_ratio)
    return min(max(index, Decimal(0)), _HUNDRED)


def _points(figures: PaymentFigures, policy: PaymentIndexPolicy) -> Iterator[tuple[Decimal, Decimal | None]]:
    """Weight and points of each part of the index; None for a part that is missing."""
    for characteristic, figure in (
        (policy.dbt_days, figures.dbt_days),
        (policy.trend_days, figures.trend_days),
        (policy.peak_utilisation, figures.peak_utilisation),
        (policy.tenure_years, figures.tenure_years),
    ):
        yield characteristic.weight, None if figure is None else characteristic.points.of(figure)
    late, kept = figures.late_amount_share, figures.promises_kept_share
    yield policy.late_amount_share.weight, None if late is None else _HUNDRED * (1 - late)
    yield policy.promises_kept_share.weight, None if kept is None else _HUNDRED * kept
