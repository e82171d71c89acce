"""Invoices of a ledger as cases: what the debtor's history told when each was issued, and how late it was paid."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from statistics import fmean, pstdev
from uuid import UUID

from api.policies.backtest.book import Book, book_of
from api.policies.backtest.debtor import DebtorWalk, Windows
from api.policies.backtest.items import parts_by_bill, stood
from api.records.ledger_walk import Bill, DebtorLedger, Part
from scoring.evidence import weigh_evidence
from scoring.facts import Asked, BehaviourFacts, CheckFacts, DebtorFacts, ExposureFacts
from scoring.policy.document import Policy

ONE_DAY = timedelta(1)
NAN = float("nan")
AHEAD_DAYS = 90
# What any model of history may look at: nothing of the invoice itself, its amount, terms or season.
FEATURES = (
    "settled_count", "over_0_share", "over_5_share", "over_15_share", "over_30_share", "mean_days", "max_days",
    "min_days", "spread_days", "last_days", "last_three_days", "trend_days", "weighted_days", "tenure_days",
    "days_since_settled", "open_count", "overdue_count", "overdue_share", "overdue_max_days",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Settlement:
    """One earlier invoice that was settled: when, how late, and its amount."""

    settled_on: date
    late_days: int
    amount: float


@dataclass(frozen=True, slots=True)
class Case:
    """One invoice. `late_days` None: it is open still, on the ledger's last day.

    `facts` tell of the debtor at the close of the day before; `settled` is what was settled by then, `open_due_on` when
    what was open then was due.
    """

    debtor_id: UUID
    invoiced_on: date
    due_on: date
    settled_on: date | None
    facts: BehaviourFacts
    settled: tuple[Settlement, ...]
    open_due_on: tuple[date, ...]

    def decided_on(self, late_days: int) -> date:
        """The day on which it was known whether the invoice was paid more than so many days late."""
        certain = self.due_on + timedelta(late_days + 1)
        return certain if self.settled_on is None else min(self.settled_on, certain)

    def is_late(self, late_days: int) -> bool:
        """Whether it was paid more than so many days late, or is open still."""
        return self.settled_on is None or (self.settled_on - self.due_on).days > late_days


def cases_of(ledgers: Sequence[DebtorLedger], currency: str, policy: Policy) -> list[Case]:
    """Every invoice of a ledger as a case, in the order of their days."""
    windows = Windows.of(policy.evidence)
    book = None if windows.lateness_days is None else book_of(ledgers, currency, windows.lateness_days)
    cases = [case for ledger in ledgers for case in _of_debtor(ledger, currency, windows, book)]
    return sorted(cases, key=lambda case: (case.invoiced_on, case.debtor_id))


def _of_debtor(ledger: DebtorLedger, currency: str, windows: Windows, book: Book | None) -> Iterable[Case]:
    parts = parts_by_bill(ledger.parts)
    stands = {bill.id: stood(bill.amount, parts.get(bill.id, ())) for bill in ledger.bills}
    walk = DebtorWalk(ledger, currency, windows)
    for bill in sorted(ledger.bills, key=lambda bill: (bill.invoiced_on, bill.id)):
        as_of = bill.invoiced_on - ONE_DAY
        earlier = [(each, stands[each.id].settled_on) for each in ledger.bills if each.invoiced_on <= as_of]
        settled = sorted(
            (
                Settlement(day, (day - each.due_on).days, float(each.amount))
                for each, day in earlier
                if day and day <= as_of
            ),
            key=lambda each: each.settled_on,
        )
        open_due_on = tuple(each.due_on for each, day in earlier if day is None or day > as_of)
        facts = walk.at(as_of, book).behaviour
        settled_on = stands[bill.id].settled_on
        yield Case(ledger.debtor.id, bill.invoiced_on, bill.due_on, settled_on, facts, tuple(settled), open_due_on)


def score_of(case: Case, policy: Policy) -> float | None:
    """The probability that our own experience gives by a policy, None where there is none."""
    facts = CheckFacts(
        case.invoiced_on - ONE_DAY,
        policy.currency,
        Asked(),
        DebtorFacts("NL", "bv"),
        ExposureFacts(Decimal(0)),
        behaviour=case.facts,
    )
    return weigh_evidence(facts, policy).pd_internal


def shrunk_share_of(case: Case, late_days: int, rate: float, weight: int = 10) -> float:
    """The simplest good rule: the late share of what was settled, drawn toward the book's rate."""
    late = sum(each.late_days > late_days for each in case.settled)
    return (late + weight * rate) / (len(case.settled) + weight)


def features_of(case: Case) -> list[float]:
    """The figures of FEATURES, of a case with history."""
    late = [each.late_days for each in case.settled]
    amounts = [each.amount for each in case.settled]
    as_of = case.invoiced_on - ONE_DAY
    overdue = [(as_of - due_on).days for due_on in case.open_due_on if due_on < as_of]
    count, last_three = len(late), fmean(late[-3:])
    shares = [sum(days > limit for days in late) / count for limit in (0, 5, 15, 30)]
    weighted = sum(a * b for a, b in zip(amounts, late, strict=True)) / sum(amounts) if sum(amounts) else NAN
    return [
        count, *shares, fmean(late), max(late), min(late), pstdev(late), late[-1], last_three, last_three - fmean(late),
        weighted, (as_of - case.settled[0].settled_on).days, (as_of - case.settled[-1].settled_on).days,
        len(case.open_due_on), len(overdue), len(overdue) / len(case.open_due_on) if case.open_due_on else NAN,
        max(overdue, default=0),
    ]  # fmt: skip


def any_late_ahead(cases: Sequence[Case], late_days: int, ends_on: date) -> list[bool | None]:
    """Whether any invoice of the debtor issued in the 90 days from each case on was late; None while that is open."""
    of_debtor: dict[UUID, list[Case]] = defaultdict(list)
    for case in cases:
        of_debtor[case.debtor_id].append(case)
    found: list[bool | None] = []
    for case in cases:
        until = case.invoiced_on + timedelta(AHEAD_DAYS)
        ahead = [each for each in of_debtor[case.debtor_id] if case.invoiced_on <= each.invoiced_on < until]
        decided = until <= ends_on and all(each.decided_on(late_days) <= ends_on for each in ahead)
        found.append(any(each.is_late(late_days) for each in ahead) if decided else None)
    return found


def shuffled(ledgers: Sequence[DebtorLedger], random: Random) -> list[DebtorLedger]:
    """The same invoices with the debtors of each month dealt out anew: history that cannot know anything."""
    owners: dict[tuple[int, int], list[int]] = defaultdict(list)
    bills: dict[tuple[int, int], list[tuple[Bill, list[Part]]]] = defaultdict(list)
    for place, ledger in enumerate(ledgers):
        parts = parts_by_bill(ledger.parts)
        for bill in ledger.bills:
            month = (bill.invoiced_on.year, bill.invoiced_on.month)
            owners[month].append(place)
            bills[month].append((bill, parts.get(bill.id, [])))
    dealt: list[list[tuple[Bill, list[Part]]]] = [[] for _ in ledgers]
    for month, places in owners.items():
        random.shuffle(places)
        for place, bill in zip(places, bills[month], strict=True):
            dealt[place].append(bill)
    return [
        replace(
            ledger,
            bills=sorted((bill for bill, _ in mine), key=lambda bill: bill.counts_on),
            parts=sorted((part for _, parts in mine for part in parts), key=lambda part: part.counts_on),
            changes=[],
        )
        for ledger, mine in zip(ledgers, dealt, strict=True)
    ]
