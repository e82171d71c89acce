"""Makes the book that orders are measured against: debtors with a limit, some with many orders, some in groups."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from api.clock import Clock
from api.records import documents, exposure, ledger_debtors, orders, verdicts  # noqa: F401  # Tables that others refer to.
from api.records.applications import AgreedTermsRecord
from api.records.base import new_id
from api.records.exposure import Entry
from api.records.identities import Reference
from api.records.ledger_debtors import LedgerDebtor
from api.records.limits import CreditLimitRecord
from api.records.sellers import Seller
from api.records.sessions import Sessions
from bench.ledger import make_ledger

PLENTY = Decimal("1000000000000")
OPEN_OF_MANY = 10  # Of so many orders of a debtor that has many, one is open and the others are completed.
GROUP = text("UPDATE debtor SET parent_id = :parent_id WHERE id = :id")
COPY_REPORTS = text("""
    INSERT INTO credit_report SELECT (jsonb_populate_record(r, jsonb_build_object('id', gen_random_uuid(),
        'debtor_id', other))).*
    FROM credit_report r, unnest(CAST(:others AS uuid[])) AS other WHERE r.debtor_id = :like
""")
COPY_ORDERS = text("""
    INSERT INTO sales_order SELECT (jsonb_populate_record(o, jsonb_build_object(
        'id', copy.id, 'order_reference', copy.id, 'is_first', false,
        'state', CASE WHEN copy.is_open THEN 'released' ELSE 'completed' END,
        'expires_at', CASE WHEN copy.is_open THEN o.expires_at END,
        'reserved_amount', CASE WHEN copy.is_open THEN o.amount ELSE 0 END,
        'invoiced_amount', CASE WHEN copy.is_open THEN 0 ELSE o.amount END))).*
    FROM sales_order o, unnest(CAST(:ids AS uuid[]), CAST(:open AS boolean[])) AS copy (id, is_open)
    WHERE o.debtor_id = :debtor_id AND o.order_reference = :reference
""")
COPY_DECISIONS = text("""
    INSERT INTO order_decision SELECT (jsonb_populate_record(d, jsonb_build_object('id', copy.id,
        'order_id', copy.order_id))).*
    FROM order_decision d JOIN sales_order o ON o.decision_id = d.id,
        unnest(CAST(:ids AS uuid[]), CAST(:order_ids AS uuid[])) AS copy (id, order_id)
    WHERE o.debtor_id = :debtor_id AND o.order_reference = :reference
""")


@dataclass(frozen=True, slots=True)
class Book:
    """The debtors that orders are placed for: without any history, with much of it, and at the foot of groups."""

    small: Sequence[UUID]
    large: Sequence[UUID]
    grouped: Sequence[UUID]


def make_book(sessions: Sessions, seller: Seller, small_count: int, large_sizes: tuple[int, ...]) -> Book:
    """Give a seller debtors with a limit and terms: small ones, as many at the foot of groups of three levels, and
    for each of `large_sizes` one with so many invoices.
    """
    ledger = make_ledger(sessions, seller, large_sizes, sum(large_sizes))
    large = list(ledger.debtor_ids.values())
    names = [f"small-{place}" for place in range(4 * small_count)]
    named = [LedgerDebtor(Reference("erp", name), name, "NL") for name in names]
    clock = Clock()
    with sessions.of(seller.id) as session:
        found = ledger_debtors.find_or_add(session, named, clock.now(seller))
        ids = [debtor_id for each in named if (debtor_id := found[each].debtor_id)]
        tops, middles, feet, small = (ids[place * small_count : (place + 1) * small_count] for place in range(4))
        session.execute(GROUP, [{"id": id_, "parent_id": parent} for id_, parent in zip(middles, tops, strict=True)])
        session.execute(GROUP, [{"id": id_, "parent_id": parent} for id_, parent in zip(feet, middles, strict=True)])
        for debtor_id in (*small, *large, *feet):
            _give_credit(session, seller, debtor_id)
        # Those that have many orders have reports, so all have them.
        session.execute(COPY_REPORTS, {"others": ids, "like": large[0]})
        for debtor_id in (*tops, *middles):
            session.add(_limit(seller, debtor_id, "group"))
    return Book(small, large, feet)


def _give_credit(session: Session, seller: Seller, debtor_id: UUID) -> None:
    session.add(_limit(seller, debtor_id, "own"))
    session.add(
        AgreedTermsRecord(
            debtor_id=debtor_id,
            document_sha256="00",
            terms_version="1",
            payment_term_days=30,
            expressly_agreed=False,
            accepted_by="Benchmark",
            accepted_on=Clock().today(seller),
            channel="paper",
            recorded_by="bench",
            known_at=Clock().now(seller),
        )
    )


def _limit(seller: Seller, debtor_id: UUID, scope: str) -> CreditLimitRecord:
    return CreditLimitRecord(
        debtor_id=debtor_id,
        scope=scope,
        is_temporary=False,
        limit_kind="amount",
        limit_amount=PLENTY,
        currency=seller.currency,
        risk_class="low",
        valid_from=Clock().today(seller),
        valid_until=None,
        next_review_on=None,
        decided_by="bench",
        grounds="bench",
        decision_id=None,
        verdict_id=None,
        known_at=Clock().now(seller),
    )


def copy_orders(sessions: Sessions, seller: Seller, debtor_id: UUID, reference: str, count: int) -> None:
    """Give a debtor `count` orders like the one it has under `reference`, most of them completed."""
    ids, clock = [new_id() for _ in range(count)], Clock()
    is_open = [place % OPEN_OF_MANY == 0 for place in range(count)]
    values = {"debtor_id": debtor_id, "reference": reference}
    with sessions.of(seller.id) as session:
        session.execute(COPY_ORDERS, {**values, "ids": ids, "open": is_open})
        session.execute(COPY_DECISIONS, {**values, "ids": [new_id() for _ in ids], "order_ids": ids})
        query = text("SELECT amount FROM sales_order WHERE order_reference = :reference")
        amount = session.execute(query, {"reference": reference}).scalar_one()
        entries = [
            Entry(debtor_id, seller.currency, "reserved", amount, ("order", id_), clock.today(seller))
            for id_, counts in zip(ids, is_open, strict=True)
            if counts
        ]
        exposure.move(session, entries, clock.now(seller))
