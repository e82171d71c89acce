"""Payments and open items to match, with only what a test is about spelled out."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from scoring.matching import Allocation, Candidates, MatchableItem, MoneyIn, NameCandidate, Proposals, match
from scoring.policy.matching import MatchingPolicy

POLICY = MatchingPolicy()
TODAY = date(2026, 6, 15)
BUYER, OTHER = UUID(int=1001), UUID(int=1002)
REFERENCE = "RF73INV20260042"


def item(
    number: int,
    amount: str,
    *,
    debtor: UUID = BUYER,
    invoice: str | None = None,
    reference: str | None = None,
    collection: str | None = None,
    due: date = TODAY,
    discount: str | None = None,
    until: date | None = TODAY,
) -> MatchableItem:
    """Item `number`, invoice 2026-00<number> unless named otherwise."""
    return MatchableItem(
        id=UUID(int=number),
        debtor_id=debtor,
        number=invoice or f"2026-00{number}",
        remittance_reference=reference,
        collection_reference=collection,
        invoiced_on=date(2026, 5, 1),
        due_on=due,
        open_amount=Decimal(amount),
        discount_amount=None if discount is None else Decimal(discount),
        discount_until=until if discount else None,
    )


def paid(amount: str, **given: str | date | None) -> MoneyIn:
    """A payment of so much, booked today."""
    return MoneyIn(**{"amount": Decimal(amount), "currency": "EUR", "booked_on": TODAY, **given})  # type: ignore[arg-type]


def by_account(
    *items: MatchableItem, debtors: tuple[UUID, ...] = (), named: tuple[MatchableItem, ...] = ()
) -> Candidates:
    """Candidates of an account that is known for the debtors of these items."""
    return Candidates(
        by_account=items,
        account_debtor_ids=frozenset({each.debtor_id for each in items} | set(debtors)),
        by_number=named,
    )


def by_number(*items: MatchableItem) -> Candidates:
    """Candidates whose numbers stand in the text."""
    return Candidates(by_number=items)


def by_name(*items: MatchableItem, similarity: str = "1", named: tuple[MatchableItem, ...] = ()) -> Candidates:
    """Candidates of one debtor whose name is like the payer's."""
    return Candidates(by_name=(NameCandidate(BUYER, Decimal(similarity), items),), by_number=named)


def answer(money: MoneyIn, candidates: Candidates) -> tuple[object, ...]:
    """A booking as (rule, allocations, rest, discounts, differences); proposals as (why of the first, debtor)."""
    found = match(money, candidates, POLICY)
    if isinstance(found, Proposals):
        return (found.proposals[0].why if found.proposals else None, found.debtor_id)
    return (
        found.rule,
        amounts(found.allocations),
        found.rest_amount,
        amounts(found.discounts),
        amounts(found.differences),
    )


def amounts(parts: tuple[Allocation, ...]) -> dict[int, Decimal]:
    """The amount that goes to each item, by the number of the item."""
    return {part.item_id.int: part.amount for part in parts}


def booked(rule: str, allocations: dict[int, str], rest: str = "0", **more: dict[int, str]) -> tuple[object, ...]:
    """The answer of a booking."""
    parts = (allocations, more.get("discounts", {}), more.get("differences", {}))
    allocated, discounts, differences = ({item: Decimal(amount) for item, amount in part.items()} for part in parts)
    return (rule, allocated, Decimal(rest), discounts, differences)


def proposed(why: str | None, debtor: UUID | None = None) -> tuple[object, ...]:
    """The answer of proposals."""
    return (why, debtor)
