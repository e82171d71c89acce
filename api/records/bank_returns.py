"""Finds the payments that the bank took back, by what a return says of its payment."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from api.records.bank_entries import Entry
from scoring.identifiers import compact
from scoring.matching import collection_key


@dataclass(frozen=True, slots=True)
class Taken:
    """Payments that one entry brought, or one that no entry brought, of just the amount that a return takes back."""

    payment_ids: tuple[UUID, ...]
    amounts: tuple[Decimal, ...]
    debtor_ids: tuple[UUID, ...]


GIVEN = """
given AS (SELECT * FROM jsonb_to_recordset(CAST(:returns AS jsonb)) AS g (id uuid, account text, amount numeric,
    currency text, booked_on date, end_to_end_id text, collection_key text, mandate_reference text,
    "references" text[], counterparty_account text))
"""
# The ways to find the entry that brought the money, the surest first.
SAME_MONEY = "e.account = g.account AND e.amount = g.amount AND e.currency = g.currency AND e.booked_on <= g.booked_on"
ENTRIES = f"""
SELECT g.id, 1 AS way, e.id AS entry_id, NULL::uuid AS payment_id, e.remittance_text
FROM given g JOIN bank_entry e ON e.seller_id = CAST(:seller_id AS uuid)
    AND e.end_to_end_id = g.end_to_end_id AND {SAME_MONEY}
UNION ALL
SELECT g.id, 2, NULL, p.id, NULL
FROM given g JOIN invoice i ON i.seller_id = CAST(:seller_id AS uuid) AND i.collection_reference = g.collection_key
JOIN allocation a ON a.seller_id = i.seller_id AND a.invoice_id = i.id AND a.amount > 0
JOIN payment p ON p.seller_id = i.seller_id AND p.id = a.payment_id AND p.bank_entry_id IS NULL
    AND p.amount = g.amount AND p.currency = g.currency AND p.paid_on <= g.booked_on
UNION ALL
SELECT g.id, 2, e.id, NULL, e.remittance_text
FROM given g JOIN payment p ON p.seller_id = CAST(:seller_id AS uuid) AND p.returnable_until IS NOT NULL
    AND p.amount = g.amount
JOIN bank_entry e ON e.seller_id = p.seller_id AND e.id = p.bank_entry_id
    AND e.mandate_reference = g.mandate_reference AND {SAME_MONEY}
UNION ALL
SELECT g.id, 3, e.id, NULL, e.remittance_text
FROM given g JOIN bank_entry e ON e.seller_id = CAST(:seller_id AS uuid)
    AND e.entry_reference = ANY(g."references") AND {SAME_MONEY}
"""  # noqa: S608
# Without a key of their own: by way of the debtors who pay from the account.
LOOSE = f"""
SELECT g.id, CASE WHEN e.mandate_reference = g.mandate_reference THEN 2 ELSE 4 END, e.id, NULL::uuid,
    concat_ws(' ', e.structured_reference, e.remittance_text)
FROM given g JOIN debtor_account d ON d.seller_id = CAST(:seller_id AS uuid) AND d.account = g.counterparty_account
JOIN payment p ON p.seller_id = d.seller_id AND p.debtor_id = d.debtor_id AND p.paid_on <= g.booked_on
    AND p.amount = g.amount
JOIN bank_entry e ON e.seller_id = p.seller_id AND e.id = p.bank_entry_id AND {SAME_MONEY}
    AND e.counterparty_account = g.counterparty_account
"""  # noqa: S608
FOUND = text(f"""
WITH {GIVEN}, ways AS ({ENTRIES} UNION ALL {LOOSE})
SELECT DISTINCT w.id, w.way, coalesce(w.entry_id, w.payment_id), p.id, p.debtor_id, p.amount - coalesce((
    SELECT sum(r.amount) FROM payment_return r WHERE r.seller_id = p.seller_id AND r.payment_id = p.id), 0),
    w.remittance_text
FROM ways w JOIN payment p ON p.seller_id = CAST(:seller_id AS uuid)
    AND (p.bank_entry_id = w.entry_id OR p.id = w.payment_id)
ORDER BY 1, 2, 3, 4
""")  # noqa: S608


def find(session: Session, returns: Sequence[Entry]) -> dict[UUID, list[Taken]]:
    """Give for each return the payments it may take back, by the surest way that finds any."""
    if not returns:
        return {}
    texts = {each.id: _compared(" ".join(filter(None, _words(each)))) for each in returns}
    amounts = {each.id: -each.amount for each in returns}
    rows = session.execute(FOUND, {"seller_id": session.info["seller_id"], "returns": _written(returns)})
    ways: dict[UUID, dict[int, dict[UUID, dict[UUID, tuple[UUID, Decimal]]]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(dict))
    )
    for return_id, way, origin_id, payment_id, debtor_id, left, told in rows:
        by_text = _compared(told)
        if way < 4 or (by_text and by_text in texts[return_id]):
            ways[return_id][way][origin_id][payment_id] = (debtor_id, left)
    return {return_id: _surest(of_return, amounts[return_id]) for return_id, of_return in ways.items()}


def _words(entry: Entry) -> tuple[str | None, str | None]:
    return entry.structured_reference, entry.remittance_text


def _surest(ways: dict[int, dict[UUID, dict[UUID, tuple[UUID, Decimal]]]], amount: Decimal) -> list[Taken]:
    for way in sorted(ways):
        whole = []
        for payments in ways[way].values():
            left = {payment_id: told for payment_id, told in payments.items() if told[1] > 0}
            if sum((told[1] for told in left.values()), Decimal(0)) == amount:
                debtor_ids, amounts = zip(*left.values(), strict=True)
                whole.append(Taken(tuple(left), amounts, debtor_ids))
        if whole:
            return whole
    return []


def _compared(told: str | None) -> str:
    return compact(told or "")


def _written(returns: Sequence[Entry]) -> str:
    rows = [
        {
            "id": each.id,
            "account": each.account,
            "amount": str(-each.amount),
            "currency": each.currency,
            "booked_on": each.booked_on,
            "end_to_end_id": each.end_to_end_id,
            "collection_key": collection_key(each.end_to_end_id),
            "mandate_reference": each.mandate_reference,
            "references": [*filter(None, [each.entry_reference]), *(each.remittance_text or "").split()],
            "counterparty_account": each.counterparty_account,
        }
        for each in returns
    ]
    return orjson.dumps(rows).decode()
