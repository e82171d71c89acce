"""What a payment points to: candidates with what does not hold left out, and the debtor when that is certain."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from scoring.matching.facts import Candidates, MatchableItem, MatchableOrder, MoneyIn, NameCandidate
from scoring.matching.keys import collection_key, number_key, number_keys, reference_key
from scoring.matching.readings import Group, in_order
from scoring.policy.matching import MatchingPolicy


@dataclass(frozen=True, slots=True)
class Evidence:
    """The payment and the open items it points to: by reference, collection, number, account and name.

    `quoted_orders` stand in its structured reference, or without one are all of its text; `named_orders` stand in it.
    """

    money: MoneyIn
    policy: MatchingPolicy
    referred: Group
    collected: Group
    named: Group
    account_items: Group
    account_debtor_ids: frozenset[UUID]
    alike: tuple[NameCandidate, ...]
    quoted_orders: tuple[MatchableOrder, ...] = ()
    named_orders: tuple[MatchableOrder, ...] = ()

    @property
    def debtor_id(self) -> UUID | None:
        """The debtor, when what points to one points to one alone; None when it is not certain, or only by name.

        Our own reference, of an invoice or order, or collection tells the debtor, a known account of one debtor does,
        and so do invoice numbers of one debtor when account or name agrees: numbers alone may stand in a text by
        chance.
        """
        for items in (self.referred, self.collected):
            if items:
                return _only({item.debtor_id for item in items})
        if self.quoted_orders:
            return _only({order.debtor_id for order in self.quoted_orders})
        if not self.named:
            return _only(self.account_debtor_ids)
        debtor_id = _only({item.debtor_id for item in self.named})
        agreeing = self.account_debtor_ids | {each.debtor_id for each in self.alike}
        return debtor_id if debtor_id in agreeing else None


def weigh(money: MoneyIn, candidates: Candidates, policy: MatchingPolicy) -> Evidence:
    """The evidence in candidates, in an order of its own."""
    quoted, named = _orders(money, candidates.by_order)
    return Evidence(
        money=money,
        policy=policy,
        referred=_sharing(
            candidates.by_reference,
            reference_key(money.structured_reference),
            lambda item: reference_key(item.remittance_reference),
        ),
        collected=_sharing(
            candidates.by_collection,
            collection_key(money.end_to_end_id),
            lambda item: collection_key(item.collection_reference),
        ),
        named=_without_namesakes(
            in_order(item for item in candidates.by_number if _is_named(item, money)), candidates.account_debtor_ids
        ),
        account_items=in_order(
            item for item in candidates.by_account if item.debtor_id in candidates.account_debtor_ids
        ),
        account_debtor_ids=candidates.account_debtor_ids,
        alike=_alike(candidates.by_name, policy.name_similarity_min),
        quoted_orders=quoted,
        named_orders=named,
    )


def _sharing(items: Iterable[MatchableItem], key: str | None, key_of: Callable[[MatchableItem], str | None]) -> Group:
    """The open items whose key is that of the payment; none when the payment has no key that holds."""
    return in_order(item for item in items if key is not None and key_of(item) == key)


def _orders(
    money: MoneyIn, orders: Iterable[MatchableOrder]
) -> tuple[tuple[MatchableOrder, ...], tuple[MatchableOrder, ...]]:
    """The orders that the payment quotes apart or as all it says, and those that its text names among other words."""
    found = {each.id: each for each in orders if each.worth_amount > 0}
    if not found:
        return (), ()
    is_apart = reference_key(money.structured_reference) is not None
    whole = {number_key(money.structured_reference if is_apart else money.remittance_text)} - {None}
    in_text = number_keys(money.remittance_text)
    in_turn = sorted(found.values(), key=lambda each: each.id)
    quoted = tuple(each for each in in_turn if whole & order_keys(each))
    named = tuple(each for each in in_turn if each not in quoted and in_text & order_keys(each))
    return quoted, named


def order_keys(order: MatchableOrder) -> frozenset[str]:
    """The keys that a prepayment of an order may quote: what the buyer was asked to, and its own reference."""
    keys = (number_key(order.prepayment_reference), number_key(order.order_reference))
    return frozenset(key for key in keys if key is not None)


def _is_named(item: MatchableItem, money: MoneyIn) -> bool:
    """Whether an item's number can be what the text names, and is not just the amount repeated ("EUR 1000,00")."""
    key = number_key(item.number)
    cents = format(abs(money.amount), "f")
    return key is not None and key not in {cents.replace(".", ""), cents.split(".")[0]}


def _without_namesakes(items: Group, account_debtor_ids: frozenset[UUID]) -> Group:
    """The items, less those that bear the number of an item of a debtor whose account this is."""
    theirs = {number_key(item.number) for item in items if item.debtor_id in account_debtor_ids}
    return tuple(
        item for item in items if item.debtor_id in account_debtor_ids or number_key(item.number) not in theirs
    )


def _alike(candidates: Iterable[NameCandidate], similarity_min: Decimal) -> tuple[NameCandidate, ...]:
    """The debtors whose name is alike enough, the most alike first."""
    enough = (each for each in candidates if each.similarity >= similarity_min)
    return tuple(sorted(enough, key=lambda each: (-each.similarity, each.debtor_id)))


def _only(debtor_ids: Iterable[UUID]) -> UUID | None:
    """The one debtor, None when there are none or several."""
    found = set(debtor_ids)
    return found.pop() if len(found) == 1 else None
