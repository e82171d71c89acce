"""What came of invoices, only where that was bound to be known by the end of what is looked at."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.policies.calibration.ledger_outcomes import Event, Outcomes
from tests.bench.made_ledgers import ledger_of

DAY = date(2024, 1, 1)  # Due on the 31st, and 15 days later is the 15th of February.
AMOUNT = Decimal(100)


def came_of_first(late_days: list[int | None], target: str, ends_after: int) -> str:
    """What came of the first of some invoices, twenty days apart, each paid so late, when the end is so far away."""
    ledger = ledger_of([(DAY + timedelta(20 * place), days, AMOUNT) for place, days in enumerate(late_days)])
    return Outcomes(ledger, "EUR", Event(target, 15), DAY + timedelta(ends_after)).came(ledger.bills[0])


@pytest.mark.parametrize(
    ("late_days", "target", "ends_after", "came"),
    [
        pytest.param([15], "invoice", 46, "in_time", id="paid on the last day that counts"),
        pytest.param([16], "invoice", 46, "late", id="paid a day too late"),
        pytest.param([None], "invoice", 46, "late", id="open, and too late already"),
        pytest.param([None], "invoice", 45, "undecided", id="open, and might be paid today"),
        pytest.param([-30], "invoice", 45, "undecided", id="paid at once, but who did not is not known yet"),
        pytest.param([40], "invoice", 60, "late", id="paid after the end, and late whenever that is"),
        pytest.param([0, 20], "any_90_days", 89, "late", id="a later one was late"),
        pytest.param([0, 0], "any_90_days", 89, "in_time", id="none was late"),
        pytest.param([0, 20], "any_90_days", 88, "undecided", id="more may be issued"),
        pytest.param([20, 0, 0, 0, 0], "any_90_days", 125, "undecided", id="the last of them may still be paid"),
        pytest.param([20, 0, 0, 0, 0], "any_90_days", 126, "late", id="the last of them is known"),
        pytest.param([0, 0, 0, 0, 0, 90], "any_90_days", 300, "in_time", id="what comes after is another matter"),
    ],
)
def test_what_came_is_told_once_it_is_bound_to_be_known(
    late_days: list[int | None], target: str, ends_after: int, came: str
) -> None:
    assert came_of_first(late_days, target, ends_after) == came


histories = st.lists(st.none() | st.integers(-30, 80), min_size=1, max_size=6)
ends = st.integers(0, 250)
targets = st.sampled_from(["invoice", "any_90_days"])


@given(first=histories, second=histories, target=targets, ends_after=ends)
def test_whether_a_case_is_decided_does_not_depend_on_how_anything_was_paid(
    first: list[int | None], second: list[int | None], target: str, ends_after: int
) -> None:
    """Else the cases of the last weeks would be those who pay quickly."""
    count = min(len(first), len(second))
    told = [came_of_first(each[:count], target, ends_after) == "undecided" for each in (first, second)]
    assert told[0] == told[1]
