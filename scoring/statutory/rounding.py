"""The rounding that courts and tax offices expect: half up."""

from decimal import ROUND_HALF_UP, Decimal

_CENT = Decimal("0.01")


def half_up(amount: Decimal) -> Decimal:
    """An amount in whole cents, half a cent rounded up."""
    return amount.quantize(_CENT, rounding=ROUND_HALF_UP)
