"""What holds for every payment, whatever points to whatever."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.matching import Candidates, MatchableItem, MoneyIn, NameCandidate, Proposals, match
from tests.scoring.payments import BUYER, OTHER, POLICY, TODAY, paid

many = settings(max_examples=150, deadline=None)
# Few amounts and references, so that they often agree.
AMOUNTS = ("-50", "-20", "0.04", "20", "30", "49.96", "50", "100")
REFERENCES = ("REF-1", "REF-2", None)
numbers = st.integers(1, 8)


def item_of(number: int, amounts: list[str]) -> MatchableItem:
    """One item is the same wherever it is found."""
    choice = Random(number).choice
    return MatchableItem(
        id=UUID(int=number),
        debtor_id=BUYER if number < 6 else OTHER,
        number=choice((f"2026-000{number}", "2026-0042", "2026", None)),
        remittance_reference=choice(REFERENCES),
        collection_reference=choice(REFERENCES),
        invoiced_on=TODAY,
        due_on=TODAY + timedelta(days=choice((-5, 0, 5))),
        open_amount=Decimal(amounts[number]),
        discount_amount=choice((None, Decimal(1))),
        discount_until=TODAY,
    )


amounts_of_items = st.lists(st.sampled_from(AMOUNTS), min_size=9, max_size=9)
some_numbers = st.lists(st.integers(1, 8), max_size=5)
debtor_ids = st.sampled_from([BUYER, OTHER])
likenesses = st.sampled_from([Decimal("0.9"), Decimal(1)])


@st.composite
def candidates_of(draw: st.DrawFn) -> Candidates:
    amounts = draw(amounts_of_items)

    def some() -> tuple[MatchableItem, ...]:
        return tuple(item_of(number, amounts) for number in draw(some_numbers))

    return Candidates(
        *(some() for _ in range(4)),
        frozenset(draw(st.lists(debtor_ids, max_size=2))),
        tuple(
            NameCandidate(debtor_id, draw(likenesses), tuple(each for each in some() if each.debtor_id == debtor_id))
            for debtor_id in draw(st.lists(debtor_ids, max_size=2, unique=True))
        ),
    )


candidates = candidates_of()
groups = st.builds(
    lambda amounts, chosen: tuple(item_of(number, amounts) for number in chosen), amounts_of_items, some_numbers
)
payments = st.builds(
    MoneyIn,
    amount=st.sampled_from(["0.01", "20", "29", "30", "49.98", "50", "70", "80", "100", "150", "500"]).map(Decimal),
    currency=st.just("EUR"),
    booked_on=st.sampled_from([TODAY, TODAY + timedelta(days=1)]),
    structured_reference=st.sampled_from(REFERENCES),
    end_to_end_id=st.sampled_from(REFERENCES),
)


def all_items(given: Candidates) -> dict[UUID, MatchableItem]:
    found = (*given.by_reference, *given.by_collection, *given.by_number, *given.by_account)
    return {each.id: each for each in (*found, *(each for name in given.by_name for each in name.items))}


@many
@given(payments, candidates)
def test_the_payment_is_the_allocations_and_the_rest_and_no_item_gets_more_than_it_has_open(money, given):
    found = match(money, given, POLICY)
    known = all_items(given)
    for way in found.proposals if isinstance(found, Proposals) else (found,):
        assert sum((part.amount for part in way.allocations), way.rest_amount) == money.amount
        assert way.rest_amount >= 0
        assert all(part.amount > 0 for part in (*way.discounts, *way.differences))
        assert sum((part.amount for part in way.differences), Decimal(0)) <= POLICY.tolerance_amount
        got = {part.item_id: part.amount for part in way.allocations}
        assert len(got) == len(way.allocations)
        for part in (*way.discounts, *way.differences):
            got[part.item_id] += part.amount
        for item_id, amount in got.items():
            open_amount = known[item_id].open_amount
            assert 0 < amount <= open_amount or open_amount <= amount < 0
            assert known[item_id].debtor_id == way.debtor_id


@many
@given(payments, candidates, st.randoms(use_true_random=False))
def test_the_order_of_candidates_makes_no_difference(money, given, random):
    def shuffled(group):
        return tuple(random.sample(group, len(group)))

    again = Candidates(
        *(shuffled(group) for group in (given.by_reference, given.by_collection, given.by_number, given.by_account)),
        given.account_debtor_ids,
        shuffled([replace(each, items=shuffled(each.items)) for each in given.by_name]),
    )
    assert match(money, again, POLICY) == match(money, given, POLICY)


@many
@given(payments, candidates)
def test_a_name_alone_never_books(money, given):
    assert isinstance(match(money, Candidates(by_name=given.by_name), POLICY), Proposals)


@many
@given(payments, candidates, st.booleans())
def test_a_name_changes_nothing_about_what_is_booked(money, given, known):
    found, without = match(money, given, POLICY), match(money, replace(given, by_name=()), POLICY)
    assert found == without or (isinstance(found, Proposals) and isinstance(without, Proposals))


@many
@given(st.sampled_from(["20", "50", "100"]), st.sampled_from(["number", "account"]), groups)
def test_equal_twins_are_always_proposed(amount, kind, others):
    twin = MatchableItem(UUID(int=90), BUYER, "2026-0090", None, None, TODAY, TODAY, Decimal(amount))
    twins = (twin, replace(twin, id=UUID(int=91), number="2026-0091"))
    group = (*twins, *others)
    given = (
        Candidates(by_number=group)
        if kind == "number"
        else Candidates(by_account=group, account_debtor_ids=frozenset({BUYER}))
    )
    found = match(paid(amount), given, POLICY)
    assert isinstance(found, Proposals)
    assert found.proposals[0].why == "several_fit"
