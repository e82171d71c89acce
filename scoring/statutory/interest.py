"""Statutory interest on a claim that is paid late (BW 6:119a): by the day, compounded by the year, rounded once.

Per day base x rate of that day / 365, also in leap years, from the day after the due date to and including the day of
payment. After each full year, counted from the first interest day (29 February falls back to 28), the interest of that
year that is still unpaid joins the base (6:119a (3)). Sums are exact fractions until they are rounded half up to cents.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from scoring.dates import months_later
from scoring.statutory.law import InterestRate
from scoring.statutory.rates import RateStretch, rate_stretches
from scoring.statutory.settling import Settlement, allocate_payment

YEAR_DAYS = 365
ZERO = Decimal(0)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class InterestPeriod:
    """Days, first and last included, of one base and one rate, with their interest (not rounded to cents)."""

    first_on: date
    last_on: date
    base_amount: Decimal
    rate_pct: Decimal
    amount: Decimal
    provisional: bool


@dataclass(frozen=True, slots=True)
class LateInterest:
    """Interest over a number of days, and how it came about.

    `provisional` when the rate of a half-year is not known: from `missing_from` on (the first such day) the last known
    rate was used, and it must be calculated again. `doubtful` when sources disagree on a rate that was used.
    """

    interest: Decimal
    days: int
    provisional: bool
    missing_from: date | None
    doubtful: bool
    periods: tuple[InterestPeriod, ...]


@dataclass(frozen=True, slots=True)
class PartPayment:
    """Money that came in on a claim."""

    paid_on: date
    amount: Decimal

    def __post_init__(self) -> None:
        """Refuse what is taken back: a return is no payment, and was none."""
        if self.amount < 0:
            raise ValueError(f"{self.amount} is no payment")


@dataclass(frozen=True, slots=True)
class InterestWithPayments:
    """Interest over the whole time, what each payment settled, and what is left of costs, interest and principal."""

    accrued: LateInterest
    settlements: tuple[tuple[PartPayment, Settlement], ...]
    costs_left: Decimal
    interest_left: Decimal
    principal_left: Decimal


def late_interest(principal: Decimal, due_on: date, until: date, rates: Sequence[InterestRate]) -> LateInterest:
    """Interest on a principal that fell due and stays unpaid until a day, which counts; zero when that is in time.

    Raises ValueError below zero, and NotInForce for days before the first rate.
    """
    return late_interest_with_payments(principal, due_on, until, (), rates).accrued


def late_interest_with_payments(
    principal: Decimal,
    due_on: date,
    until: date,
    payments: Iterable[PartPayment],
    rates: Sequence[InterestRate],
    costs: Decimal = ZERO,
) -> InterestWithPayments:
    """Interest on what is left after each payment; those of after `until` are not there yet.

    Each payment settles `costs` (which bear no interest), then the interest until its day in whole cents, then the
    principal (BW 6:44). Of interest the oldest is paid first, so what joined the base leaves it before newer interest
    is paid. Raises as `late_interest` does.
    """
    if min(principal, costs) < 0:
        raise ValueError("a claim cannot be below zero")
    running = _Running(Fraction(principal), costs)
    counted = sorted((each for each in payments if each.paid_on <= until), key=lambda each: each.paid_on)
    for payment in counted:
        if payment.paid_on <= due_on:
            running.settle(payment)
    first_on = due_on + _DAY
    anniversaries = frozenset(_anniversaries(first_on, until))
    breaks = anniversaries | {payment.paid_on + _DAY for payment in counted}
    for stretch in _split(rate_stretches(rates, first_on, until), breaks):
        if stretch.first_on in anniversaries:
            running.compounded = running.unpaid
        running.accrue(stretch)
        for payment in counted:
            if payment.paid_on == stretch.last_on:
                running.settle(payment)
    return running.result(max((until - due_on).days, 0))


@dataclass(slots=True)
class _Running:
    """A claim as it stands while the days pass: `compounded` is the part of the unpaid interest that bears interest."""

    principal: Fraction
    costs: Decimal
    unpaid: Fraction = Fraction(0)
    compounded: Fraction = Fraction(0)
    settled: Decimal = ZERO
    periods: list[tuple[InterestPeriod, RateStretch]] = field(default_factory=list)
    settlements: list[tuple[PartPayment, Settlement]] = field(default_factory=list)

    def accrue(self, stretch: RateStretch) -> None:
        """Let the days of one rate pass."""
        base = self.principal + self.compounded
        days = (stretch.last_on - stretch.first_on).days + 1
        amount = base * Fraction(stretch.rate.rate_pct) * days / (100 * YEAR_DAYS)
        self.unpaid += amount
        period = InterestPeriod(
            stretch.first_on, stretch.last_on, _decimal(base), stretch.rate.rate_pct, _decimal(amount),
            stretch.provisional,
        )  # fmt: skip
        self.periods.append((period, stretch))

    def settle(self, payment: PartPayment) -> None:
        """Take a payment off costs, interest and principal; interest that is paid in whole cents is paid in full."""
        due = _cents(self.unpaid)
        found = allocate_payment(payment.amount, self.costs, due, _decimal(self.principal))
        self.costs -= found.to_costs
        self.principal -= Fraction(found.to_principal)
        self.settled += found.to_interest
        # What is left of a cent is nothing anybody owes; without a payment it stays, to be rounded at the end.
        paid_up = found.to_interest == due and found.to_interest > 0
        self.unpaid = Fraction(0) if paid_up else self.unpaid - Fraction(found.to_interest)
        self.compounded = Fraction(0) if paid_up else max(self.compounded - Fraction(found.to_interest), Fraction(0))
        self.settlements.append((payment, found))

    def result(self, days: int) -> InterestWithPayments:
        """How the claim stands at the end."""
        left = _cents(self.unpaid)
        missing = [stretch.first_on for _, stretch in self.periods if stretch.provisional]
        accrued = LateInterest(
            interest=self.settled + left,
            days=days,
            provisional=bool(missing),
            missing_from=missing[0] if missing else None,
            doubtful=any(stretch.rate.doubtful for _, stretch in self.periods),
            periods=tuple(period for period, _ in self.periods),
        )
        return InterestWithPayments(accrued, tuple(self.settlements), self.costs, left, _decimal(self.principal))


def _anniversaries(first_on: date, until: date) -> Iterator[date]:
    """The days on which a new year of interest begins."""
    months = 12
    while (day := months_later(first_on, months)) <= until:
        yield day
        months += 12


def _split(stretches: Iterable[RateStretch], breaks: frozenset[date]) -> Iterator[RateStretch]:
    """The stretches, broken before each of the days."""
    for stretch in stretches:
        starts = sorted({stretch.first_on, *(day for day in breaks if stretch.first_on < day <= stretch.last_on)})
        for start, end in zip(starts, (*(day - _DAY for day in starts[1:]), stretch.last_on), strict=True):
            yield RateStretch(start, end, stretch.rate, stretch.provisional)


def _cents(amount: Fraction) -> Decimal:
    """An exact amount in euro, rounded half up to cents."""
    cents, rest = divmod(amount * 100, 1)
    return Decimal(cents + (2 * rest >= 1)).scaleb(-2)


def _decimal(amount: Fraction) -> Decimal:
    """An exact amount as a decimal of 28 digits."""
    return Decimal(amount.numerator) / Decimal(amount.denominator)
