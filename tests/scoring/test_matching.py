"""Each rule of matching, with what it just misses."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from scoring.matching import Booking, Candidates, MoneyIn, NameCandidate, Proposals, match
from tests.scoring.payments import (
    BUYER,
    OTHER,
    POLICY,
    REFERENCE,
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


def referred(*items, **more):
    return Candidates(by_reference=items, **more)


def collected(*items):
    return Candidates(by_collection=items)


@pytest.mark.parametrize(
    ("amount", "reference", "expected"),
    [
        ("100.00", REFERENCE, booked("reference", {42: "100.00"})),
        ("100.00", "rf73 inv2 0260 042", booked("reference", {42: "100.00"})),
        ("60.00", REFERENCE, booked("reference", {42: "60.00"})),
        ("130.00", REFERENCE, booked("reference", {42: "100.00"}, "30.00")),
        ("99.95", REFERENCE, booked("reference", {42: "99.95"}, differences={42: "0.05"})),
        ("99.94", REFERENCE, booked("reference", {42: "99.94"})),
        ("100.05", REFERENCE, booked("reference", {42: "100.00"}, "0.05")),
        ("98.00", REFERENCE, booked("discount", {42: "98.00"}, discounts={42: "2.00"})),
        ("97.97", REFERENCE, booked("discount", {42: "97.97"}, discounts={42: "2.00"}, differences={42: "0.03"})),
        ("100.00", "RF74INV20260042", proposed(None)),  # Fails its check.
        ("100.00", None, proposed(None)),
    ],
)
def test_1_a_reference_books_on_its_item_in_part_in_whole_and_beyond(amount, reference, expected):
    items = referred(item(42, "100.00", reference=REFERENCE, discount="2.00"))
    assert answer(paid(amount, structured_reference=reference), items) == expected


@pytest.mark.parametrize("reference", ["271234567", "5000056789012345", "090933755493", "CUSTOM-1"])
def test_1_other_references_are_compared_as_they_are(reference):
    items = referred(item(42, "100", reference=reference))
    assert answer(paid("100", structured_reference=reference.lower()), items) == booked("reference", {42: "100"})


def test_1_a_reference_that_two_items_bear_proposes_with_the_debtor_certain():
    items = (item(42, "100", reference="CUSTOM-1"), item(43, "50", reference="CUSTOM-1"))
    money = paid("100", structured_reference="CUSTOM-1")
    assert answer(money, referred(*items)) == proposed("reference_shared", BUYER)
    strangers = referred(items[0], item(43, "50", reference="CUSTOM-1", debtor=OTHER))
    assert answer(money, strangers) == proposed("reference_shared")


def test_1_a_shared_reference_leaves_it_to_the_number_to_tell_the_item():
    items = (item(42, "100", reference="CUSTOM-1"), item(43, "50", reference="CUSTOM-1"))
    money = paid("100", structured_reference="CUSTOM-1", remittance_text="2026-0042")
    assert answer(money, referred(*items, by_number=items[:1])) == booked("number", {42: "100"})


@pytest.mark.parametrize("open_amount", ["0", "-100"])
def test_1_a_reference_of_what_is_not_owed_books_nothing(open_amount):
    items = referred(item(42, open_amount, reference=REFERENCE))
    assert not isinstance(match(paid("100", structured_reference=REFERENCE), items, POLICY), Booking)


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("150.00", booked("collection", {42: "100", 43: "80", 44: "-30"})),
        ("149.96", booked("collection", {42: "99.96", 43: "80", 44: "-30"}, differences={42: "0.04"})),
        ("100.00", proposed("collection_differs", BUYER)),
        ("151.00", proposed("collection_differs", BUYER)),
    ],
)
def test_2_a_collection_settles_all_its_items_or_none(amount, expected):
    items = collected(
        item(44, "-30", collection="DD-7"), item(43, "80", collection="DD-7"), item(42, "100", collection="DD-7")
    )
    assert answer(paid(amount, end_to_end_id="dd-7"), items) == expected


def test_2_a_collection_of_two_debtors_is_proposed_and_not_provided_is_no_collection():
    items = (item(42, "100", collection="DD-7"), item(43, "50", collection="DD-7", debtor=OTHER))
    assert answer(paid("150", end_to_end_id="DD-7"), collected(*items)) == proposed("collection_differs")
    unnamed = collected(item(42, "100", collection="NOTPROVIDED"))
    assert answer(paid("100", end_to_end_id="NOTPROVIDED"), unnamed) == proposed(None)


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("100.00", booked("number", {42: "100.00"})),
        ("99.97", booked("number", {42: "99.97"}, differences={42: "0.03"})),
        ("100.03", booked("number", {42: "100.00"}, "0.03")),
        ("99.00", proposed("number_amount_differs")),
        ("101.00", proposed("number_amount_differs")),
    ],
)
def test_3_a_named_invoice_of_that_amount_is_paid(amount, expected):
    assert answer(paid(amount), by_number(item(42, "100.00"))) == expected


def test_3_of_several_named_only_the_one_that_fits_is_paid():
    items = by_number(item(42, "100"), item(43, "70"))
    assert answer(paid("70"), items) == booked("number", {43: "70"})


@pytest.mark.parametrize("amount", ["1001.00", "1001"])
def test_3_a_number_that_only_repeats_the_amount_is_no_number(amount):
    items = by_number(item(42, "1001", invoice="1001"))
    assert answer(paid(amount, remittance_text="EUR 1001"), items) == proposed(None)
    assert answer(paid(amount), by_number(item(42, "1001", invoice="F-1001"))) == booked("number", {42: amount})


def test_3_to_the_cent_goes_before_within_the_tolerance():
    items = by_number(item(42, "100.03"), item(43, "100.00"))
    assert answer(paid("100.00"), items) == booked("number", {43: "100.00"})
    assert answer(paid("100.01"), items) == proposed("several_fit")


def test_3_namesakes_of_two_debtors_are_told_apart_by_the_account():
    namesakes = (item(42, "100", invoice="F0042"), item(43, "100", invoice="F-0042", debtor=OTHER))
    assert answer(paid("100"), by_number(*namesakes)) == proposed("several_fit")
    assert answer(paid("100"), by_account(debtors=(OTHER,), named=namesakes)) == booked("number", {43: "100"})


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("120", booked("numbers", {42: "100", 43: "50", 44: "-30"})),
        ("119.95", booked("numbers", {42: "99.95", 43: "50", 44: "-30"}, differences={42: "0.05"})),
        ("150", proposed("number_amount_differs")),  # Leaves the credit note out: some named, not all.
        ("70", proposed("number_amount_differs")),
        ("121", proposed("number_amount_differs")),
    ],
)
def test_4_all_that_are_named_are_paid_together_credit_notes_too(amount, expected):
    assert answer(paid(amount), by_number(item(42, "100"), item(43, "50"), item(44, "-30"))) == expected


def test_4_one_named_alone_and_all_named_together_are_two_readings():
    items = by_number(item(42, "100"), item(43, "50"), item(44, "-50"))
    assert answer(paid("100"), items) == proposed("several_fit")


def test_4_invoices_of_two_debtors_are_never_booked_as_one():
    items = by_number(item(42, "100"), item(43, "50", debtor=OTHER))
    assert answer(paid("150"), items) == proposed("number_amount_differs")


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
