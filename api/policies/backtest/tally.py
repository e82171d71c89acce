"""Adds up what policies decided about the orders of a ledger, debtor by debtor, and what came of them."""

from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from api.policies.backtest.cases import Case, Cases
from api.policies.backtest.causes import Causes, Sum
from api.policies.backtest.items import items_of
from api.policies.backtest.judging import JudgedDebtor, JudgedOrder
from api.records.ledger_walk import Bill
from scoring.facts import CheckFacts
from scoring.judgement import Judgement, Outcome
from scoring.policy.document import Policy
from scoring.validation.economics import DecidedOrder, Earned, Economics, Standing, earned
from scoring.validation.outcomes import (
    LATE_DAYS,
    DebtorOutcomes,
    Item,
    came_of,
    outstanding_days,
    unpaid_amount,
)
from scoring.validation.swaps import SwapCase, SwapSet

STANDINGS: dict[Outcome, Standing] = {
    Outcome.ACCEPT: "on_account",
    Outcome.ACCEPT_PREPAYMENT: "prepaid",
    Outcome.HOLD_FIRST_PAYMENT: "waiting",
    Outcome.REFER: "waiting",
    Outcome.DECLINE: "refused",
}
ZERO = Decimal(0)


@dataclass(slots=True)
class Limits:
    """Limits beside what would be owed after the order; a use is that over the limit, where the limit is above zero."""

    kinds: Counter[str] = field(default_factory=Counter)
    zero_count: int = 0
    above_count: int = 0
    uses: "array[float]" = field(default_factory=lambda: array("d"))

    def add(self, facts: CheckFacts, judgement: Judgement) -> None:
        """Count one order."""
        limit = judgement.limit
        self.kinds[limit.kind] += 1
        if limit.amount is None:
            return
        owed = facts.exposure.amount + (facts.asked.order_amount or ZERO)
        self.above_count += owed > limit.amount
        if limit.amount:
            self.uses.append(float(owed / limit.amount))
        else:
            self.zero_count += 1


@dataclass(slots=True)
class PolicyTally:
    """What one policy decided: by outcome and why, by class, its limits, and what it earned by how an order stood."""

    ranks: dict[str, int]
    outcomes: dict[Outcome, Sum] = field(default_factory=lambda: {outcome: Sum() for outcome in Outcome})
    causes: Causes = field(default_factory=Causes)
    order_classes: Counter[str | None] = field(default_factory=Counter)
    debtor_classes: Counter[str | None] = field(default_factory=Counter)
    limits: Limits = field(default_factory=Limits)
    earned: dict[Standing, Earned] = field(
        default_factory=lambda: dict.fromkeys(("on_account", "prepaid", "waiting", "refused"), Earned())
    )

    def add(self, facts: CheckFacts, judgement: Judgement, order: DecidedOrder, economics: Economics) -> None:
        """Count one order."""
        self.outcomes[judgement.outcome].add(order.amount)
        self.causes.add(judgement, order.amount)
        self.order_classes[judgement.risk_class] += 1
        self.limits.add(facts, judgement)
        self.earned[order.standing] += earned(order, economics)


@dataclass(slots=True)
class Coverage:
    """How many orders and debtors were judged, and of how many something had been known."""

    orders: int = 0
    orders_with_history: int = 0
    debtors: int = 0
    debtors_with_history: int = 0
    orders_with_report: int = 0
    orders_in_other_currencies: int = 0


class Tally:
    """All that a backtest adds up. `ends_on` is the last day of which the ledger tells."""

    def __init__(self, policies: Sequence[Policy], economics: Economics, ends_on: date) -> None:
        self.economics = economics
        self.ends_on = ends_on
        self.invoices, self.debtors = Cases(len(policies)), Cases(len(policies))
        self.coverage = Coverage()
        self.policies = [
            PolicyTally({grade: rank for rank, grade in enumerate(policy.master_scale.names)}) for policy in policies
        ]
        self.swaps = SwapSet(economics) if len(policies) == 2 else None

    def add(self, debtor: JudgedDebtor) -> None:
        """Count one debtor's orders."""
        self.coverage.orders_in_other_currencies += debtor.left_out_count
        if not debtor.orders_count:
            return
        items = items_of(debtor.ledger, debtor.currency, self.ends_on)
        in_order = sorted(items.values(), key=lambda item: item.invoiced_on)
        outcomes = {days: DebtorOutcomes(in_order, days, self.ends_on) for days in LATE_DAYS}
        had_history, last_day = False, None
        judgements: Sequence[Judgement] = ()
        for order in debtor.orders:
            day, judgements, has_history = order.bill.invoiced_on, order.judgements, order.facts[0].has_history
            case = Case(self.coverage.debtors, has_history, is_first=has_history and not had_history)
            self._add_order(order, items[order.bill.id], case)
            if day != last_day:
                self.debtors.add(case, {days: each.of(day) for days, each in outcomes.items()}, judgements, self._ranks)
            had_history, last_day = had_history or has_history, day
        self.coverage.debtors += 1
        self.coverage.debtors_with_history += had_history
        for tally, judgement in zip(self.policies, judgements, strict=True):
            tally.debtor_classes[judgement.risk_class] += 1

    @property
    def _ranks(self) -> list[dict[str, int]]:
        return [each.ranks for each in self.policies]

    def _add_order(self, order: JudgedOrder, item: Item, case: Case) -> None:
        came = {days: came_of(item, days, self.ends_on) for days in LATE_DAYS}
        self.invoices.add(case, came, order.judgements, self._ranks)
        self.coverage.orders += 1
        self.coverage.orders_with_history += case.has_history
        self.coverage.orders_with_report += order.facts[0].bureau is not None
        decided = [self._decided(order.bill, judgement, item) for judgement in order.judgements]
        for tally, facts, judgement, each in zip(self.policies, order.facts, order.judgements, decided, strict=True):
            tally.add(facts, judgement, each, self.economics)
        if self.swaps is not None:
            late = {days: each == "late" for days, each in came.items() if each in ("late", "in_time")}
            classes = [judgement.risk_class for judgement in order.judgements]
            self.swaps.add(SwapCase(decided[0], decided[1], classes[0], classes[1], late))

    def _decided(self, bill: Bill, judgement: Judgement, item: Item) -> DecidedOrder:
        standing = STANDINGS[judgement.outcome]
        prepaid = ZERO
        if standing == "prepaid":
            required = judgement.terms.prepayment_required
            prepaid = bill.amount if required is None else min(required, bill.amount)
        return DecidedOrder(
            amount=bill.amount,
            standing=standing,
            prepaid_amount=prepaid,
            pd=judgement.pd,
            unpaid_amount=unpaid_amount(item, self.ends_on),
            outstanding_days=outstanding_days(item, self.ends_on),
        )
