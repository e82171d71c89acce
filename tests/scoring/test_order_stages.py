"""Where the euros of one order stand: each in exactly one stage, whatever was delivered, invoiced or prepaid."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.order_stages import (
    CallOff,
    OrderProgress,
    OrderStages,
    beyond_amount,
    called_off,
    enters_on,
    is_completed,
    stages_of,
    still_to_invoice,
    waiting_stages,
)
from tests.scoring.companies import TODAY
from tests.scoring.strategies import cents

HORIZON = TODAY + timedelta(days=60)


def on(days: int) -> date:
    return TODAY + timedelta(days=days)


def progress(delivered: int = 0, invoiced: int = 0, prepaid: int = 0, **parts: int) -> OrderProgress:
    """An order of 1,000, of which 600 is to be delivered inside the horizon and 400 beyond it."""
    call_offs = (CallOff(on(10), Decimal(600)), CallOff(on(90), Decimal(400)))
    amounts = (Decimal(delivered), Decimal(invoiced), Decimal(prepaid))
    return replace(OrderProgress(Decimal(1_000), call_offs, *amounts), **parts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("order", "scheduled", "reserved", "delivered"),
    [
        (progress(), 400, 600, 0),
        (progress(delivered=200), 400, 400, 200),
        (progress(delivered=600), 400, 0, 600),
        (progress(delivered=700), 300, 0, 700),
        (progress(delivered=1_000), 0, 0, 1_000),
        (progress(delivered=1_200), 0, 0, 1_200),
        (progress(delivered=200, invoiced=200), 400, 400, 0),
        (progress(delivered=200, invoiced=150), 400, 400, 50),
        (progress(invoiced=300), 400, 300, 0),
        (progress(delivered=1_000, invoiced=1_000), 0, 0, 0),
        (progress(prepaid=250), 400, 350, 0),
        (progress(prepaid=600), 400, 0, 0),
        (progress(prepaid=700), 300, 0, 0),
        (progress(prepaid=1_500), 0, 0, 0),
        (progress(delivered=200, prepaid=150), 400, 400, 50),
        (progress(delivered=200, prepaid=500), 400, 100, 0),
    ],
)
def test_money_moves_on_with_what_happens(order: OrderProgress, scheduled: int, reserved: int, delivered: int) -> None:
    assert stages_of(order, HORIZON) == OrderStages(Decimal(scheduled), Decimal(reserved), Decimal(delivered))


def test_without_a_horizon_all_of_an_order_counts() -> None:
    assert stages_of(progress(), None) == OrderStages(Decimal(0), Decimal(1_000), Decimal(0))


def test_an_order_without_a_day_of_delivery_counts_whole() -> None:
    assert stages_of(OrderProgress(Decimal(1_000)), HORIZON).reserved == 1_000


@pytest.mark.parametrize(("delivery", "scheduled"), [(60, 0), (61, 1_000)])
def test_the_last_day_of_the_horizon_counts(delivery: int, scheduled: int) -> None:
    order = OrderProgress(Decimal(1_000), called_off(Decimal(1_000), on(delivery)))
    assert stages_of(order, HORIZON).scheduled == scheduled


def test_an_order_that_may_not_be_delivered_keeps_only_what_has_left() -> None:
    assert stages_of(progress(delivered=200), HORIZON, may_deliver=False) == OrderStages(delivered=Decimal(200))
    assert stages_of(progress(delivered=200, prepaid=150), HORIZON, may_deliver=False).delivered == 50


@pytest.mark.parametrize(
    ("order", "horizon", "days", "enters"),
    [
        (progress(), HORIZON, 60, on(30)),
        (progress(delivered=1_000), HORIZON, 60, None),
        (progress(), on(90), 90, None),
        (progress(), None, 60, None),
        (progress(), HORIZON, None, None),
    ],
)
def test_a_part_comes_inside_the_horizon_so_long_before_its_delivery(
    order: OrderProgress, horizon: date | None, days: int | None, enters: date | None
) -> None:
    assert enters_on(order, horizon, days) == enters


@given(st.integers(1, 200), st.integers(0, 90))
def test_on_the_day_it_enters_a_part_lies_inside_and_the_day_before_not(delivery: int, horizon_days: int) -> None:
    order = OrderProgress(Decimal(10), called_off(Decimal(10), on(delivery)))
    enters = enters_on(order, on(horizon_days), horizon_days)
    if enters is None:
        assert not beyond_amount(order, on(horizon_days))
        return
    assert enters > TODAY
    assert not beyond_amount(order, enters + timedelta(days=horizon_days))
    assert beyond_amount(order, enters + timedelta(days=horizon_days - 1)) == 10


def test_parts_are_told_by_day_and_a_single_day_is_one_part() -> None:
    one, other = CallOff(on(5), Decimal(1)), CallOff(on(3), Decimal(2))
    assert called_off(Decimal(3), None, (one, other)) == (other, one)
    assert called_off(Decimal(3), on(4)) == (CallOff(on(4), Decimal(3)),)
    assert called_off(Decimal(3), None) == ()


@st.composite
def any_progress(draw: st.DrawFn) -> OrderProgress:
    """An order in parts, as far as it may be, perhaps delivered or invoiced beyond what was ordered."""
    parts = draw(st.lists(st.builds(CallOff, st.integers(-20, 120).map(on), cents(1, 2_000)), max_size=4).map(tuple))
    amount = sum((each.amount for each in parts), Decimal(0)) or draw(cents(1, 5_000))
    return OrderProgress(amount, called_off(amount, None, parts), *(draw(cents(0, 6_000)) for _ in range(3)))


horizons = st.none() | st.integers(0, 120).map(on)


@given(any_progress(), horizons)
def test_every_euro_stands_in_exactly_one_stage(order: OrderProgress, horizon_on: date | None) -> None:
    stages = stages_of(order, horizon_on)
    assert min(stages.scheduled, stages.reserved, stages.delivered) >= 0
    open_amount = order.to_deliver + order.to_invoice
    assert stages.counted + stages.scheduled == max(Decimal(0), open_amount - order.prepaid)


@given(any_progress(), horizons)
def test_the_horizon_moves_nothing_in_or_out_of_an_order(order: OrderProgress, horizon_on: date | None) -> None:
    with_horizon, without = stages_of(order, horizon_on), stages_of(order, None)
    assert with_horizon.counted + with_horizon.scheduled == without.counted
    assert with_horizon.delivered == without.delivered


def whole(order: OrderProgress) -> Decimal:
    """All that an order adds, or will."""
    stages = stages_of(order, None)
    return stages.counted + stages.scheduled


@given(any_progress(), cents(0, 3_000))
def test_a_delivery_only_moves_what_was_ordered(order: OrderProgress, more: Decimal) -> None:
    order = replace(order, invoiced=min(order.invoiced, order.delivered))
    further = replace(order, delivered=order.delivered + min(more, order.to_deliver))
    assert whole(further) == whole(order)
    assert stages_of(further, None).delivered >= stages_of(order, None).delivered


@given(any_progress(), cents(0, 3_000))
def test_an_invoice_takes_out_what_it_bills_and_nothing_else(order: OrderProgress, more: Decimal) -> None:
    order = replace(order, delivered=min(order.delivered, order.amount), prepaid=Decimal(0))
    order = replace(order, invoiced=min(order.invoiced, order.amount))
    billed = min(more, order.amount - order.invoiced)
    assert whole(order) - whole(replace(order, invoiced=order.invoiced + billed)) == billed


@given(any_progress(), horizons, cents(0, 3_000))
def test_a_prepayment_gives_room_up_to_its_order_and_no_further(
    order: OrderProgress, horizon_on: date | None, more: Decimal
) -> None:
    before, after = stages_of(order, horizon_on), stages_of(replace(order, prepaid=order.prepaid + more), horizon_on)
    freed = before.counted + before.scheduled - after.counted - after.scheduled
    assert freed == min(more, before.counted + before.scheduled)
    assert after.counted <= before.counted


@pytest.mark.parametrize(
    ("order", "may_deliver", "left"),
    [
        (progress(), True, 1_000),
        (progress(), False, 0),
        (progress(delivered=300), False, 300),
        (progress(delivered=300, invoiced=100), True, 900),
        (progress(delivered=300, invoiced=100), False, 200),
        (progress(invoiced=1_000), True, 0),
        (progress(delivered=1_200, invoiced=1_000), True, 200),
        (progress(delivered=1_200, invoiced=1_200), True, 0),
        (progress(invoiced=1_300), True, 0),
    ],
)
def test_what_may_still_be_invoiced_is_what_was_ordered_or_delivered(order, may_deliver, left):
    assert still_to_invoice(order, may_deliver=may_deliver) == left
    assert is_completed(order) == (still_to_invoice(order) == 0)


@pytest.mark.parametrize(
    ("order", "required", "kept", "reserved", "delivered"),
    [
        (progress(), 400, 600, 600, 0),
        (progress(prepaid=400), 0, 600, 600, 0),
        (progress(prepaid=700), 0, 600, 300, 0),
        (progress(prepaid=1_000), 0, 600, 0, 0),
        (progress(invoiced=500), 400, 600, 100, 0),
        (progress(delivered=200), 400, 600, 400, 200),
        (progress(delivered=200, prepaid=150), 400, 450, 400, 50),
        (progress(), 1_000, 0, 0, 0),
        (progress(), 0, 0, 0, 0),
    ],
)
def test_what_waits_keeps_only_what_is_neither_paid_nor_asked_for(order, required, kept, reserved, delivered):
    found = waiting_stages(order, Decimal(required), Decimal(kept))
    assert found == OrderStages(Decimal(0), Decimal(reserved), Decimal(delivered))


some = cents(0, 1_000)


@given(amount=some, more=st.tuples(some, some, some), required=some, kept=some)
def test_what_waits_never_keeps_more_than_it_kept_and_never_more_than_the_order(amount, more, required, kept):
    order = OrderProgress(amount, (), *more)
    found = waiting_stages(order, required, kept)
    assert Decimal(0) <= found.reserved <= kept
    assert found.counted + order.prepaid <= max(still_to_invoice(order), order.prepaid + found.delivered)
