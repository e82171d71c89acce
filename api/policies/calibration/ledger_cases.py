"""The invoices of a seller's ledger as cases: what was known the day before each, and whether it went badly."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from operator import attrgetter

import numpy as np
from sqlalchemy.orm import Session

from api.policies.backtest.judging import Period, books_of, facts_of_orders, in_order
from api.policies.calibration.cases import Cases, CasesUnfit, Numbers
from api.policies.calibration.ledger_outcomes import Event, Outcomes
from api.records import ledger_walk
from api.records.ledger_walk import Bill
from scoring.evidence import Evidence, weigh_evidence
from scoring.facts import CheckFacts
from scoring.figures import FIGURES, read_number
from scoring.policy.document import Policy

ONE_DAY = timedelta(1)
# Figures of our own experience that speak for or against a debtor. Amounts do not enter: what is much for one debtor is
# little for another, and prices rise.
COLUMNS = tuple(
    name
    for name, figure in FIGURES.items()
    if name.startswith("behaviour.") and figure.kind == "number" and figure.unit != "amount" and figure.worse
)
LEFT_OUT = {
    "person": "of natural persons, or of debtors whose legal form is not known: no fitted card judges these",
    "no_history": "of debtors whose history had not begun",
    "undecided": "not bound to be decided by the cut-off",
    "credited": "credited in whole",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """The cases that are asked for: invoices from a day on (None: from the first), by what is known before another."""

    from_on: date | None
    until_on: date
    event: Event


@dataclass(frozen=True, slots=True)
class LedgerCases:
    """Cases in the order of their days, with what the policy's own card says of each, its first day of certainty, and
    the days that the first and the last thing looked at is of.
    """

    cases: Cases
    pds: Numbers
    certain_on: tuple[date, ...]
    from_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class _Row:
    day: date
    group: str
    values: tuple[float, ...]
    pd: float
    bad: bool
    certain_on: date


def gather(session: Session, time_zone: str, policy: Policy, asked: Asked) -> LedgerCases:
    """Walk the ledger as a backtest does; what happened on the day `until_on` or later is not looked at.

    The transaction must be a snapshot. Raises CasesUnfit for a ledger in which nothing happened before.
    """
    extent = ledger_walk.extent(session, asked.until_on - ONE_DAY)
    if extent.first_on is None or extent.last_on is None:
        raise CasesUnfit(f"nothing happened in the ledger before {asked.until_on}")
    period = Period(asked.from_on or extent.first_on, extent.last_on, as_known=False, time_zone=time_zone)
    rows: list[_Row] = []
    left: Counter[str] = Counter()
    for row in _rows(session, policy, asked.event, period):
        if isinstance(row, _Row):
            rows.append(row)
        else:
            left[row] += 1
    rows.sort(key=lambda row: (row.day, row.group))
    notes = tuple(f"{left[reason]:,} left out: {words}" for reason, words in LEFT_OUT.items() if left[reason])
    return LedgerCases(
        cases=_cases_of(rows, notes),
        pds=np.array([row.pd for row in rows], dtype=np.float64),
        certain_on=tuple(row.certain_on for row in rows),
        from_on=period.from_on,
        ends_on=period.to_on,
    )


def _rows(session: Session, policy: Policy, event: Event, period: Period) -> Iterator[_Row | str]:
    """Each invoice of the period as a row, or why it is none."""
    books = books_of(session, [policy], period)
    for ledger in ledger_walk.walk(session, period.time_zone, as_known=False):
        inside = [bill for bill in ledger.bills if period.from_on <= bill.invoiced_on <= period.to_on]
        bills = in_order(inside, policy.currency)
        outcomes = Outcomes(ledger, policy.currency, event, period.to_on)
        told = facts_of_orders(session, ledger, bills, [policy], books, period)
        for _, of_day in groupby(told, key=lambda each: each[0].invoiced_on):
            same = list(of_day)
            # What is asked of a debtor has one answer a day, however many invoices there are.
            for bill, (facts,) in same if event.target == "invoice" else same[:1]:
                yield _row(bill, facts, outcomes, str(ledger.debtor.id), policy)


def _row(bill: Bill, facts: CheckFacts, outcomes: Outcomes, group: str, policy: Policy) -> _Row | str:
    evidence, came = weigh_evidence(facts, policy), outcomes.came(bill)
    if evidence.known.is_natural_person is not False:
        return "person"
    if evidence.pd_internal is None:
        return "no_history"
    if came in ("undecided", "credited"):
        return came
    values = tuple(_value(name, evidence) for name in COLUMNS)
    return _Row(bill.invoiced_on, group, values, evidence.pd_internal, came == "late", outcomes.certain_on(bill))


def _value(name: str, evidence: Evidence) -> float:
    found = read_number(name, evidence.known)
    return float("nan") if found is None else float(found)


def _cases_of(rows: Sequence[_Row], notes: tuple[str, ...]) -> Cases:
    return Cases(
        figures=COLUMNS,
        values=np.array([row.values for row in rows], dtype=np.float64).reshape(len(rows), len(COLUMNS)),
        bad=np.array([row.bad for row in rows], dtype=np.bool_),
        groups=tuple(row.group for row in rows),
        periods=tuple(row.day.isoformat() for row in rows),
        worse=tuple(map(attrgetter("worse"), (FIGURES[name] for name in COLUMNS))),
        notes=notes,
    )
