"""Money that prepays an order: booked where nothing else can be meant and the order is worth it, else proposed."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.matching import Booking, Candidates, MatchableOrder, Proposals, match
from tests.scoring.payments import BUYER, OTHER, POLICY, REFERENCE, amounts, item, paid

QUOTED = {"structured_reference": "PRE-2026-001"}
NAMED = {"remittance_text": "Prepayment PRE-2026-001, thanks"}


def order(number=7, worth="1000.00", required=None, debtor=BUYER, reference=None, prepayment="PRE-2026-001"):
    return MatchableOrder(
        id=UUID(int=number),
        debtor_id=debtor,
        order_reference=reference or f"SO-4400{number}",
        prepayment_reference=prepayment,
        worth_amount=Decimal(worth),
        required_amount=None if required is None else Decimal(required),
    )


def answer(money, candidates):
    """The order and amount that are prepaid and the rest; or why not, and the debtor where he is certain."""
    found = match(money, candidates, POLICY)
    if isinstance(found, Proposals):
        first = found.proposals[0] if found.proposals else None
        return None if first is None else first.why, found.debtor_id
    return amounts(found.prepayments) or amounts(found.allocations), found.rest_amount


BOOKED = {
    "all it is worth": ("1000.00", QUOTED),
    "what it asks for": ("400.00", QUOTED),
    "less than it asks for": ("10.00", QUOTED),
    "written in another way": ("400.00", {"structured_reference": "pre 2026 001"}),
    "its own number": ("400.00", {"structured_reference": "SO-44007"}),
    "all of the text": ("400.00", {"remittance_text": "so 44007"}),
    "among other words": ("400.00", NAMED),
    "no structured reference to speak of": ("400.00", {"structured_reference": "NOTPROVIDED", **NAMED}),
}


@pytest.mark.parametrize("case", BOOKED)
def test_an_order_that_is_quoted_is_prepaid(case):
    amount, told = BOOKED[case]
    given = Candidates(by_order=(order(required="400.00"),))
    assert answer(paid(amount, **told), given) == ({7: Decimal(amount)}, 0)


def test_more_than_it_is_worth_is_proposed_with_the_rest_unallocated_and_the_debtor_is_certain():
    found = match(paid("1000.01", **QUOTED), Candidates(by_order=(order(),)), POLICY)
    assert isinstance(found, Proposals)
    (proposal,) = found.proposals
    assert (proposal.rule, proposal.why, found.debtor_id) == ("prepayment", "order_amount_differs", BUYER)
    assert (amounts(proposal.prepayments), proposal.rest_amount) == ({7: Decimal(1000)}, Decimal("0.01"))


SHORT = {"reference": "4711", "prepayment": None}


@pytest.mark.parametrize(
    ("amount", "told", "expected"),
    [
        ("77.00", "betreft 4711 en meer", ("amount_fits", None)),
        ("400.00", "betreft 4711 en meer", ({7: Decimal(400)}, 0)),  # Just what it asks for.
        ("1000.00", "betreft 4711 en meer", ({7: Decimal(1000)}, 0)),
        ("77.00", "4711", ({7: Decimal(77)}, 0)),  # Nothing but the number.
        ("4711.00", "EUR 4711", ("order_amount_differs", None)),
    ],
)
def test_a_short_number_among_other_words_is_sure_only_with_the_amount(amount, told, expected):
    given = Candidates(by_order=(order(required="400.00", **SHORT),))
    assert answer(paid(amount, remittance_text=told), given) == expected


NOT_SURE = {
    "two orders quote the same": Candidates(by_order=(order(), order(8, debtor=OTHER))),
    "an invoice is named too": Candidates(by_order=(order(),), by_number=(item(42, "400.00"),)),
    "it comes from another debtor's account": Candidates(by_order=(order(),), account_debtor_ids=frozenset({OTHER})),
}


@pytest.mark.parametrize("case", NOT_SURE)
@pytest.mark.parametrize("told", [QUOTED, NAMED])
def test_what_may_be_meant_otherwise_is_proposed(case, told):
    found = match(paid("400.00", **told), NOT_SURE[case], POLICY)
    assert isinstance(found, Proposals)
    assert found.proposals[0].rule == "prepayment"


def test_the_reference_of_an_invoice_comes_before_an_order_that_is_named_by_the_way():
    invoice = item(42, "400.00", reference=REFERENCE)
    given = Candidates(by_order=(order(),), by_reference=(invoice,))
    assert answer(paid("400.00", structured_reference=REFERENCE, **NAMED), given) == ({42: Decimal(400)}, 0)
    assert answer(paid("400.00", structured_reference=REFERENCE, remittance_text="SO-44007"), given) == (
        {42: Decimal(400)},
        0,
    )


def test_an_order_that_is_worth_nothing_more_is_no_candidate():
    given = Candidates(by_order=(order(worth="0.00"),), account_debtor_ids=frozenset({BUYER}))
    assert match(paid("400.00", **QUOTED), given, POLICY) == Booking("none", BUYER, (), Decimal("400.00"))


def test_an_order_that_only_somebody_elses_words_name_is_left_alone():
    given = Candidates(by_order=(order(),))
    assert match(paid("400.00", remittance_text="something else 2026"), given, POLICY) == Proposals(())


cents = st.integers(1, 200_000).map(lambda amount: Decimal(amount).scaleb(-2))


@given(amount=cents, worth=st.lists(cents, min_size=1, max_size=3), apart=st.booleans(), others=st.booleans())
def test_no_order_gets_more_than_it_is_worth_and_what_is_bound_and_the_rest_are_the_payment(
    amount, worth, apart, others
):
    orders = tuple(
        replace(order(place), worth_amount=each, prepayment_reference="PRE-2026-001")
        for place, each in enumerate(worth, 7)
    )
    candidates = Candidates(by_order=orders, by_number=(item(42, "400.00"),) if others else ())
    found = match(paid(str(amount), **(QUOTED if apart else NAMED)), candidates, POLICY)
    ways = (found,) if isinstance(found, Booking) else found.proposals
    assert ways
    for way in ways:
        bound = amounts(way.prepayments)
        total = sum((*bound.values(), *amounts(way.allocations).values()), way.rest_amount)
        assert total == amount
        assert all(part <= orders[number - 7].worth_amount for number, part in bound.items())
    if isinstance(found, Booking):
        assert found.rest_amount == 0
        assert len(orders) == 1
