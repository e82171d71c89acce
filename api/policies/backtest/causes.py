"""Why orders were not sold on account: the reasons that stopped them, and what made a limit zero."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from api.policies.backtest.words import amounts
from scoring.judgement import Judgement, Outcome

CAUSES_MAX = 12  # Of each effect.


@dataclass(slots=True)
class Sum:
    """A number of orders and what they came to."""

    count: int = 0
    amount: Decimal = Decimal(0)

    def add(self, amount: Decimal) -> None:
        """Count one order."""
        self.count += 1
        self.amount += amount


@dataclass(slots=True)
class Causes:
    """Orders by the reasons that kept them from being accepted, and those with a limit of zero by what bound it.

    An order counts with each of its reasons, once: the sums of several reasons do not add up to orders.
    """

    reasons: dict[tuple[Outcome, str], Sum] = field(default_factory=dict)
    zero_limits: dict[str | None, Sum] = field(default_factory=dict)

    def add(self, judgement: Judgement, amount: Decimal) -> None:
        """Count one order."""
        if judgement.outcome is not Outcome.ACCEPT:
            for effect, code in {(each.effect, each.code) for each in judgement.reasons if each.effect in _STOPPING}:
                self.reasons.setdefault((Outcome(effect), code), Sum()).add(amount)
        if judgement.limit.amount == 0:
            self.zero_limits.setdefault(judgement.binding, Sum()).add(amount)


_STOPPING = frozenset(outcome.value for outcome in Outcome if outcome is not Outcome.ACCEPT)


def causes_of(causes: Causes, currency: str) -> dict[str, Any]:
    """Write the causes: the heaviest effect first, and of each those of most orders."""
    told = []
    for effect in sorted({effect for effect, _ in causes.reasons}, key=_rank, reverse=True):
        of_effect = {code: each for (its, code), each in causes.reasons.items() if its is effect}
        told += [{"effect": str(effect), "code": code} | each for code, each in _most(of_effect, currency)]
    zero = [{"binding": binding} | each for binding, each in _most(causes.zero_limits, currency)]
    return {"reasons": told, "zero_limits": zero}


def _rank(outcome: Outcome) -> int:
    return outcome.rank


def _most(sums: Mapping[Any, Sum], currency: str) -> list[tuple[Any, dict[str, Any]]]:
    """Give those of most orders, then of the largest amount, and the name where both are alike."""
    ordered = sorted(sums.items(), key=lambda each: (-each[1].count, -each[1].amount, str(each[0])))
    return [(name, {"orders": each.count, "amount": amounts(each.amount, currency)}) for name, each in ordered][
        :CAUSES_MAX
    ]
