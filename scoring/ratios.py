"""One way to divide sums, so that what is reckoned in different places agrees to the last decimal."""

from decimal import ROUND_HALF_EVEN, Decimal


def rounded_ratio(numerator: Decimal, denominator: Decimal, decimals: int) -> Decimal | None:
    """A ratio rounded half to even to so many decimals; None where there is nothing to divide by."""
    if not denominator:
        return None
    return (numerator / denominator).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN)
