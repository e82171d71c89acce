"""Whether we may set a limit ourselves: the evidence held against what the contract asks of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from scoring.cover.terms import InsuranceTerms
from scoring.dates import months_later

DiscretionaryObjection = Literal[
    "insurer_decided",
    "not_in_contract",
    "above_contract",
    "report_missing",
    "report_too_old",
    "report_not_clean",
    "paid_too_few",
    "paid_too_late",
]


@dataclass(frozen=True, slots=True)
class ReportEvidence:
    """A credit report: the day it speaks of, and the adverse events in it that were in force (codes)."""

    dated_on: date
    adverse: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PaymentEvidence:
    """How a debtor paid what it paid in the contract's months: how many items, and the latest of all, in days late.

    `latest_days` counts what is open past its due date too; None where there is nothing to be late with.
    """

    paid_count: int
    latest_days: int | None


def experience_since(relied_on: date, terms: InsuranceTerms) -> date | None:
    """The day after which payments count as experience; None where the contract knows no such limit."""
    if terms.discretionary_experience_months is None or terms.discretionary_paid_count is None:
        return None
    return months_later(relied_on, -terms.discretionary_experience_months)


def objections_to_report(
    amount: Decimal, evidence: ReportEvidence | None, relied_on: date, terms: InsuranceTerms
) -> Iterator[DiscretionaryObjection]:
    """What keeps us from a limit on a report: it is of the day or before, young enough, and clean."""
    yield from _of_amount(amount, terms)
    if terms.discretionary_report_months is None:
        yield "not_in_contract"
    if evidence is None or evidence.dated_on > relied_on:
        yield "report_missing"
        return
    if (terms.discretionary_report_months is not None) and report_counts_until(evidence, terms) < relied_on:
        yield "report_too_old"
    if evidence.adverse:
        yield "report_not_clean"


def report_counts_until(evidence: ReportEvidence, terms: InsuranceTerms) -> date:
    """The last day on which a report is young enough for the contract."""
    assert terms.discretionary_report_months is not None
    return months_later(evidence.dated_on, terms.discretionary_report_months)


def objections_to_experience(
    amount: Decimal, evidence: PaymentEvidence, terms: InsuranceTerms
) -> Iterator[DiscretionaryObjection]:
    """What keeps us from a limit on experience: enough was paid, and nothing later than the contract bears."""
    yield from _of_amount(amount, terms)
    if terms.discretionary_experience_months is None or terms.discretionary_paid_count is None:
        yield "not_in_contract"
        return
    if evidence.paid_count < terms.discretionary_paid_count:
        yield "paid_too_few"
    most = terms.discretionary_paid_days
    if most is not None and evidence.latest_days is not None and evidence.latest_days > most:
        yield "paid_too_late"


def _of_amount(amount: Decimal, terms: InsuranceTerms) -> Iterator[DiscretionaryObjection]:
    """Whether the contract lets the seller set a limit of this amount himself."""
    most = terms.discretionary_limit_max
    if most is not None and amount > most:
        yield "above_contract"
    elif most is None:
        yield "not_in_contract"
