"""What the payer was given or wrote: references, collections and invoice numbers, and what each just misses."""

import pytest

from scoring.matching import Booking, Candidates, match
from tests.scoring.payments import (
    BUYER,
    OTHER,
    POLICY,
    REFERENCE,
    answer,
    booked,
    by_account,
    by_number,
    item,
    paid,
    proposed,
)


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
