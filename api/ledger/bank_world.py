"""What is open while payments are judged one after another: each sees what the earlier ones left."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from uuid import UUID

from sqlalchemy.orm import Session

from api.ledger.bank_names import Names
from api.records import bank_matching, debtor_locks
from api.records.bank_entries import Entry
from api.records.bank_matching import OpenItem, OpenOrder, Wanted
from scoring.matching import (
    Allocation,
    Booking,
    Candidates,
    MatchableItem,
    MoneyIn,
    NameCandidate,
    collection_key,
    number_key,
    number_keys,
    order_keys,
    reference_key,
)

TRIES = 5


@dataclass(frozen=True, slots=True)
class Keys:
    """What one payment points to, in the form in which it is compared."""

    reference: str | None
    collection: str | None
    numbers: frozenset[str]
    orders: frozenset[str]  # What orders may be called by: more than numbers of invoices, since a reference may.

    @staticmethod
    def of(entry: Entry) -> "Keys":
        """The keys of an entry."""
        return _keys(entry.structured_reference, entry.end_to_end_id, entry.remittance_text)


@lru_cache(maxsize=2_000)  # Of the entries of a batch, which are looked at several times.
def _keys(reference: str | None, end_to_end_id: str | None, text: str | None) -> Keys:
    numbers = number_keys(text or "")
    quoted = frozenset(filter(None, (number_key(reference), number_key(text))))
    return Keys(reference_key(reference), collection_key(end_to_end_id), numbers, numbers | quoted)


class World:
    """The open items that some payments may be meant for, less what was judged so far."""

    def __init__(self, accounts: Mapping[str, set[UUID]]) -> None:
        self.accounts = defaultdict(set, {account: set(ids) for account, ids in accounts.items()})
        self.items: dict[UUID, OpenItem] = {}
        self.alike: dict[UUID, list[tuple[UUID, Decimal]]] = {}
        self._by_reference: dict[str, list[UUID]] = defaultdict(list)
        self._by_collection: dict[str, list[UUID]] = defaultdict(list)
        self._by_number: dict[str, list[UUID]] = defaultdict(list)
        self._by_debtor: dict[UUID, list[UUID]] = defaultdict(list)
        self.orders: dict[UUID, OpenOrder] = {}
        self._by_order_key: dict[str, list[UUID]] = defaultdict(list)

    def add(self, found: Mapping[UUID, OpenItem]) -> None:
        """Add items that are not there yet."""
        for item_id, each in found.items():
            if item_id in self.items:
                continue
            self.items[item_id] = each
            self._by_debtor[each.item.debtor_id].append(item_id)
            for key, index in (
                (each.item.remittance_reference, self._by_reference),
                (each.item.collection_reference, self._by_collection),
                (number_key(each.item.number), self._by_number),
            ):
                if key is not None:
                    index[key].append(item_id)

    def add_orders(self, found: Mapping[UUID, OpenOrder]) -> None:
        """Add orders that may be prepaid."""
        self.orders |= found
        for order_id, each in found.items():
            for key in order_keys(each.order):
                self._by_order_key[key].append(order_id)

    @property
    def debtor_ids(self) -> set[UUID]:
        """Everybody whose items may be settled."""
        of_orders = {each.order.debtor_id for each in self.orders.values()}
        return set(self._by_debtor) | of_orders | {each for ids in self.accounts.values() for each in ids}

    def has_better(self, entry: Entry) -> bool:
        """Whether more than a name may tell the debtor of an entry."""
        keys = Keys.of(entry)
        by_key = self._by_reference.get(keys.reference or "") or self._by_collection.get(keys.collection or "")
        by_order = any(key in self._by_order_key for key in keys.orders)
        return bool(by_key or by_order or self.accounts.get(entry.counterparty_account or ""))

    def candidates(self, entry: Entry) -> Candidates:
        """Give what one payment may be meant for, as it is now."""
        keys = Keys.of(entry)
        debtor_ids = frozenset(self.accounts.get(entry.counterparty_account or "", ()))
        currency = entry.currency
        orders = {i: self.orders[i] for key in sorted(keys.orders) for i in self._by_order_key.get(key, ())}
        return Candidates(
            by_reference=self._open(self._by_reference.get(keys.reference or "", ()), currency),
            by_collection=self._open(self._by_collection.get(keys.collection or "", ()), currency),
            by_number=self._open((i for key in sorted(keys.numbers) for i in self._by_number.get(key, ())), currency),
            by_account=self._open_of(debtor_ids, currency),
            account_debtor_ids=debtor_ids,
            by_name=tuple(
                NameCandidate(debtor_id, similarity, self._open_of([debtor_id], currency))
                for debtor_id, similarity in self.alike.get(entry.id, ())
            ),
            by_order=tuple(each.order for each in orders.values() if each.currency == currency),
        )

    def _open(self, ids: Iterable[UUID], currency: str) -> tuple[MatchableItem, ...]:
        found = (self.items[each] for each in ids)
        return tuple(each.item for each in found if each.currency == currency and each.item.open_amount)

    def _open_of(self, debtor_ids: Iterable[UUID], currency: str) -> tuple[MatchableItem, ...]:
        return self._open((i for debtor_id in debtor_ids for i in self._by_debtor.get(debtor_id, ())), currency)

    def settle(self, booking: Booking) -> None:
        """Lower what is open by what a booking settles, grants and writes off, and orders by what it prepays."""
        for part in booking.prepayments:
            known = self.orders[part.item_id]
            worth = known.order.worth_amount - part.amount
            self.orders[part.item_id] = replace(known, order=replace(known.order, worth_amount=worth))
        for each in (*booking.allocations, *booking.discounts, *booking.differences):
            found = self.items[each.item_id]
            left = found.item.open_amount - each.amount
            self.items[each.item_id] = replace(found, item=replace(found.item, open_amount=left))


def money_of(entry: Entry) -> MoneyIn:
    """Give an entry as matching is asked about it."""
    return MoneyIn(
        amount=entry.amount,
        currency=entry.currency,
        booked_on=entry.booked_on,
        structured_reference=entry.structured_reference,
        end_to_end_id=entry.end_to_end_id,
        remittance_text=entry.remittance_text or "",
        counterparty_account=entry.counterparty_account,
        counterparty_name=entry.counterparty_name,
    )


def locked_world(session: Session, entries: Sequence[Entry], also: Collection[UUID], names: Names) -> World:
    """Give what some payments may be meant for, with all its debtors, and some others, locked."""
    locked: set[UUID] = set()
    for _ in range(TRIES):
        world = _world(session, entries)
        wanted = world.debtor_ids | set(also)
        if wanted <= locked:
            break
        debtor_locks.hold(session, debtor_locks.array_of(wanted - locked))
        locked |= wanted
    _add_alike(session, world, entries, names)
    return world


def _world(session: Session, entries: Sequence[Entry]) -> World:
    keys = [Keys.of(entry) for entry in entries]
    accounts = [entry.counterparty_account for entry in entries if entry.counterparty_account]
    world = World(bank_matching.debtors_of_accounts(session, accounts))
    wanted = Wanted(
        references={each.reference for each in keys if each.reference},
        collections={each.collection for each in keys if each.collection},
        numbers={number for each in keys for number in each.numbers},
        debtor_ids=frozenset(world.debtor_ids),
    )
    world.add_orders(bank_matching.open_orders(session, {key for each in keys for key in each.orders}))
    world.add(bank_matching.open_items(session, wanted))
    # One payment may tell whose account it is, and the next one from there rests on it.
    again = {account for account, count in Counter(accounts).items() if count > 1}
    pointed: set[UUID] = set()
    for entry in entries:
        if entry.counterparty_account in again:
            found = world.candidates(entry)
            items = (*found.by_reference, *found.by_collection, *found.by_number)
            pointed |= {item.debtor_id for item in items}
    if pointed - wanted.debtor_ids:
        world.add(bank_matching.open_items(session, Wanted(debtor_ids=pointed - wanted.debtor_ids)))
    return world


def _add_alike(session: Session, world: World, entries: Sequence[Entry], names: Names) -> None:
    for entry in entries:
        if entry.counterparty_name and not world.has_better(entry):
            world.alike[entry.id] = names.alike(session, entry.counterparty_name)
    debtor_ids = {debtor_id for alike in world.alike.values() for debtor_id, _ in alike}
    if debtor_ids:
        world.add(bank_matching.open_items(session, Wanted(debtor_ids=debtor_ids)))


def split_allocations(booking: Booking) -> tuple[list[Allocation], list[tuple[UUID, Allocation]]]:
    """Give what a payment itself gives to each invoice, and what each credit note of the booking gives to which."""
    unused = [(each.item_id, -each.amount) for each in booking.allocations if each.amount < 0]
    paid: list[Allocation] = []
    credited: list[tuple[UUID, Allocation]] = []
    for each in booking.allocations:
        left = each.amount
        while left > 0 and unused:
            credit_note_id, amount = unused.pop(0)
            part = min(left, amount)
            credited.append((credit_note_id, Allocation(each.item_id, part)))
            left -= part
            if part < amount:
                unused.insert(0, (credit_note_id, amount - part))
        if left > 0:
            paid.append(Allocation(each.item_id, left))
    return paid, credited
