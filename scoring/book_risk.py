"""What may be lost of a whole book when its debtors fail: the shares of the classes, and expected loss."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Literal

from scoring.expected_loss import expected_loss

NoExpectedLoss = Literal["no_loss_given_default", "no_probability_of_default"]


@dataclass(frozen=True, slots=True)
class ClassExposure:
    """What the debtors of one class owe, None being those without a decision; `pd_amount` sums PD x exposure.

    `without_pd_amount` is the exposure of those whose decision names no probability of default.
    """

    risk_class: str | None
    debtors_count: int
    amount: Decimal
    pd_amount: Decimal
    without_pd_amount: Decimal


@dataclass(frozen=True, slots=True)
class ClassShare:
    """The part of the debtors and of the exposure that one class has: shares of 6 decimals, half to even."""

    risk_class: str | None
    debtors_count: int
    debtors_share: Decimal
    amount: Decimal
    amount_share: Decimal


@dataclass(frozen=True, slots=True)
class BookLoss:
    """EL = PD x LGD x exposure over 12 months, not rounded; None with the reason why there is none.

    `rated_amount` is the exposure it is of, `unrated_amount` that of debtors without a probability of default.
    """

    amount: Decimal | None
    missing: NoExpectedLoss | None
    loss_given_default: Decimal | None
    rated_amount: Decimal
    unrated_amount: Decimal


def class_shares(classes: Sequence[ClassExposure]) -> tuple[ClassShare, ...]:
    """The share of each class of all debtors who owe, and of what they owe."""
    count = sum(each.debtors_count for each in classes)
    total = sum((each.amount for each in classes), Decimal(0))
    return tuple(
        ClassShare(
            each.risk_class,
            each.debtors_count,
            _share(Decimal(each.debtors_count), Decimal(count)),
            each.amount,
            _share(each.amount, total),
        )
        for each in classes
    )


def book_loss(classes: Sequence[ClassExposure], loss_given_default: Decimal | None) -> BookLoss:
    """The expected loss of a book, by the latest decision of each debtor; what has no PD is in none of it."""
    unrated = sum((each.without_pd_amount for each in classes), Decimal(0))
    rated = sum((each.amount for each in classes), Decimal(0)) - unrated
    if loss_given_default is None:
        return BookLoss(None, "no_loss_given_default", None, rated, unrated)
    if unrated and not rated:
        return BookLoss(None, "no_probability_of_default", loss_given_default, rated, unrated)
    # PD and exposure are multiplied debtor by debtor already.
    total = sum((each.pd_amount for each in classes), Decimal(0))
    return BookLoss(expected_loss(Decimal(1), loss_given_default, total), None, loss_given_default, rated, unrated)


def _share(part: Decimal, whole: Decimal) -> Decimal:
    """A share, zero of nothing."""
    return (part / whole if whole else Decimal(0)).quantize(Decimal("0.000001"), ROUND_HALF_EVEN)
