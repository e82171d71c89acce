"""What decisions earned and lost: the margin of what was sold, what was never paid, and what had been expected."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from scoring.expected_loss import expected_loss

Standing = Literal["on_account", "prepaid", "waiting", "refused"]

_ZERO = Decimal(0)
_DAYS_PER_YEAR = 365


@dataclass(frozen=True, slots=True)
class Economics:
    """What a sale is worth. All are shares of an amount; `funding_rate` is by the year.

    `loss_given_default` of what is never paid is lost; `margin_share` of a price is margin; `prepaid_kept_share` of
    the buyers who are asked to pay before delivery do so, the others buy nothing.
    """

    loss_given_default: Decimal
    margin_share: Decimal
    prepaid_kept_share: Decimal
    funding_rate: Decimal

    def __post_init__(self) -> None:
        """Each is a share."""
        for name in ("loss_given_default", "margin_share", "prepaid_kept_share", "funding_rate"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} must be from 0 to 1")


@dataclass(frozen=True, slots=True)
class DecidedOrder:
    """One order as it was decided and what came of it on account, whatever was decided.

    `prepaid_amount` is the part that was to be paid before delivery. `unpaid_amount` is what was never paid, None
    while that is not known; `outstanding_days` how long it was owed.
    """

    amount: Decimal
    standing: Standing
    prepaid_amount: Decimal
    pd: Decimal | None
    unpaid_amount: Decimal | None
    outstanding_days: int

    @property
    def on_account_amount(self) -> Decimal:
        """The part of the order that was delivered before it was paid."""
        return self.amount - self.prepaid_amount if self.standing in ("on_account", "prepaid") else _ZERO


@dataclass(frozen=True, slots=True)
class Earned:
    """Sums over orders, in the currency of their amounts, not rounded; nothing of orders that wait or are refused.

    `margin_amount` is before losses. `undecided_amount` was sold on account and may still be paid, so it is in the
    expected loss and not in the realised one; `unrated_amount` was sold without a probability: the other way round.
    """

    orders_count: int = 0
    order_amount: Decimal = _ZERO
    on_account_amount: Decimal = _ZERO
    margin_amount: Decimal = _ZERO
    realised_loss_amount: Decimal = _ZERO
    expected_loss_amount: Decimal = _ZERO
    funding_amount: Decimal = _ZERO
    undecided_amount: Decimal = _ZERO
    unrated_amount: Decimal = _ZERO

    @property
    def result_amount(self) -> Decimal:
        """Margin less realised loss and funding."""
        return self.margin_amount - self.realised_loss_amount - self.funding_amount

    def __add__(self, other: "Earned") -> "Earned":
        """Both together."""
        return Earned(
            self.orders_count + other.orders_count,
            self.order_amount + other.order_amount,
            self.on_account_amount + other.on_account_amount,
            self.margin_amount + other.margin_amount,
            self.realised_loss_amount + other.realised_loss_amount,
            self.expected_loss_amount + other.expected_loss_amount,
            self.funding_amount + other.funding_amount,
            self.undecided_amount + other.undecided_amount,
            self.unrated_amount + other.unrated_amount,
        )


def earned(order: DecidedOrder, economics: Economics) -> Earned:
    """What one order earned, or would have earned had it been decided so.

    An order on account is sold in any case; one to be prepaid, in whole or in part, by `prepaid_kept_share`. What was
    never paid is lost as far as it was on account. The expected loss takes the order's own amount for the exposure,
    so that a sum over orders counts each amount once. Funding is of the cost, for the days it was owed.
    """
    if order.standing in ("waiting", "refused"):
        return Earned(1, order.amount)
    kept = economics.prepaid_kept_share if order.standing == "prepaid" else Decimal(1)
    open_amount = order.on_account_amount
    unpaid = min(order.unpaid_amount or _ZERO, open_amount)
    cost = open_amount * (1 - economics.margin_share)
    lgd = economics.loss_given_default
    return Earned(
        orders_count=1,
        order_amount=order.amount,
        on_account_amount=kept * open_amount,
        margin_amount=kept * economics.margin_share * order.amount,
        realised_loss_amount=kept * expected_loss(Decimal(1), lgd, unpaid),
        expected_loss_amount=_ZERO if order.pd is None else kept * expected_loss(order.pd, lgd, open_amount),
        funding_amount=kept * cost * economics.funding_rate * order.outstanding_days / _DAYS_PER_YEAR,
        undecided_amount=kept * open_amount if order.unpaid_amount is None else _ZERO,
        unrated_amount=kept * open_amount if order.pd is None else _ZERO,
    )
