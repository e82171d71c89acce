"""How much of the receivables hangs on few debtors."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

_LARGEST = 20


@dataclass(frozen=True, slots=True)
class Concentration:
    """Shares of the total, 0 to 1, that the largest debtors owe together.

    `herfindahl_index` is the sum of squared shares: 1 is one debtor, 1/n is n equal ones (times 10,000 in points).
    """

    total_amount: Decimal
    debtors_count: int
    largest_share: Decimal
    largest_5_share: Decimal
    largest_10_share: Decimal
    largest_20_share: Decimal
    herfindahl_index: Decimal


def concentration(exposures: Iterable[Decimal]) -> Concentration | None:
    """The concentration of exposures, one per debtor (or per group), in one currency; None when nobody owes anything.

    Who is owed money (below zero) is left out: a credit of one debtor pays no debt of another.
    """
    owed = sorted((amount for amount in exposures if amount > 0), reverse=True)
    squares = sum((amount**2 for amount in owed), Decimal(0))
    return concentration_of_sums(sum(owed, Decimal(0)), len(owed), owed[:_LARGEST], squares)


def concentration_of_sums(
    total_amount: Decimal, debtors_count: int, largest: Sequence[Decimal], squares_amount: Decimal
) -> Concentration | None:
    """The same of a book that was added up already: the exposures above zero, their squares, and the largest 20.

    `largest` begins with the largest. None when nobody owes anything.
    """
    if not total_amount:
        return None

    def share_of(count: int) -> Decimal:
        """The share of so many of the largest."""
        return sum(largest[:count], Decimal(0)) / total_amount

    return Concentration(
        total_amount=total_amount,
        debtors_count=debtors_count,
        largest_share=share_of(1),
        largest_5_share=share_of(5),
        largest_10_share=share_of(10),
        largest_20_share=share_of(_LARGEST),
        herfindahl_index=squares_amount / total_amount**2,
    )
