"""What came of an order when the ledger ends: late, in time, never paid, or not known yet."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.validation.outcomes import (
    LATE_DAYS,
    TARGETS,
    WINDOW_DAYS,
    DebtorOutcomes,
    Item,
    came_of,
    outstanding_days,
    unpaid_amount,
)

END = date(2025, 12, 31)


def item(due_ago: int, settled_late: int | None = None, paid: int = 100, open_amount: int = 0) -> Item:
    """An invoice of 30 days that was due so many days before the ledger ends."""
    due_on = END - timedelta(due_ago)
    settled_on = None if settled_late is None else due_on + timedelta(settled_late)
    return Item(due_on - timedelta(30), due_on, Decimal(open_amount), Decimal(paid), settled_on)


@pytest.mark.parametrize(
    ("of", "late_days", "came", "unpaid"),
    [
        (item(100, settled_late=0), 0, "in_time", 0),
        (item(100, settled_late=-5), 0, "in_time", 0),
        (item(100, settled_late=1), 0, "late", 0),
        (item(100, settled_late=15), 15, "in_time", 0),
        (item(100, settled_late=16), 15, "late", 0),
        (item(100, settled_late=7, paid=0), 0, "credited", 0),  # By credit notes alone.
        (item(91, open_amount=40, paid=60), 90, "late", 40),
        (item(90, open_amount=40, paid=60), 90, "undecided", None),
        (item(90, open_amount=40, paid=60), 30, "late", None),
        (item(0, open_amount=100, paid=0), 0, "undecided", None),
        (item(1, open_amount=100, paid=0), 0, "late", None),
        (item(-20, open_amount=100, paid=0), 0, "undecided", None),
    ],
)
def test_what_came_of_an_invoice(of: Item, late_days: int, came: str, unpaid: int | None) -> None:
    assert came_of(of, late_days, END) == came
    assert unpaid_amount(of, END) == unpaid


@pytest.mark.parametrize(
    ("of", "days"),
    [(item(100, settled_late=3), 33), (item(10, open_amount=1), 40), (item(100, settled_late=-40), 0)],
)
def test_how_long_an_invoice_was_owed(of: Item, days: int) -> None:
    assert outstanding_days(of, END) == days


def test_every_target_has_a_name_of_its_own() -> None:
    assert len({target.name for target in TARGETS}) == 2 * len(LATE_DAYS)
    assert [target.window_days for target in TARGETS] == [None] * len(LATE_DAYS) + [WINDOW_DAYS] * len(LATE_DAYS)


items = st.lists(
    st.builds(
        item,
        st.integers(-30, 400),
        settled_late=st.none() | st.integers(-20, 100),
        paid=st.sampled_from([0, 100]),
        open_amount=st.just(0),
    ),
    max_size=12,
).map(lambda found: sorted(found, key=lambda each: each.invoiced_on))


@given(found=items, late_days=st.sampled_from(LATE_DAYS), ago=st.integers(0, 430))
def test_a_debtor_is_late_when_any_invoice_of_the_window_is(found: list[Item], late_days: int, ago: int) -> None:
    day = END - timedelta(ago)
    inside = [each for each in found if day <= each.invoiced_on < day + timedelta(WINDOW_DAYS)]
    came = {came_of(each, late_days, END) for each in inside}
    if day + timedelta(WINDOW_DAYS - 1) > END:
        expected = "undecided"
    else:
        ranked = ("late", "undecided", "in_time", "credited")
        expected = next((each for each in ranked if each in came), "credited")
    assert DebtorOutcomes(found, late_days, END).of(day) == expected
