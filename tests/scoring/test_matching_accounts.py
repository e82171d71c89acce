"""What a known account, a discount and a name may book or propose, and what each just misses."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from scoring.matching import Booking, Candidates, MoneyIn, NameCandidate, Proposals, match
from tests.scoring.payments import (
    BUYER,
    OTHER,
    POLICY,
    TODAY,
    answer,
    booked,
    by_account,
    by_name,
    by_number,
    item,
    paid,
    proposed,
)

YESTERDAY = TODAY - timedelta(days=1)


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("100", booked("account", {42: "100"})),
        ("50.02", booked("account", {43: "50"}, "0.02")),
        ("170", booked("account", {42: "100", 43: "50", 44: "40", 45: "-20"})),
        ("150", proposed("oldest_first", BUYER)),  # Two of three: a guess.
        ("190", proposed("oldest_first", BUYER)),  # All but the credit note: also a guess.
        ("500", proposed("oldest_first", BUYER)),
    ],
)
def test_5_a_known_account_pays_one_item_or_all_that_is_open(amount, expected):
    items = by_account(item(42, "100"), item(43, "50"), item(44, "40"), item(45, "-20"))
    assert answer(paid(amount), items) == expected


def test_5_equal_items_of_a_known_account_are_proposed():
    assert answer(paid("50"), by_account(item(42, "50"), item(43, "50"))) == proposed("several_fit", BUYER)
    assert answer(paid("100"), by_account(item(42, "50"), item(43, "50"))) == booked("account", {42: "50", 43: "50"})
    zero_sum = by_account(item(42, "50"), item(43, "20"), item(44, "-20"))
    assert answer(paid("50"), zero_sum) == proposed("several_fit", BUYER)


def test_5_an_account_of_two_debtors_books_only_what_fits_one():
    items = by_account(item(42, "50"), item(43, "70"), item(44, "60", debtor=OTHER), item(45, "60", debtor=OTHER))
    assert answer(paid("70"), items) == booked("account", {43: "70"})
    assert answer(paid("120"), items) == proposed("several_fit")
    assert answer(paid("180"), items) == proposed("oldest_first")


def test_5_items_of_debtors_without_that_account_are_left_out():
    assert answer(paid("50"), Candidates(by_account=(item(42, "50"),))) == proposed(None)


def test_5_what_the_text_names_is_never_passed_over():
    named = item(42, "100")
    other = item(43, "50")
    assert answer(paid("50"), by_account(named, other, named=(named,))) == proposed("number_amount_differs", BUYER)
    assert answer(paid("150"), by_account(named, other, named=(named,))) == booked("account", {42: "100", 43: "50"})
    stranger = item(44, "80", debtor=OTHER)
    assert answer(paid("50"), by_account(named, other, named=(stranger,))) == proposed("number_amount_differs")


@pytest.mark.parametrize(
    ("amount", "until", "expected"),
    [
        ("98", TODAY, booked("discount", {42: "98"}, discounts={42: "2"})),
        ("97.95", TODAY, booked("discount", {42: "97.95"}, discounts={42: "2"}, differences={42: "0.05"})),
        ("98", YESTERDAY, proposed("number_amount_differs")),
        ("98", None, proposed("number_amount_differs")),
        ("98.06", TODAY, proposed("number_amount_differs")),
        ("100", TODAY, booked("number", {42: "100"})),
    ],
)
def test_6_a_discount_is_granted_within_its_period(amount, until, expected):
    assert answer(paid(amount), by_number(item(42, "100", discount="2", until=until))) == expected


def test_6_discounts_of_several_and_of_a_known_account():
    items = (item(42, "100", discount="2"), item(43, "50"), item(44, "60", discount="1", until=YESTERDAY))
    granted = {"discounts": {42: "2"}}
    assert answer(paid("208"), by_number(*items)) == booked("discount", {42: "98", 43: "50", 44: "60"}, **granted)
    assert answer(paid("208"), by_account(*items)) == booked("discount", {42: "98", 43: "50", 44: "60"}, **granted)
    assert answer(paid("98"), by_account(*items)) == booked("discount", {42: "98"}, **granted)
    assert answer(paid("59"), by_account(*items)) == proposed("oldest_first", BUYER)


@pytest.mark.parametrize("discount", ["0", "-2", "100", "150"])
def test_6_a_discount_that_cannot_be_meant_is_none(discount):
    amount = Decimal("100") - Decimal(discount)
    money = paid(str(max(amount, Decimal(1))))
    found = match(money, by_number(item(42, "100", discount=discount)), POLICY)
    assert not (isinstance(found, Booking) and found.discounts)


def test_6_the_full_amount_of_another_item_goes_before_a_discount():
    items = by_account(item(42, "100", discount="2"), item(43, "98"))
    assert answer(paid("98"), items) == booked("account", {43: "98"})


def test_7_a_name_proposes_and_never_books():
    assert answer(paid("100"), by_name(item(42, "100"))) == proposed("name_alike")
    assert answer(paid("100"), by_name(item(42, "100"), similarity="0.92")) == proposed("name_alike")
    assert answer(paid("100"), by_name(item(42, "100"), similarity="0.91")) == proposed(None)


def test_7_the_most_alike_comes_first_and_what_fits_before_the_oldest():
    older = item(41, "30", due=date(2026, 1, 1))
    names = (
        NameCandidate(OTHER, Decimal("0.93"), (item(44, "100", debtor=OTHER),)),
        NameCandidate(BUYER, Decimal("0.97"), (older, item(42, "100"))),
    )
    found = match(paid("100"), Candidates(by_name=names), POLICY)
    assert isinstance(found, Proposals)
    assert [[part.item_id.int for part in each.allocations] for each in found.proposals] == [[42], [41, 42], [44]]
    assert {each.rule for each in found.proposals} == {"name"}


def test_what_points_more_surely_goes_first():
    """Every kind of evidence points to another item of the same amount; they are taken away one by one."""
    of_reference = item(42, "100", reference="REF-1")
    of_collection = item(43, "100", collection="DD-7", debtor=OTHER)
    of_number, of_account = item(44, "100", debtor=OTHER), item(45, "100")
    of_name = NameCandidate(OTHER, Decimal(1), (item(46, "100", debtor=OTHER),))
    given = Candidates((of_reference,), (of_collection,), (of_number,), (of_account,), frozenset({BUYER}), (of_name,))
    money = paid("100", structured_reference="REF-1", end_to_end_id="DD-7")
    assert answer(money, given) == booked("reference", {42: "100"})
    given = replace(given, by_reference=())
    assert answer(money, given) == booked("collection", {43: "100"})
    given = replace(given, by_collection=())
    assert answer(money, given) == booked("number", {44: "100"})
    given = replace(given, by_number=())
    assert answer(money, given) == booked("account", {45: "100"})
    given = replace(given, by_account=(), account_debtor_ids=frozenset())
    assert answer(money, given) == proposed("name_alike")


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("60", booked("number", {42: "60"})),
        ("130", booked("number", {42: "100"}, "30")),
        ("150", booked("account", {42: "100", 43: "50"})),  # The named one and all else that is open.
        ("50", proposed("number_amount_differs", BUYER)),  # Another item has just this amount.
    ],
)
def test_a_named_invoice_is_paid_in_part_by_the_account_of_its_debtor(amount, expected):
    assert answer(paid(amount), by_account(item(42, "100"), item(43, "50"), named=(item(42, "100"),))) == expected


def test_a_part_of_an_invoice_is_booked_only_with_account_and_number_that_are_sure():
    named = item(42, "100")
    assert answer(paid("60"), by_number(named)) == proposed("number_amount_differs")
    assert answer(paid("60"), by_name(named, named=(named,))) == proposed("number_amount_differs", BUYER)
    of_other = by_account(item(43, "50", debtor=OTHER), named=(named,))
    assert answer(paid("60"), of_other) == proposed("number_amount_differs")
    short = item(42, "100", invoice="2026")
    assert answer(paid("60"), by_account(short, named=(short,))) == proposed("number_amount_differs", BUYER)
    both = (named, item(43, "50"))
    assert answer(paid("60"), by_account(*both, named=both)) == proposed("number_amount_differs", BUYER)
    assert answer(paid("170"), by_account(*both, named=both)) == booked("numbers", {42: "100", 43: "50"}, "20")


def test_money_for_a_credit_note_alone_is_not_used_to_enlarge_itself():
    credit = item(42, "-100")
    assert answer(paid("60"), by_account(credit, named=(credit,))) == proposed(None, BUYER)


def test_a_certain_debtor_with_nothing_open_gets_the_money_unallocated():
    assert answer(paid("60"), by_account(debtors=(BUYER,))) == booked("none", {}, "60")
    assert answer(paid("60"), by_account(debtors=(BUYER, OTHER))) == proposed(None)
    assert answer(paid("60"), Candidates()) == proposed(None)


def test_no_more_is_proposed_than_the_policy_wants():
    items = by_account(*(item(number, "50") for number in range(10, 30)))
    found = match(paid("50"), items, POLICY)
    assert isinstance(found, Proposals)
    assert len(found.proposals) == POLICY.proposals_max


@pytest.mark.parametrize("amount", ["0", "-1"])
def test_what_did_not_come_in_is_no_money(amount):
    with pytest.raises(ValueError, match="no money"):
        MoneyIn(Decimal(amount), "EUR", TODAY)
