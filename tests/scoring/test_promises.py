"""Promises to pay: what stands against one, and how it stands by what was booked."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.money import Money
from scoring.promises import NewPromise, Promise, PromisedItem, faults_of_promise, state_of

TODAY = date(2026, 6, 1)
ITEM = PromisedItem("", Money(Decimal(100), "EUR"), False, 0, False)
NEW = NewPromise(Money(Decimal(100), "EUR"), TODAY, (ITEM,), None, False)
PROMISE = Promise(
    "p",
    Money(Decimal(100), "EUR"),
    TODAY,
    TODAY + timedelta(2),
    "ann@example.com",
    Decimal(0),
    Decimal(100),
    Decimal(100),
    True,
)


def on(days: int) -> date:
    return TODAY + timedelta(days=days)


def eur(amount: str, currency: str = "EUR") -> Money:
    return Money(Decimal(amount), currency)


@pytest.mark.parametrize(
    ("booked", "left", "days", "state"),
    [
        ("0", "100", 0, "open"),
        ("0", "100", 2, "open"),  # The example of the domain: nothing on the 12th ...
        ("0", "100", 3, "broken"),  # ... and on the 13th it is broken.
        ("99.99", "0.01", 3, "broken"),
        ("100", "0", -5, "kept"),
        ("100", "50", 3, "kept"),  # Not all of the invoice was promised.
        ("60", "0", 3, "kept"),  # A credit note took off the rest.
        ("60", "0.01", 2, "open"),
    ],
)
def test_how_a_promise_stands(booked: str, left: str, days: int, state: str) -> None:
    promise = replace(PROMISE, booked_amount=Decimal(booked), left_amount=Decimal(left))
    assert state_of(promise, on(days)) == state


@given(st.decimals(0, 200, places=2), st.decimals(0, 200, places=2), st.integers(-5, 5), st.integers(0, 9))
def test_time_breaks_what_is_open_and_nothing_else(booked: Decimal, left: Decimal, day: int, more: int) -> None:
    promise = replace(PROMISE, booked_amount=booked, left_amount=left)
    before, after = state_of(promise, on(day)), state_of(promise, on(day + more))
    assert (before, after) in {("open", "open"), ("open", "broken"), ("broken", "broken"), ("kept", "kept")}


@pytest.mark.parametrize(
    ("changed", "faults"),
    [
        ({}, []),
        ({"amount": eur("40")}, []),
        ({"amount": eur("0")}, [("/amount/amount", "not_positive")]),
        ({"amount": eur("100.01")}, [("/amount/amount", "more_than_open")]),
        ({"amount": eur("100", "USD")}, [("", "other_currency")]),
        ({"promised_on": on(-1)}, [("/promised_on", "in_the_past")]),
        ({"promised_on": on(365)}, []),
        ({"promised_on": on(366)}, [("/promised_on", "too_far_ahead")]),
        ({"covered_until": on(9), "promised_on": on(9)}, []),
        ({"covered_until": on(9), "promised_on": on(10)}, [("/promised_on", "beyond_cover")]),
        ({"covered_until": on(9), "promised_on": on(10), "has_consent": True}, []),
        ({"covered_until": on(-1)}, [("/promised_on", "beyond_cover")]),
        ({"items": (replace(ITEM, disputed=True),)}, [("", "disputed")]),
        ({"items": (replace(ITEM, promises_count=1),)}, []),
        ({"items": (replace(ITEM, promises_count=2),)}, [("", "promised_too_often")]),
        ({"items": (replace(ITEM, promises_count=1, is_promised=True),)}, [("", "promised_already")]),
        ({"items": (replace(ITEM, open_amount=eur("0")),)}, [("", "settled"), ("/amount/amount", "more_than_open")]),
        ({"amount": eur("150"), "items": (ITEM, replace(ITEM, open_amount=eur("50")))}, []),
        (
            {"promised_on": on(-1), "items": (ITEM, replace(ITEM, pointer="/invoice_ids/0", disputed=True))},
            [("/promised_on", "in_the_past"), ("/invoice_ids/0", "disputed")],
        ),
    ],
)
def test_what_stands_against_a_promise(changed: dict[str, Any], faults: list[tuple[str, str]]) -> None:
    found = list(faults_of_promise(replace(NEW, **changed), TODAY))
    assert [(each.pointer, each.code) for each in found] == faults
    assert all(each.detail for each in found)


def test_a_fault_tells_no_amount_that_is_owed() -> None:
    """Sales may note promises, and sees nothing of what is owed."""
    (fault,) = faults_of_promise(replace(NEW, amount=eur("10000")), TODAY)
    assert "100" not in fault.detail
