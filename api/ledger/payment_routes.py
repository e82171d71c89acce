"""HTTP of payments: what was paid, what waits for a person, and how he decides it."""

from typing import Any
from uuid import UUID

from flask import Response

from api.known_time import since
from api.ledger import payment_acceptances, payment_corrections, payment_prepayments
from api.ledger.answer_schemas import TakenSchema
from api.ledger.payment_answers import entry_answer, payment_answers
from api.ledger.payment_schemas import (
    DecidedSchema,
    NewAcceptanceSchema,
    NewCorrectionSchema,
    NewPrepaymentReleaseSchema,
    NewPrepaymentSchema,
    PaymentSchema,
    PaymentsQuery,
)
from api.ledger.routes import one_or_many, taken_answer, taken_responses
from api.ledger.service import PAYMENTS
from api.records import payment_listing
from api.records.bank import BankEntryRecord
from api.records.payments import PaymentRecord
from api.web.answers import bytes_answer
from api.web.blueprint import Blueprint
from api.web.lists import CSV_TOO, list_answer
from api.web.paging import page_of
from api.web.permissions import permission
from api.web.schemas import page_schema
from api.wiring import wiring

blueprint = Blueprint("payments", __name__, description="What was paid, and what it is for.")


@blueprint.route("/payments", methods=["POST"])
@permission("ledger.write")
@blueprint.doc(requestBody=one_or_many(PAYMENTS), responses=taken_responses())
@blueprint.response(201, TakenSchema)
def create_payments() -> Response:
    """Add a payment, or up to 1,000 as `items`: all of them, or none. What is not allocated stays unallocated.

    Send the same payment again with `allocations` to allocate later what is left of it.
    """
    return taken_answer(PAYMENTS)


@blueprint.route("/payments", methods=["GET"])
@permission("ledger.read")
@blueprint.arguments(PaymentsQuery, location="query")
@blueprint.response(200, page_schema(PaymentSchema))
@blueprint.doc(responses=CSV_TOO)
def list_payments(query: dict[str, Any]) -> Response:
    """List payments, of one debtor or of all; with `state=proposed` the bank entries that wait for a person."""
    given = wiring()
    debtor_id, state, limit, after = query["debtor_id"], query["state"], query["limit"], query["after"]
    changed_since = since(query["changed_since"], given)
    with given.transaction() as session:
        if state == "proposed":
            page = page_of(
                session, payment_listing.proposed(debtor_id, changed_since), [BankEntryRecord.id], limit, after
            )
            items = [entry_answer(each) for each in page.items]
        else:
            page = page_of(
                session, payment_listing.payments(debtor_id, state, changed_since), [PaymentRecord.id], limit, after
            )
            items = payment_answers(session, page.items)
        return list_answer(PaymentSchema, items, page.next)


@blueprint.route("/payments/<uuid:payment_id>/acceptances", methods=["POST"])
@permission("payment.decide")
@blueprint.arguments(NewAcceptanceSchema)
@blueprint.response(201, DecidedSchema)
@blueprint.alt_response(404)
@blueprint.alt_response(409)
def accept_proposal(data: dict[str, Any], payment_id: UUID) -> Response:
    """Book a bank entry as one of its proposals says."""
    return bytes_answer(payment_acceptances.accept(payment_id, data["proposal"], wiring()), 201)


@blueprint.route("/payments/<uuid:payment_id>/corrections", methods=["POST"])
@permission("payment.decide")
@blueprint.arguments(NewCorrectionSchema)
@blueprint.response(201, DecidedSchema)
@blueprint.alt_response(404)
@blueprint.alt_response(409)
def correct_payment(data: dict[str, Any], payment_id: UUID) -> Response:
    """Say what a bank entry or payment is instead: whose, and what it settles."""
    return bytes_answer(payment_corrections.correct(payment_id, data, wiring()), 201)


@blueprint.route("/payments/<uuid:payment_id>/prepayments", methods=["POST"])
@permission("payment.decide")
@blueprint.arguments(NewPrepaymentSchema)
@blueprint.response(201, DecidedSchema)
@blueprint.alt_response(404)
@blueprint.alt_response(409)
def bind_payment(data: dict[str, Any], payment_id: UUID) -> Response:
    """Bind what is unallocated of a payment to an order of the same debtor: it clears that order's prepayment."""
    return bytes_answer(payment_prepayments.bind_payment(payment_id, data, wiring()), 201)


@blueprint.route("/payments/<uuid:payment_id>/prepayment-releases", methods=["POST"])
@permission("payment.decide")
@blueprint.arguments(NewPrepaymentReleaseSchema)
@blueprint.response(201, DecidedSchema)
@blueprint.alt_response(404)
@blueprint.alt_response(409)
def let_payment_go(data: dict[str, Any], payment_id: UUID) -> Response:
    """Let money of a payment go that is bound to an order: it is unallocated again, and the order waits for another."""
    return bytes_answer(payment_prepayments.let_go(payment_id, data, wiring()), 201)
