"""Finds what payments may be meant for: open items by their keys and by debtor, and debtors by account and name."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from scoring.matching import MatchableItem, MatchableOrder


@dataclass(frozen=True, slots=True)
class OpenItem:
    """Something open, and what a ledger line calls it. A credit note has an amount below zero."""

    item: MatchableItem
    identity: str
    currency: str

    @property
    def is_credit_note(self) -> bool:
        """Whether it lowers what is owed."""
        return self.item.open_amount < 0


INVOICE = """
SELECT id, debtor_id, invoice_number, remittance_reference, collection_reference, invoiced_on, due_on, open_amount,
    discount_amount, discount_until, identity, currency
FROM invoice WHERE seller_id = CAST(:seller_id AS uuid) AND open_amount <> 0 AND
"""
BY_REFERENCE = text(f"{INVOICE} remittance_reference = ANY(:keys)")
BY_COLLECTION = text(f"{INVOICE} collection_reference = ANY(:keys)")
BY_NUMBER = text(f"{INVOICE} number_key = ANY(:keys)")
BY_DEBTOR = text(f"{INVOICE} debtor_id = ANY(:keys)")
BY_ID = text(f"{INVOICE} id = ANY(:keys)")
CREDIT_NOTE = """
SELECT id, debtor_id, credit_note_number, NULL, NULL, credited_on, credited_on, -unused_amount, NULL, NULL, identity,
    currency
FROM credit_note WHERE seller_id = CAST(:seller_id AS uuid) AND unused_amount <> 0 AND
"""
CREDIT_NOTES_BY_DEBTOR = text(f"{CREDIT_NOTE} debtor_id = ANY(:keys)")
CREDIT_NOTES_BY_ID = text(f"{CREDIT_NOTE} id = ANY(:keys)")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for, in the form in which it is compared; whatever a batch of payments points to."""

    references: Collection[str] = ()
    collections: Collection[str] = ()
    numbers: Collection[str] = ()
    debtor_ids: AbstractSet[UUID] = frozenset()


def open_items(session: Session, wanted: Wanted) -> dict[UUID, OpenItem]:
    """Give open invoices by each kind of key, all of some debtors, and the unused credit notes of all found, by id."""
    found: dict[UUID, OpenItem] = {}
    for query, keys in (
        (BY_REFERENCE, wanted.references),
        (BY_COLLECTION, wanted.collections),
        (BY_NUMBER, wanted.numbers),
        (BY_DEBTOR, wanted.debtor_ids),
    ):
        found |= _found(session, query, keys)
    debtor_ids = {each.item.debtor_id for each in found.values()} | set(wanted.debtor_ids)
    return found | _found(session, CREDIT_NOTES_BY_DEBTOR, debtor_ids)


def items_by_id(session: Session, ids: Collection[UUID]) -> dict[UUID, OpenItem]:
    """Give those of some invoices and credit notes that are still open."""
    return _found(session, BY_ID, ids) | _found(session, CREDIT_NOTES_BY_ID, ids)


# As `scoring.matching.number_key` compares them.
ORDER_KEY = "upper(regexp_replace({}, '[^A-Za-z0-9]', '', 'g'))"
ORDERS = """
SELECT id, debtor_id, order_reference, prepayment_reference,
    greatest(greatest(amount, delivered_amount) - invoiced_amount, 0) - prepaid_amount, prepayment_required, currency
FROM sales_order WHERE seller_id = CAST(:seller_id AS uuid) AND state IN ('released', 'held') AND {} = ANY(:keys)
"""
OPEN_ORDERS = text(
    ORDERS.format(ORDER_KEY.format("order_reference"))
    + " UNION "
    + ORDERS.format("prepayment_reference IS NOT NULL AND " + ORDER_KEY.format("prepayment_reference"))
)
ANY_ORDER = text("SELECT EXISTS (SELECT FROM sales_order WHERE state IN ('released', 'held'))")


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """An order that may be prepaid."""

    order: MatchableOrder
    currency: str


def open_orders(session: Session, keys: Collection[str]) -> dict[UUID, OpenOrder]:
    """Give orders that may still be prepaid, by what payments of them may quote, by id."""
    if not keys or not session.scalar(ANY_ORDER):
        return {}
    rows = session.execute(OPEN_ORDERS, {"seller_id": session.info["seller_id"], "keys": list(keys)})
    return {row[0]: OpenOrder(MatchableOrder(*row[:6]), row[6]) for row in rows}


def _found(session: Session, query: Any, keys: Collection[Any]) -> dict[UUID, OpenItem]:
    if not keys:
        return {}
    rows = session.execute(query, {"seller_id": session.info["seller_id"], "keys": list(keys)})
    return {row[0]: OpenItem(MatchableItem(*row[:10]), row[10], row[11]) for row in rows}


# --- Debtors ---------------------------------------------------------------------------------------------------------

# An account of a debtor that was merged is one of whom it points on to.
BY_ACCOUNT = text("""
WITH RECURSIVE known AS (
    SELECT a.account, a.debtor_id FROM debtor_account a
    WHERE a.seller_id = CAST(:seller_id AS uuid) AND a.account = ANY(:accounts)
    UNION SELECT k.account, d.merged_into_id FROM known k JOIN debtor d ON d.seller_id = CAST(:seller_id AS uuid)
        AND d.id = k.debtor_id WHERE d.merged_into_id IS NOT NULL)
SELECT k.account, k.debtor_id FROM known k JOIN debtor d ON d.seller_id = CAST(:seller_id AS uuid)
    AND d.id = k.debtor_id WHERE d.merged_into_id IS NULL
""")
NAMES = text("SELECT id, name FROM debtor WHERE name IS NOT NULL AND merged_into_id IS NULL ORDER BY id")


def debtors_of_accounts(session: Session, accounts: Iterable[str]) -> dict[str, set[UUID]]:
    """Give the debtors that are known to pay from some accounts."""
    known: dict[str, set[UUID]] = defaultdict(set)
    values = {"seller_id": session.info["seller_id"], "accounts": sorted(set(accounts))}
    if values["accounts"]:
        for account, debtor_id in session.execute(BY_ACCOUNT, values):
            known[account].add(debtor_id)
    return known


def debtor_names(session: Session) -> Sequence[tuple[UUID, str]]:
    """Give all debtors that have a name."""
    return [(debtor_id, name) for debtor_id, name in session.execute(NAMES)]


PAYMENTS_OF_ENTRIES = text("""
SELECT p.bank_entry_id, p.debtor_id,
    EXISTS (SELECT FROM allocation a WHERE a.seller_id = p.seller_id AND a.payment_id = p.id)
    OR EXISTS (SELECT FROM payment_return r WHERE r.seller_id = p.seller_id AND r.payment_id = p.id)
    OR EXISTS (SELECT FROM prepayment b WHERE b.seller_id = p.seller_id AND b.payment_id = p.id) AS is_used
FROM payment p WHERE p.seller_id = CAST(:seller_id AS uuid) AND p.bank_entry_id = ANY(:ids)
""")


def unused_payments(session: Session, entry_ids: Collection[UUID]) -> dict[UUID, UUID | None]:
    """Give the debtor of the payment that entries were booked as; None when something was done with it already."""
    values = {"seller_id": session.info["seller_id"], "ids": list(entry_ids)}
    found: dict[UUID, UUID | None] = {}
    for entry_id, debtor_id, is_used in session.execute(PAYMENTS_OF_ENTRIES, values):
        found[entry_id] = None if is_used or entry_id in found else debtor_id
    return found
