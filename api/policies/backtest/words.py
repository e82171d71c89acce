"""How figures of a backtest are written: shares with 6 decimals, amounts with those of their currency."""

from decimal import Decimal
from typing import Any

from scoring.money import quantised
from scoring.validation.economics import Earned

EARNED = (
    "order_amount",
    "on_account_amount",
    "margin_amount",
    "realised_loss_amount",
    "expected_loss_amount",
    "funding_amount",
    "result_amount",
    "undecided_amount",
    "unrated_amount",
)


def figure(value: float | None) -> str | None:
    """Write a figure; a zero has no sign."""
    return None if value is None else f"{value + 0.0:.6f}".replace("-0.000000", "0.000000")


def share(part: int, whole: int) -> str | None:
    """Write a part of a number of cases; None of none."""
    return figure(part / whole) if whole else None


def amounts(value: Decimal, currency: str) -> str:
    """Write an amount, rounded half to even."""
    return format(quantised(value, currency), "f")


def earned_figures(earned: Earned, currency: str) -> dict[str, Any]:
    """Write what orders earned."""
    return {"orders": earned.orders_count} | {name: amounts(getattr(earned, name), currency) for name in EARNED}
