"""Points of scorecards: what is worse never earns more, and the edges of bins and curves are where they are written."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.policy.scorecards import Bin, Characteristic, CurvePoint

HALF = Decimal("0.5")
BINS = (Bin(Decimal(9), below=HALF), Bin(Decimal(4), at_least=HALF, below=Decimal(1)), Bin(Decimal(0), Decimal(1)))
CURVE = (CurvePoint(Decimal(0), Decimal(9)), CurvePoint(HALF, Decimal(4)), CurvePoint(Decimal(1), Decimal(0)))
BY_BIN = Characteristic("behaviour.lateness", Decimal(3), Decimal(0), bins=BINS)
BY_CURVE = Characteristic("behaviour.lateness", Decimal(3), Decimal(0), curve=CURVE)
VALUES = st.decimals(-2, 3, places=4)


@pytest.mark.parametrize(
    ("value", "by_bin", "by_curve"),
    [
        (None, "3", "3"),
        ("-1", "9", "9"),
        ("0", "9", "9"),
        ("0.25", "9", "6.50"),
        ("0.4999", "9", "4.00"),
        ("0.5", "4", "4"),
        ("0.9999", "4", "0.00"),
        ("1", "0", "0"),
        ("7", "0", "0"),
    ],
)
def test_a_value_earns_the_points_of_its_place(value: str | None, by_bin: str, by_curve: str) -> None:
    given_value = None if value is None else Decimal(value)
    assert (BY_BIN.points_of(given_value), BY_CURVE.points_of(given_value)) == (Decimal(by_bin), Decimal(by_curve))


@given(VALUES, VALUES)
def test_a_worse_value_never_earns_more(one: Decimal, other: Decimal) -> None:
    better, worse = sorted((one, other))
    for card in (BY_BIN, BY_CURVE):
        assert card.points_of(worse) <= card.points_of(better)
