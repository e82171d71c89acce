"""What a day brings comes on that day, however the clock is moved: day by day, in weeks, or all at once."""

from calendar import monthrange
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from fractions import Fraction
from math import ceil

import pytest
from sqlalchemy import text

from scoring.policy.document import parse_policy, shipped
from tests.api.clock.conftest import Happened, Shop

POLICY = parse_policy(shipped()["default"])
DAYS, DUE, EXTENSION_DAYS = 45, 10, 30
AMSTERDAM, AUCKLAND, NEW_YORK = "Europe/Amsterdam", "Pacific/Auckland", "America/New_York"
# The limit of each ends with the next month, some forty days on.
PLACES = [
    pytest.param(date(2026, 1, 31), AMSTERDAM, id="from a month's end"),
    pytest.param(date(2028, 1, 25), AMSTERDAM, id="over a leap day"),
    pytest.param(date(2026, 3, 20), AMSTERDAM, id="into summer time"),
    pytest.param(date(2026, 10, 20), AMSTERDAM, id="out of summer time"),
    pytest.param(date(2026, 12, 20), AMSTERDAM, id="over the end of the year"),
    pytest.param(date(2026, 9, 20), AUCKLAND, id="into summer time in Auckland"),
    pytest.param(date(2026, 10, 20), NEW_YORK, id="out of summer time in New York"),
]
UNEVENLY = (1, 2, 30, 1, 11)


def months_end(day: date) -> date:
    """The last day of the month after that of a day."""
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    return date(year, month, monthrange(year, month)[1])


def days_to_come(begun_on: date) -> set[Happened]:
    """What is told of the shop below by what the page on alerts says, reckoned here from its words."""

    def on(days: int) -> date:
        return begun_on + timedelta(days)

    rules, grace = POLICY.alerts, POLICY.first_payment.grace_days
    near = {ceil(EXTENSION_DAYS * Fraction(share)) for share in rules.cover_stop_shares}
    near |= {max(0, EXTENSION_DAYS - before) for before in rules.cover_stop_days_before}
    told = {
        (on(DUE - rules.first_payment_due_days), "first_payment_due", "opened"),
        (on(DUE + grace + 1), "first_payment_due", "ended"),
        (on(DUE + grace + 1), "first_payment_overdue", "opened"),
        (on(DUE + EXTENSION_DAYS + 1), "cover_stop_near", "ended"),
        (on(DUE + EXTENSION_DAYS + 1), "cover_stopped", "opened"),
        (on(20), "review_due", "opened"),
        (months_end(begun_on) + timedelta(1), "limit_expired", "opened"),
        (months_end(begun_on) + timedelta(1), "review_due", "ended"),
        (months_end(begun_on) + timedelta(1), "over_limit", "opened"),
    }
    for kind, days in (("cover_stop_near", near), ("overdue_items", set(rules.overdue_item_days))):
        first = min(days)
        told |= {(on(DUE + each), kind, "opened" if each == first else "raised") for each in days}
    return {each for each in told if each[0] <= on(DAYS)}


@pytest.fixture
def begun(shop: Callable[..., Shop]) -> Callable[[date, str], Shop]:
    """A shop whose customer has an invoice to pay, cover, and a limit that ends with a month and is reviewed before."""

    def make(starts_on: date, time_zone: str) -> Shop:
        here = shop(starts_on, time_zone)
        days = {"valid_until": months_end(starts_on), "next_review_on": starts_on + timedelta(20)}
        debtor_id = here.customer(**days)
        here.insured(debtor_id, EXTENSION_DAYS)
        here.bill(debtor_id, due_on=starts_on + timedelta(DUE))
        return here

    return make


def of_debtor(told: Sequence[Happened]) -> list[Happened]:
    """What is told of the customer with the invoice: not how large it is in the book, nor of the other one's order."""
    return [each for each in told if each[1] not in ("concentration", "held_order_overdue")]


def held_order(here: Shop, ends_on: date) -> str:
    """An order of another customer, whose hold is over after that day."""
    debtor_id = here.customer()
    here.hold(debtor_id, ends_on)
    named = {"debtor_id": debtor_id, "order_reference": "A", "amount": {"amount": "500.00", "currency": "EUR"}}
    held = here.post("/orders", named)
    assert held["state"] == "held"
    return str(held["id"])


def released_on(here: Shop, order_id: str) -> list[date]:
    query = text("SELECT happened_at FROM event WHERE type = 'order.released.v1' AND data ->> 'order_id' = :id")
    with here.house.sessions.of(here.seller.id) as session:
        return [here.day_of(each) for each in session.scalars(query, {"id": order_id})]


@pytest.mark.parametrize(("starts_on", "time_zone"), PLACES)
def test_what_a_day_brings_has_its_date(begun, starts_on, time_zone):
    here = begun(starts_on, time_zone)
    hold_ends_on = months_end(starts_on) - timedelta(3)
    order_id = held_order(here, hold_ends_on)
    here.move(forward_days=DAYS)
    assert here.today == starts_on + timedelta(DAYS)
    assert released_on(here, order_id) == [hold_ends_on + timedelta(1)]
    told = of_debtor(here.told())
    assert set(told) == days_to_come(starts_on)
    assert len(told) == len(set(told))
    assert [day for day, _, _ in told] == sorted(day for day, _, _ in told)


@pytest.mark.parametrize("steps", [(1,) * DAYS, UNEVENLY], ids=["day by day", "unevenly"])
def test_it_is_the_same_however_the_clock_is_moved(begun, steps):
    assert sum(steps) == DAYS
    here = begun(date(2026, 3, 20), AMSTERDAM)
    for days in steps:
        here.move(forward_days=days)
    told = of_debtor(here.told())
    assert (set(told), len(told)) == (days_to_come(date(2026, 3, 20)), len(set(told)))


@pytest.mark.parametrize(("starts_on", "time_zone"), PLACES[1:4:2])
def test_a_snoozed_alert_comes_back_after_the_end_of_its_day(begun, starts_on, time_zone):
    here = begun(starts_on, time_zone)
    here.move(forward_days=3)
    (alert,) = here.client("finance").get("/v1/alerts?kind=first_payment_due").json["items"]
    until_on = starts_on + timedelta(8)
    here.post(f"/alerts/{alert['id']}/snoozes", {"until_on": str(until_on)}, role="finance")
    here.move(forward_days=10)
    assert here.told("returned") == [(until_on + timedelta(1), "first_payment_due", "returned")]
