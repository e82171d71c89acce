"""Who is accepted by one policy and not by the other, what came of them, and how classes moved."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from scoring.validation.economics import DecidedOrder, Earned, Economics, earned

Side = Literal["both", "only_first", "only_second", "neither"]

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class SwapCase:
    """One order as both policies decided it. `late` says for each number of days whether it was paid later than that.

    A number of days is left out of `late` while it is not known.
    """

    first: DecidedOrder
    second: DecidedOrder
    first_class: str | None
    second_class: str | None
    late: Mapping[int, bool]

    @property
    def side(self) -> Side:
        """Which policies accept the order on account; one that is to be prepaid, even in part, is not accepted."""
        first, second = self.first.standing == "on_account", self.second.standing == "on_account"
        if first:
            return "both" if second else "only_first"
        return "only_second" if second else "neither"


@dataclass(slots=True)
class SwapSide:
    """The orders of one side: how many, what they came to, how many were late of those where it is known.

    `first_earned` and `second_earned` are what each policy's own decisions on these orders earned.
    """

    orders_count: int = 0
    order_amount: Decimal = _ZERO
    known: dict[int, int] = field(default_factory=dict)
    late: dict[int, int] = field(default_factory=dict)
    unpaid_amount: Decimal = _ZERO
    first_earned: Earned = field(default_factory=Earned)
    second_earned: Earned = field(default_factory=Earned)


@dataclass(slots=True)
class SwapSet:
    """All sides, and for each pair of classes (first, second) how many orders moved so, and what they came to.

    It is added to case by case, so that no more is kept than its sums.
    """

    economics: Economics
    sides: dict[Side, SwapSide] = field(
        default_factory=lambda: {
            "both": SwapSide(),
            "only_first": SwapSide(),
            "only_second": SwapSide(),
            "neither": SwapSide(),
        }
    )
    classes: dict[tuple[str | None, str | None], tuple[int, Decimal]] = field(default_factory=dict)

    def add(self, case: SwapCase) -> None:
        """Count one order."""
        side = self.sides[case.side]
        side.orders_count += 1
        side.order_amount += case.first.amount
        side.unpaid_amount += case.first.unpaid_amount or _ZERO
        for days, is_late in case.late.items():
            side.known[days] = side.known.get(days, 0) + 1
            side.late[days] = side.late.get(days, 0) + is_late
        side.first_earned += earned(case.first, self.economics)
        side.second_earned += earned(case.second, self.economics)
        pair = case.first_class, case.second_class
        count, amount = self.classes.get(pair, (0, _ZERO))
        self.classes[pair] = count + 1, amount + case.first.amount
