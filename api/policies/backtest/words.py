"""How figures of a backtest are written: shares with 6 decimals, amounts with those of their currency."""

from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Any

from scoring.money import quantised
from scoring.validation.economics import Earned, Standing

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
    """Write what orders earned; the result is that of the figures beside it, as they are written."""
    rounded = _rounded(earned, currency)
    return {"orders": earned.orders_count} | {name: format(getattr(rounded, name), "f") for name in EARNED}


def earned_by_standing(earned: Mapping[Standing, Earned], currency: str) -> dict[str, dict[str, Any]]:
    """Write what orders earned by how they stood, and in all: the sum of what is written, so that it adds up."""
    rounded = {standing: _rounded(each, currency) for standing, each in earned.items()}
    whole = sum(rounded.values(), Earned())
    return {standing: earned_figures(each, currency) for standing, each in (*rounded.items(), ("all", whole))}


def _rounded(earned: Earned, currency: str) -> Earned:
    summed = [each.name for each in fields(Earned) if each.name != "orders_count"]
    return Earned(earned.orders_count, *(quantised(getattr(earned, name), currency) for name in summed))
