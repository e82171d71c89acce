"""How much credit: what the debtor needs, what it can carry, what insurance leaves, and the least of these."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from scoring.facts import CreditLimit, Financials
from scoring.policy.steps import RoundingSteps
from scoring.policy.terms import CapacityShares, LimitsPolicy

Binding = Literal["need", "capacity", "insurance", "grade", "decline", "loss_budget", "rule"]

_ZERO = Decimal(0)
_DAYS_PER_MONTH = 30


def need_amount(
    monthly_sales: Decimal, vat_rate: Decimal, term_days: int, average_late_days: Decimal, buffer_days: int
) -> Decimal:
    """The credit that sales per month (without VAT) need: for the term, the days late (not below 0) and a buffer."""
    days = term_days + max(_ZERO, average_late_days) + buffer_days
    return monthly_sales * (1 + vat_rate) * days / _DAYS_PER_MONTH


def floor_to_step(amount: Decimal, rounding: RoundingSteps) -> Decimal:
    """An amount rounded down to the multiple its size calls for; below zero it is zero."""
    step = rounding.of(amount)
    return max(_ZERO, amount // step * step)


def ceiling_to_step(amount: Decimal, rounding: RoundingSteps) -> Decimal:
    """An amount rounded up to the multiple its size calls for, so that rounding down again keeps it."""
    step = rounding.of(amount)
    floor = amount // step * step
    return max(_ZERO, floor if floor == amount else floor + step)


@dataclass(frozen=True, slots=True)
class CapacityFigures:
    """What capacity is reckoned from; None is not known. `credibility` is the weight of our own experience."""

    net_worth: Decimal | None = None
    working_capital: Decimal | None = None
    turnover: Decimal | None = None
    bureau_limit: CreditLimit | None = None
    peak_exposure: Decimal | None = None
    dbt_days: Decimal | None = None
    settled_count: int = 0
    credibility: Decimal = _ZERO


@dataclass(frozen=True, slots=True)
class FinancialCaps:
    """What each annual figure carries; None where the figure is not known."""

    net_worth: Decimal | None
    working_capital: Decimal | None
    turnover: Decimal | None

    @property
    def least(self) -> Decimal | None:
        """The least of the caps there are."""
        known = (self.net_worth, self.working_capital, self.turnover)
        return min((cap for cap in known if cap is not None), default=None)


@dataclass(frozen=True, slots=True)
class Capacity:
    """How much the debtor can carry, by evidence. `amount` None: a bureau gave no bound and nothing else is known."""

    financial_cap: Decimal | None
    external_cap: Decimal | None
    behaviour_cap: Decimal | None
    amount: Decimal | None


def tangible_net_worth(financials: Financials) -> Decimal | None:
    """Equity less intangibles; None when either is not known."""
    if financials.equity is None or financials.intangibles is None:
        return None
    return financials.equity - financials.intangibles


def working_capital(financials: Financials) -> Decimal | None:
    """Current assets less current liabilities; None when either is not known."""
    if financials.current_assets is None or financials.current_liabilities is None:
        return None
    return financials.current_assets - financials.current_liabilities


def capacity_of(figures: CapacityFigures, shares: CapacityShares, policy: LimitsPolicy) -> Capacity:
    """Own experience and outside figures weighed by credibility, or the one there is, or zero."""
    financial = financial_caps(figures, shares).least
    bureau = figures.bureau_limit
    external: Decimal | None = financial
    if bureau is not None and bureau.amount is not None:
        external = bureau.amount if financial is None else (financial + bureau.amount) / 2
    behaviour = _behaviour_cap(figures, policy)
    amount: Decimal | None
    if behaviour is not None and external is not None:
        amount = figures.credibility * behaviour + (1 - figures.credibility) * external
    else:
        amount = behaviour if behaviour is not None else external
    if amount is None and (bureau is None or bureau.kind != "unlimited"):
        amount = _ZERO
    return Capacity(financial, external, behaviour, amount)


def financial_caps(figures: CapacityFigures, shares: CapacityShares) -> FinancialCaps:
    """Shares of net worth, working capital and yearly turnover; negative figures count as zero, unknown ones not."""
    return FinancialCaps(
        net_worth=_share_of(figures.net_worth, shares.net_worth),
        working_capital=_share_of(figures.working_capital, shares.working_capital),
        turnover=_share_of(figures.turnover, shares.turnover),
    )


def _share_of(figure: Decimal | None, share: Decimal) -> Decimal | None:
    """A share of a figure, at least zero; None when it is not known."""
    return None if figure is None else share * max(_ZERO, figure)


def _behaviour_cap(figures: CapacityFigures, policy: LimitsPolicy) -> Decimal | None:
    """The peak exposure times the multiple of its punctuality; None with too little history."""
    if figures.settled_count < policy.behaviour_settled_count_min:
        return None
    if figures.peak_exposure is None or figures.dbt_days is None:
        return None
    return figures.peak_exposure * policy.behaviour_multiples.of(figures.dbt_days)


@dataclass(frozen=True, slots=True)
class LimitDecision:
    """The limit, what bound it, and how the capacity was found; `raw_amount` is before rounding.

    `candidates` are all bounds there were, of which the least bound.
    """

    limit: CreditLimit
    binding: Binding | None
    raw_amount: Decimal | None
    capacity: Capacity | None
    candidates: tuple[tuple[Binding, Decimal], ...] = ()


def decide_limit(
    grade: str,
    figures: CapacityFigures,
    need: Decimal | None,
    insurer_cover: Decimal | None,
    policy: LimitsPolicy,
    bounds: tuple[tuple[Binding, Decimal], ...] = (),
) -> LimitDecision:
    """The least of need, capacity, insurance (cover plus own risk) and what else bounds it, rounded down.

    `need` None is not known, `insurer_cover` None means no insurance policy bears on this debtor. Without any bound
    the limit is of kind unlimited. Ties bind in the order need, capacity, insurance, `bounds`.
    """
    shares = policy.capacity.get(grade)
    if shares is None:
        return LimitDecision(CreditLimit("amount", _ZERO), "grade", None, None)
    capacity = capacity_of(figures, shares, policy)
    insured = None if insurer_cover is None else insurer_cover + policy.own_risk[grade]
    named: tuple[tuple[Binding, Decimal | None], ...] = (
        ("need", need),
        ("capacity", capacity.amount),
        ("insurance", insured),
        *bounds,
    )
    candidates = tuple((binding, amount) for binding, amount in named if amount is not None)
    if not candidates:
        return LimitDecision(CreditLimit("unlimited"), None, None, capacity)
    binding, raw = min(candidates, key=_amount_of)
    limit = CreditLimit("amount", floor_to_step(raw, policy.rounding))
    return LimitDecision(limit, binding, raw, capacity, candidates)


def _amount_of(candidate: tuple[Binding, Decimal]) -> Decimal:
    """The amount of a candidate, by which the least is found; the first of equals stays first."""
    return candidate[1]
