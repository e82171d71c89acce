"""What the demonstration shows of the gate: a debtor with a limit and agreed terms, and orders in several states."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from hashlib import sha256
from uuid import UUID

from api.acceptance.terms import TermsAccepted, agree_with_debtor
from api.identity.debtors import locked_debtor
from api.limit_writing import NewLimit, write_limit
from api.orders.delivering import NewDelivery, book_delivery
from api.orders.placing import NewOrder, place_order
from api.records import applications, identities, limits, order_rows
from api.records.identities import Reference
from api.records.sellers import Seller
from api.wiring import House, Wiring, of_ourselves
from scoring.acceptance import limit_days
from scoring.facts import CreditLimit
from scoring.money import Money
from scoring.policy.grading import RiskClass

DEBTOR, LATE_DEBTOR = Reference("erp", "1002"), Reference("erp", "1003")
LIMIT, CURRENCY = Decimal(20000), "EUR"
RISK_CLASS: RiskClass = "normal"
TERMS = "Payment within 30 days. This text is made up, for the demonstration."
DECIDED_BY = "credit_manager@demo.example"
# Reference, debtor, amount, days until it is delivered: the first was delivered, the last has no limit to go by.
DELIVERED = "DEMO-1"
ORDERS = (
    (DELIVERED, DEBTOR, "1500.00", 0),
    ("DEMO-2", DEBTOR, "4000.00", 5),
    ("DEMO-3", LATE_DEBTOR, "1200.00", 7),
)


def fill(house: House, seller: Seller) -> None:
    """Give the demonstration's debtor its limit, terms and orders; what a killed start left is completed."""
    given = of_ourselves(house, seller)
    with given.transaction() as session:
        debtor_id = identities.by_reference(session, DEBTOR)
    if debtor_id is not None:
        _grant(debtor_id, given)
        _agree(debtor_id, given)
        _place(given)


def _grant(debtor_id: UUID, given: Wiring) -> None:
    with given.transaction() as session:
        debtor = locked_debtor(session, debtor_id)
        if limits.versions(session, debtor.id):
            return
        days = limit_days(RISK_CLASS, given.today, given.house.policies.active(session).policy.limits)
        new = NewLimit(
            scope="own",
            limit=CreditLimit("amount", LIMIT),
            currency=CURRENCY,
            risk_class=RISK_CLASS,
            valid_from=given.today,
            valid_until=days.valid_until,
            next_review_on=days.next_review_on,
            decided_by=DECIDED_BY,
            grounds="Made up, for the demonstration.",
        )
        write_limit(session, debtor, new, given.now)


def _agree(debtor_id: UUID, given: Wiring) -> None:
    """Write the terms down, as the person of the demonstration who decided."""
    with given.transaction() as session:
        if applications.newest_terms(session, debtor_id) is not None:
            return
    by_person = replace(given, caller=replace(given.caller, role="credit_manager", subject=DECIDED_BY))
    accepted = TermsAccepted("demo", "J. de Boer", given.today, "email", 30, document_sha256=_digest(TERMS))
    agree_with_debtor(debtor_id, accepted, by_person)


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _place(given: Wiring) -> None:
    for reference, debtor, amount, days in ORDERS:
        order = NewOrder(
            debtor_id=None,
            debtor_reference=debtor,
            order_reference=reference,
            amount=Money(Decimal(amount), CURRENCY),
            vat_amount=None,
            delivery_on=given.today + timedelta(days=days),
            call_offs=None,
            prepayment_reference=reference,
        )
        with given.transaction() as session:
            is_there = order_rows.called(session, reference) is not None
        if not is_there:
            place_order(order, given)
    with given.transaction() as session:
        placed = order_rows.called(session, DELIVERED)
    if placed is not None and not placed.delivered_amount:
        book_delivery(placed.id, NewDelivery("DEMO-1-1", given.today, None, None), given)
